"""test_search: the words of videos: learnt, found by rank, followed through changes, and carried over from before."""

import pytest

from tests.desk import file
from vidwatchd.index import memory_index, migrations
from vidwatchd.index.search import MOST_RANKED, Stretch, Wanted
from vidwatchd.model import Tags


@pytest.fixture
def words(index, library):
    """``words(path, speech)``: a video that says this; its id."""

    def add(path, *cues, number=1, **more):
        (video_id,) = index.videos.add(library.id, [file(path, number)])
        index.search.learn(video_id, [Stretch("speech", "en", [(n, n + 1, text) for n, text in enumerate(cues)])])
        return video_id

    return add


def ids(index, match, unwanted="", where=(), params=()):
    return [video_id for video_id, _ in index.search.ranked(Wanted(match, unwanted, where, params))[0]]


def test_a_name_weighs_more_than_what_is_said(index, words):
    said = words("a.mp4", "webb webb webb", "and more of webb")
    named = words("webb.mp4", "something else", "entirely")
    words("c.mp4", "unrelated")
    assert ids(index, '"webb"') == [named, said]


def test_a_rare_word_weighs_more_and_of_equals_the_newest_comes_first(index, words):
    common = [words(f"{n}.mp4", "common words here", number=n) for n in range(5)]
    both = words("both.mp4", "common rare words")
    assert ids(index, '"common" OR "rare"')[0] == both
    assert ids(index, '"common" NOT "rare"') == common[::-1]


def test_phrases_cross_lines_but_not_tracks(index, library):
    (video_id,) = index.videos.add(library.id, [file("a.mp4")])
    tracks = [Stretch("speech", name, [(0, 1, "space"), (1, 2, "telescope")]) for name in ("en", "de")]
    index.search.learn(video_id, tracks)
    assert ids(index, '"space telescope"') == [video_id]
    assert ids(index, '"telescope space"') == []
    places = index.search.places(video_id)
    assert [place.track for place in places] == ["en", "de"]
    assert index.search.texts([video_id])[video_id]["speech"][places[1].offsets[1] :].startswith("telescope")


def test_unwanted_words_and_conditions(index, words):
    one, other = words("a.mp4", "red car"), words("b.mp4", "red house")
    assert ids(index, '"red"', '"house"') == [one]
    assert ids(index, "", '"house"') == [one]
    assert ids(index, '"red"', where=("v.name = ?",), params=("b.mp4",)) == [other]
    assert index.search.fitting(Wanted(where=("v.name = ?",), params=("b.mp4",)), [one, other]) == {other}


def test_the_gone_are_not_found(index, library, words):
    words("a.mp4", "red")
    index.videos.set_presence(library.id, ["a.mp4"], "gone")
    assert ids(index, '"red"') == ids(index, "") == []


def test_of_very_many_the_newest_are_ranked_and_named_ones_come_first(index, library):
    video_ids = index.videos.add(
        library.id, [file(f"{n} {'the' if n == 1 else 'x'}.mp4", n) for n in range(1, MOST_RANKED + 3)]
    )
    with index.bulk():
        for video_id in video_ids:
            index.search.learn(video_id, [Stretch("speech", "en", [(0, 1, "the word")])])
    found, capped = index.search.ranked(Wanted('"the"'))
    assert capped and len(found) == MOST_RANKED + 1
    assert found[0][0] == video_ids[0]
    assert video_ids[1] not in {video_id for video_id, _ in found}
    assert index.search.ranked(Wanted('"1"'))[1] is False


def test_learning_anew_forgets_what_was_said(index, words):
    video_id = words("a.mp4", "first words")
    index.search.learn(video_id, [])
    assert ids(index, '"first"') == []
    assert index.search.places(video_id) == []
    assert ids(index, '"a"') == [video_id]


def test_changes_keep_every_other_word(index, library, words):
    video_id = words("a.mp4", "spoken")
    index.tags.put(video_id, Tags(("beach",), ("Anna",)))
    index.videos.move(video_id, library.id, file("new/b.mp4"))
    for word in ("spoken", "beach", "anna", "new", "b"):
        assert ids(index, f'"{word}"') == [video_id], word
    assert ids(index, '"a"') == []
    index.tags.put(video_id, Tags())
    assert ids(index, '"beach"') == []
    assert ids(index, '"spoken"') == [video_id]


def test_a_forgotten_video_leaves_no_word(index, library, words):
    video_id = words("a.mp4", "spoken")
    index.videos.forget([video_id])
    assert index.rows("SELECT rowid FROM words") == index.rows("SELECT * FROM passages") == []
    index.search.learn(video_id, [Stretch("speech", "en", [(0, 1, "late")])])
    assert index.rows("SELECT rowid FROM words") == index.rows("SELECT * FROM passages") == []


def test_what_a_text_may_not_hold_is_taken_out(index, words):
    video_id = words("a.mp4", "one\0two \ue000 \ud800 \x01three", "cafe\u0301")
    assert ids(index, '"one two three café"') == [video_id]


def test_vocabulary(index, words):
    words("a.mp4", "telescope telescope")
    words("b.mp4", "telescope teleport")
    assert index.search.documents("telescope") == 2
    assert index.search.documents("tele") == 0
    assert index.search.begins("tele") and not index.search.begins("telex")
    assert dict(index.search.like("telescape", 2)) == {"telescope": 2, "teleport": 1}
    index.optimise()
    assert ("telescope", 2) in index.search.like("xelescope", 2)


def test_an_index_from_before_keeps_its_words():
    old = memory_index()
    old.close()
    before = [step for step in migrations() if step[0] < 3]
    from vidwatchd.index import Index

    index = Index(None)
    index.migrate(before)
    index.rows("INSERT INTO libraries (uuid, root, name) VALUES ('u', '/r', 'r')")
    index.rows(
        """INSERT INTO videos (library_id, path, folder, name, size_bytes, mtime_ns, ctime_ns, inode, added_at)
           VALUES (1, 'in/old.mp4', 'in', 'old.mp4', 1, 1, 1, 1, 1)"""
    )
    index.rows("INSERT INTO tags VALUES (1, 'tag', 'beach', 'beach'), (2, 'performer', 'Anna', 'anna')")
    index.rows("INSERT INTO video_tags VALUES (1, 1, 0), (1, 2, 1)")
    index.rows("INSERT INTO words VALUES ('old.mp4', 'in', 'beach Anna')")
    index.migrate()
    assert index.version() == len(migrations())
    for match in ('name : "old"', 'folder : "in"', 'tags : "beach"', 'people : "anna"'):
        assert ids(index, match) == [1], match
    assert index.rows("SELECT learned_at FROM videos") == [(0.0,)]
    index.close()
