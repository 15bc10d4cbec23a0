"""test_verdicts: "not a duplicate" is said once: it survives moves and the loss of the index."""

import json

import pytest

from tests.desk import Desk
from vidwatchd.errors import Conflict, LibraryOffline, NotFound, Unreadable, UsageError
from vidwatchd.operations import libraries, verdicts
from vidwatchd.operations import scan as scans
from vidwatchd.operations.scan import Look


@pytest.fixture
def ids(desk):
    for name, content in (("a.mp4", "first"), ("b.mp4", "second"), ("copy.mp4", "first"), ("d/copy.mp4", "first")):
        desk.put(name, content * 9)
    desk.scan()
    return desk.ids()


def marked(desk):
    """Everybody has a fingerprint, as after the first jobs."""
    for video in desk.index.videos.in_folder(desk.library_id, "", recursive=True):
        desk.index.videos.set_fingerprint(video.id, verdicts._mark(desk.ctx, video))


def different(desk, one, other):
    videos = [desk.index.videos.get(desk.id(path)) for path in (one, other)]
    uuids = {library.id: library.uuid for library in desk.index.libraries.all()}
    return verdicts.known(desk.ctx).different(*videos, uuids)


def sidecar(desk):
    return desk.root / ".artifacts" / ".verdicts.json"


@pytest.mark.parametrize("known", [True, False])
def test_what_is_said_is_known_either_way_round(desk, ids, known):
    if known:
        marked(desk)
    assert not different(desk, "a.mp4", "b.mp4")
    said = verdicts.say(desk.ctx, ids["a.mp4"], ids["b.mp4"], "different")
    assert said == {"a": ids["a.mp4"], "b": ids["b.mp4"], "verdict": "different"}
    assert different(desk, "a.mp4", "b.mp4")
    assert different(desk, "b.mp4", "a.mp4")
    assert ("video", {"ids": [ids["a.mp4"], ids["b.mp4"]], "why": "duplicates"}) in desk.events


def test_unsure_takes_it_back(desk, ids):
    marked(desk)
    for opinion, expected in (("different", True), ("unsure", False), ("different", True)):
        verdicts.say(desk.ctx, ids["a.mp4"], ids["b.mp4"], opinion)
        assert different(desk, "a.mp4", "b.mp4") is expected
    assert len(json.loads(sidecar(desk).read_text())["verdicts"]) == 1


def test_a_verdict_on_contents_holds_for_their_copies(desk, ids):
    marked(desk)
    verdicts.say(desk.ctx, ids["a.mp4"], ids["b.mp4"], "different")
    assert different(desk, "copy.mp4", "b.mp4")


def test_a_verdict_on_copies_holds_for_those_two(desk, ids):
    marked(desk)
    verdicts.say(desk.ctx, ids["a.mp4"], ids["copy.mp4"], "different")
    assert different(desk, "a.mp4", "copy.mp4")
    assert not different(desk, "a.mp4", "d/copy.mp4")
    assert not different(desk, "copy.mp4", "d/copy.mp4")


@pytest.mark.parametrize("other", ["b.mp4", "copy.mp4"])
def test_a_move_keeps_it(desk, ids, other):
    marked(desk)
    verdicts.say(desk.ctx, ids["a.mp4"], ids[other], "different")
    (desk.root / "new").mkdir()
    (desk.root / "a.mp4").rename(desk.root / "new" / "name.mp4")
    desk.scan()
    marked(desk)
    assert desk.id("new/name.mp4") == ids["a.mp4"]
    assert different(desk, "new/name.mp4", other)
    assert not different(desk, "new/name.mp4", "d/copy.mp4")


@pytest.mark.parametrize("known", [True, False])
def test_a_new_index_knows_it(desk, ids, known):
    verdicts.say(desk.ctx, ids["a.mp4"], ids["b.mp4"], "different")
    desk.rebuild()
    desk.scan()
    if known:
        marked(desk)
    assert different(desk, "a.mp4", "b.mp4")
    assert not different(desk, "a.mp4", "copy.mp4")


def test_another_content_in_its_place_is_another_video(desk, ids):
    marked(desk)
    verdicts.say(desk.ctx, ids["a.mp4"], ids["b.mp4"], "different")
    desk.put("a.mp4", "quite another film")
    desk.scan()
    marked(desk)
    assert not different(desk, "a.mp4", "b.mp4")


def test_a_pair_of_two_libraries_is_written_in_both(desk, ids, tmp_path):
    second = tmp_path / "second"
    second.mkdir()
    (second / "z.mp4").write_text("third" * 9)
    added = desk.index.libraries.get(libraries.add(desk.ctx, str(second))["id"])
    scans.scan(desk.ctx, added, Look(settle_seconds=0.0))
    other = desk.index.videos.at(added.id, "z.mp4")
    verdicts.say(desk.ctx, ids["a.mp4"], other.id, "different")
    texts = [(root / ".artifacts" / ".verdicts.json").read_text() for root in (desk.root, second)]
    assert texts[0] == texts[1]
    second.rename(tmp_path / "away")
    with pytest.raises(LibraryOffline):
        verdicts.say(desk.ctx, ids["a.mp4"], other.id, "unsure")
    assert sidecar(desk).read_text() == texts[0]


def test_a_hand_edit_is_seen(desk, ids):
    marked(desk)
    verdicts.say(desk.ctx, ids["a.mp4"], ids["b.mp4"], "different")
    assert different(desk, "a.mp4", "b.mp4")
    sidecar(desk).write_text(sidecar(desk).read_text().replace('"different"', '"unsure"'))
    assert not different(desk, "a.mp4", "b.mp4")
    sidecar(desk).write_text("{")
    with pytest.raises(Conflict):
        verdicts.known(desk.ctx)
    with pytest.raises(Conflict):
        verdicts.say(desk.ctx, ids["a.mp4"], ids["b.mp4"], "different")
    assert sidecar(desk).read_text() == "{"


def test_nonsense_is_refused(desk, ids):
    for one, other, opinion, error in (
        (ids["a.mp4"], ids["a.mp4"], "different", UsageError),
        (ids["a.mp4"], ids["b.mp4"], "perhaps", UsageError),
        (ids["a.mp4"], 999, "different", NotFound),
    ):
        with pytest.raises(error):
            verdicts.say(desk.ctx, one, other, opinion)
    (desk.root / "a.mp4").unlink()
    with pytest.raises(Unreadable):
        verdicts.say(desk.ctx, ids["a.mp4"], ids["b.mp4"], "different")
    assert not sidecar(desk).exists()


def test_files_are_named_on_the_command_line(desk: Desk, ids):
    named = [str(desk.root / "a.mp4"), str(desk.root / "d/copy.mp4")]
    assert verdicts.keep_both(desk.ctx, *named) == {"kept": named, "verdict": "different"}
    marked(desk)
    assert different(desk, "a.mp4", "d/copy.mp4")
    with pytest.raises(UsageError):
        verdicts.keep_both(desk.ctx, str(desk.root / "a.mp4"), str(desk.root))
