"""test_videos: rows of files: added, touched, moved, gone, found."""

import pytest

from tests.desk import file
from vidwatchd.errors import NotFound
from vidwatchd.index.videos import MANY, parked
from vidwatchd.model import FileState, Presence, Tags, VideoFacts, portable

ODD = [
    "new\nline.mp4",
    'it\'s "q".mp4',
    "100%_.mp4",
    "-x.mp4",
    "🎬.mp4",
    portable("b\udcff\udcfe.mp4"),
    "a" * 251 + ".mp4",
    "~.mp4",
]


def paths(videos):
    return [video.path for video in videos]


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("folder", ["", "d/", "%/it's/"])
def test_any_path_is_found_again(index, library, folder, name):
    (video_id,) = index.videos.add(library.id, [file(folder + name, 7)])
    video = index.videos.at(library.id, folder + name)
    assert (video.id, video.path, video.name, video.folder) == (video_id, folder + name, name, folder.rstrip("/"))
    assert index.videos.get(video_id) == video


def test_numbers_that_pass_64_bits_come_back_as_they_were(index, library):
    absurd = FileState("x.mp4", 2**62, 15_000_000_000_000_000_000, 2**63 + 5, 2**64 - 1)
    early = FileState("y.mp4", 0, -2_100_000_000_000_000_000, -1, 0)
    index.videos.add(library.id, [absurd, early])
    for state in (absurd, early):
        video = index.videos.at(library.id, state.path)
        assert (video.mtime_ns, video.ctime_ns, video.inode) == (state.mtime_ns, state.ctime_ns, state.inode)


def test_adding_again_keeps_the_row(index, library):
    first = index.videos.add(library.id, [file("a.mp4"), file("b.mp4")])
    index.videos.set_presence(library.id, ["a.mp4"], Presence.GONE)
    again = index.videos.add(library.id, [file("a.mp4", 9), file("c.mp4")])
    assert again[0] == first[0]
    assert index.videos.at(library.id, "a.mp4").presence is Presence.PRESENT
    assert index.videos.at(library.id, "a.mp4").size_bytes == 9


def test_very_many_are_added_with_their_orders(index, library):
    orders = index.rows("SELECT name, sql FROM sqlite_master WHERE type = 'index' ORDER BY name")
    ids = index.videos.add(library.id, [file(f"{n % 9}/{n}.mp4", n) for n in range(MANY + 10)])
    assert len(ids) == MANY + 10
    assert index.rows("SELECT name, sql FROM sqlite_master WHERE type = 'index' ORDER BY name") == orders
    assert index.check() == ""


def test_many_that_cannot_be_added_leave_the_orders(index, library):
    orders = index.rows("SELECT name FROM sqlite_master WHERE type = 'index' ORDER BY name")
    bad = [file(f"{n}.mp4") for n in range(MANY + 1)] + [FileState("x", None, 1, 1, 1)]
    with pytest.raises(Exception, match="NOT NULL"):
        index.videos.add(library.id, bad)
    assert index.rows("SELECT name FROM sqlite_master WHERE type = 'index' ORDER BY name") == orders
    assert index.videos.count(library.id) == 0


def test_folders_are_not_patterns(index, library):
    names = ["a/1.mp4", "a/b/2.mp4", "a0/3.mp4", "a%/4.mp4", "A/5.mp4", "a-/6.mp4", "7.mp4", "a/b0/8.mp4"]
    index.videos.add(library.id, [file(name) for name in names])
    under = index.videos.in_folder
    assert paths(under(library.id, "a", recursive=True)) == ["a/1.mp4", "a/b/2.mp4", "a/b0/8.mp4"]
    assert paths(under(library.id, "a", recursive=False)) == ["a/1.mp4"]
    assert paths(under(library.id, "", recursive=False)) == ["7.mp4"]
    assert len(under(library.id, "", recursive=True)) == 8
    assert under(library.id, "none", recursive=True) == []
    assert set(index.videos.folders(library.id)) == {"a", "a/b", "a0", "a%", "A", "a-", "", "a/b0"}


def test_gone_ones_are_left_out_but_remembered(index, library):
    index.videos.add(library.id, [file("a.mp4"), file("b.mp4")])
    assert len(index.videos.set_presence(library.id, ["a.mp4", "never.mp4"], Presence.GONE)) == 1
    assert index.videos.set_presence(library.id, ["a.mp4"], Presence.GONE) == []
    assert paths(index.videos.in_folder(library.id, "", recursive=True)) == ["b.mp4"]
    assert len(index.videos.states_in(library.id, "")) == 2
    assert index.videos.count(library.id) == 1
    assert paths(index.videos.some(library.id, 20)) == ["b.mp4"]


def test_unknown_is_not_gone_and_does_not_age(index, library):
    index.videos.add(library.id, [file("a.mp4")])
    index.videos.set_presence(library.id, ["a.mp4"], Presence.GONE)
    index.videos.set_presence(library.id, ["a.mp4"], Presence.UNKNOWN, "EIO")
    video = index.videos.at(library.id, "a.mp4")
    assert (video.presence, video.problem) == (Presence.UNKNOWN, "EIO")
    assert index.videos.expired(1e12) == []


def test_only_gone_ones_of_libraries_that_are_there_expire(index, library):
    index.videos.add(library.id, [file("a.mp4"), file("b.mp4")])
    index.videos.set_presence(library.id, ["a.mp4"], Presence.GONE)
    assert paths(index.videos.expired(1e12)) == ["a.mp4"]
    assert index.videos.expired(0) == []
    index.libraries.update(library.id, online=False)
    assert index.videos.expired(1e12) == []


def test_touching_keeps_the_content_unless_it_was_replaced(index, library):
    (video_id,) = index.videos.add(library.id, [file("a.mp4")])
    index.videos.set_fingerprint(video_id, "f")
    index.videos.touch(library.id, [file("a.mp4", 5)], replaced=False)
    assert index.videos.get(video_id).fingerprint == "f"
    assert index.videos.row(video_id)["content"] == 1
    index.videos.touch(library.id, [file("a.mp4", 6)], replaced=True)
    assert index.videos.get(video_id).fingerprint == ""
    assert index.videos.row(video_id)["content"] == 2
    assert index.videos.get(video_id).size_bytes == 6


def test_a_move_keeps_the_id_tags_and_words(index, library):
    other = index.libraries.add(uuid="u2", root="/other", name="o", watched=True, layout="beside")
    (video_id,) = index.videos.add(library.id, [file("a.mp4")])
    index.tags.put(video_id, Tags(("sea",)))
    index.videos.move(video_id, other.id, file("deep/renamed.mp4", 3))
    assert index.videos.at(library.id, "a.mp4") is None
    assert index.videos.at(other.id, "deep/renamed.mp4").id == video_id
    for word in ("renamed", "deep", "sea"):
        assert index.rows("SELECT rowid FROM words WHERE words MATCH ?", word) == [(video_id,)]


def test_a_gone_row_in_the_way_is_put_aside(index, library):
    gone, moving = index.videos.add(library.id, [file("d/b.mp4"), file("d/a.mp4")])
    index.videos.set_presence(library.id, ["d/b.mp4"], Presence.GONE)
    before = index.videos.get(gone)
    index.videos.move(moving, library.id, file("d/b.mp4"))
    assert index.videos.at(library.id, "d/b.mp4").id == moving
    assert index.videos.get(gone).path == parked(before) == f"d/b.mp4.gone-{gone}"
    assert index.videos.get(gone).folder == "d"


def test_a_parked_name_fits(index, library):
    name = "é" * 125 + ".mp4"
    (video_id,) = index.videos.add(library.id, [file(name)])
    assert len(parked(index.videos.get(video_id)).encode()) <= 255


def test_an_exchange_in_one_transaction(index, library):
    one, two = index.videos.add(library.id, [file("a.mp4"), file("b.mp4")])
    with index.transaction():
        index.videos.move(one, library.id, file("b.mp4"))
        index.videos.move(two, library.id, file("a.mp4"))
    assert index.videos.at(library.id, "a.mp4").id == two
    assert index.videos.at(library.id, "b.mp4").id == one


def test_facts_are_learnt_and_forgotten_rows_are_gone(index, library):
    (video_id,) = index.videos.add(library.id, [file("a.mp4")])
    index.videos.learn(video_id, VideoFacts(1.5, 2, 3, "h264", "aac", "mp4"))
    assert index.videos.get(video_id).duration_seconds == 1.5
    assert index.videos.row(video_id)["container"] == "mp4"
    index.videos.forget([video_id])
    for ask in (index.videos.get, index.videos.row):
        with pytest.raises(NotFound):
            ask(video_id)
    assert index.rows("SELECT rowid FROM words") == []


def test_who_might_have_moved(index, library):
    index.videos.add(library.id, [file("a.mp4", size=5), file("b.mp4", size=6), file("c.mp4", size=5)])
    assert paths(index.videos.of_sizes([5, 99])) == ["a.mp4", "c.mp4"]
    assert index.videos.many([]) == []
