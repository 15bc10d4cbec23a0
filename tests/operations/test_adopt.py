"""test_adopt: a new index knows everything that lies beside the videos, and a hand edit is picked up."""

import json
import os
import shutil

import pytest

from tests.desk import KINDS
from vidwatchd import artifacts
from vidwatchd.artifacts.base import Kind
from vidwatchd.config import parse
from vidwatchd.cues import Chapter, Edits
from vidwatchd.library import read_edits, write_edits
from vidwatchd.model import Tags, portable
from vidwatchd.operations import learning, rename, tags
from vidwatchd.operations.tags import Edit

NAMES = [
    "a.mp4",
    "d/new\nline.mp4",
    'd/it\'s "q".mp4',
    "100%.mp4",
    "-x.mp4",
    "🎬.mp4",
    os.fsdecode(b"b\xff.mp4"),
    "l" * 251 + ".mp4",
]


def words(desk, path, **values):
    file = desk.beside(path, ".tags.json")
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(values), encoding="utf-8")


def test_a_deleted_index_comes_back_whole_without_making_anything(desk):
    said = {}
    for number, name in enumerate(map(portable, NAMES)):
        video_id = desk.made(name)
        tags.edit(
            desk.ctx,
            video_id,
            Edit(add=(f"t{number}", "Ü"), performers_add=("Ann",), rating=number % 6, notes=f"n\n{number}"),
        )
        said[name] = (desk.index.tags.of(video_id), desk.states(name), desk.index.artifacts.all_files(video_id))
    desk.rebuild()
    assert len(desk.scan().added) == len(NAMES)
    assert desk.jobs() == []
    assert desk.work() == []
    for name, expected in said.items():
        video_id = desk.id(name)
        assert (desk.index.tags.of(video_id), desk.states(name), desk.index.artifacts.all_files(video_id)) == expected
        assert desk.index.videos.get(video_id).duration_seconds == 12.5
    assert desk.library.uuid == json.loads((desk.root / ".artifacts" / ".library.json").read_text())["uuid"]


def test_a_library_copied_to_another_disk_brings_everything_along(desk):
    desk.made()
    copy = desk.folder / "copy"
    shutil.copytree(desk.root, copy)
    shutil.rmtree(desk.root)
    copy.rename(desk.root)
    desk.rebuild()
    desk.scan()
    assert desk.work() == []
    assert desk.states() == dict.fromkeys(KINDS, "done")


def test_artifacts_of_other_content_are_not_adopted(desk):
    desk.made("clip.mp4", "a" * 500)
    status = (desk.root / "clip.mp4").stat()
    (desk.root / "clip.mp4").write_bytes(b"b" * 500)
    os.utime(desk.root / "clip.mp4", ns=(status.st_atime_ns, status.st_mtime_ns))
    desk.rebuild()
    desk.scan()
    assert desk.work() == [KINDS]


def test_a_kind_made_of_earlier_content_is_made_again(desk):
    """The power failed after the new metadata and before the new pictures."""
    desk.made()
    note = desk.beside("clip.mp4", ".made.json")
    values = json.loads(note.read_text())
    values["kinds"]["thumbs"]["fingerprint"] = "of earlier content"
    note.write_text(json.dumps(values))
    desk.rebuild()
    desk.scan()
    assert desk.work() == [("thumbs",)]


def test_what_other_settings_made_is_adopted_as_stale(desk):
    desk.made()
    desk.config = parse(desk.config.model_dump() | {"artifacts": {"thumbs": {"width": 99}}}, desk.config.source)
    desk.ctx.config = desk.config.model_copy(update={"libraries": desk.ctx.config.libraries})
    desk.rebuild()
    desk.scan()
    assert desk.work() == [("thumbs",)]


@pytest.mark.parametrize("note", ["{", '{"kinds": {"thumbs": {"version": 1}}}', '{"kinds": 5}', "[" * 9999])
def test_a_broken_note_is_no_obstacle(desk, note):
    desk.put("clip.mp4")
    desk.beside("clip.mp4", "").parent.mkdir(exist_ok=True)
    desk.beside("clip.mp4", ".made.json").write_text(note)
    desk.scan()
    assert desk.work() == [KINDS]


def test_lost_files_are_made_again(desk):
    desk.made()
    desk.beside("clip.mp4", ".jpg").unlink()
    desk.scan()
    assert desk.work() == [("thumbs",)]
    shutil.rmtree(desk.root / ".artifacts")
    desk.scan()
    assert desk.work() == [KINDS]


def test_artifacts_put_beside_a_known_video_are_adopted(desk):
    desk.made()
    kept = desk.folder / "kept"
    shutil.copytree(desk.root / ".artifacts", kept)
    shutil.rmtree(desk.root / ".artifacts")
    desk.scan()
    assert desk.states() == {}
    shutil.rmtree(desk.root / ".artifacts", ignore_errors=True)
    shutil.copytree(kept, desk.root / ".artifacts")
    desk.scan()
    assert desk.states() == dict.fromkeys(KINDS, "done")


# -- people's words


def test_a_hand_edit_is_picked_up_and_told(desk):
    video_id = desk.made()
    words(desk, "clip.mp4", tags=["Sea", "sea "], performers=["Ann"], rating=4, notes="by hand", mine={"x": 1})
    desk.events.clear()
    desk.scan()
    assert desk.index.tags.of(video_id) == Tags(("Sea",), ("Ann",), 4, "by hand")
    assert ("video", {"ids": [video_id], "why": "tags"}) in desk.events
    assert desk.said("clip.mp4")["mine"] == {"x": 1}
    words(desk, "clip.mp4", tags=[])
    desk.scan()
    assert desk.index.tags.of(video_id) == Tags()


def test_our_own_write_is_no_hand_edit(desk):
    tags.edit(desk.ctx, desk.made(), Edit(add=("sea",)))
    desk.events.clear()
    desk.scan()
    assert desk.events == []


@pytest.mark.parametrize(
    "content", [b"{", b"\xff\xfe", b'{"tags": "sea"}', b'{"rating": true}', b'{"notes": "\\ud800"}', b"[" * 9999]
)
def test_a_broken_sidecar_is_left_alone_and_remembered_with_its_problem(desk, content):
    video_id = desk.made()
    tags.edit(desk.ctx, video_id, Edit(add=("kept",)))
    desk.beside("clip.mp4", ".tags.json").write_bytes(content)
    for _ in range(2):
        desk.scan()
    assert desk.beside("clip.mp4", ".tags.json").read_bytes() == content
    assert desk.index.tags.of(video_id).tags == ("kept",)
    assert len(desk.index.tags.problems(desk.library_id)) == 1
    words(desk, "clip.mp4", tags=["right"])
    desk.scan()
    assert desk.index.tags.of(video_id).tags == ("right",)
    assert desk.index.tags.problems(desk.library_id) == []


def test_a_broken_sidecar_does_not_stop_the_scan_of_a_new_index(desk):
    for name in ("a.mp4", "b.mp4"):
        desk.put(name)
        words(desk, name, tags=[name])
    desk.beside("a.mp4", ".tags.json").write_text("{")
    desk.scan()
    assert desk.index.tags.of(desk.id("a.mp4")) == Tags()
    assert desk.index.tags.of(desk.id("b.mp4")).tags == ("b.mp4",)


def test_a_deleted_sidecar_is_written_again(desk):
    video_id = desk.made()
    tags.edit(desk.ctx, video_id, Edit(add=("sea",), rating=2))
    desk.scan()
    desk.beside("clip.mp4", ".tags.json").unlink()
    desk.scan()
    assert desk.said("clip.mp4") == {"video": "clip.mp4", "tags": ["sea"], "performers": [], "rating": 2}
    assert desk.index.tags.of(video_id).tags == ("sea",)


def test_a_deleted_sidecar_where_nothing_can_be_written_stops_no_scan(desk):
    video_id = desk.made("d/clip.mp4")
    tags.edit(desk.ctx, video_id, Edit(add=("sea",)))
    desk.scan()
    shutil.rmtree(desk.root / "d" / ".artifacts")
    (desk.root / "d" / ".artifacts").write_text("in the way")
    desk.put("new.mp4")
    desk.scan()
    assert desk.id("new.mp4")
    assert desk.index.tags.of(video_id).tags == ("sea",)


def test_a_sidecar_that_came_before_its_video_waits_for_it(desk):
    words(desk, "clip.mp4", tags=["early"])
    desk.scan()
    desk.put("clip.mp4")
    desk.scan()
    assert desk.index.tags.of(desk.id("clip.mp4")).tags == ("early",)


def test_a_long_names_sidecar_is_its_videos(desk):
    name = "d/" + "é" * 125 + ".mp4"
    video_id = desk.made(name)
    words(desk, name, tags=["long"])
    desk.scan()
    assert desk.index.tags.of(video_id).tags == ("long",)


def test_an_edit_of_subtitles_is_nobodys_tags(desk):
    video_id = desk.made()
    desk.beside("clip.mp4", ".edits.json").write_text('{"tags": ["no"]}')
    desk.scan()
    assert desk.index.tags.of(video_id) == Tags()


class Said(Kind):
    """Stands for a kind whose file holds words."""

    name, title, summary, suffixes, spoken = "said", "Said", "what is said", (".said.json",), ".said.json"


@pytest.fixture
def learned(monkeypatch):
    """The videos whose words were read anew; the words are another part's affair."""
    asked = []
    monkeypatch.setitem(artifacts.KINDS, "said", Said)
    monkeypatch.setattr(learning, "learn", lambda ctx, video_id: asked.append(video_id))
    return asked


def changed(desk, path="clip.mp4", text='{"lines": {"en": [{"start": 1, "end": 2, "text": "Hi"}]}}'):
    file = desk.beside(path, ".edits.json")
    file.write_text(text, encoding="utf-8")
    return file


def test_edits_by_hand_are_learned_when_they_come_change_and_go(desk, learned, caplog):
    video_id = desk.made()
    told = ("video", {"ids": [video_id], "why": "words"})
    desk.scan()
    learned.clear()
    file = changed(desk)
    for happens in (lambda: None, lambda: changed(desk, text="{}"), file.unlink):
        happens()
        desk.events.clear()
        desk.scan()
        assert (learned, desk.events.count(told)) == ([video_id], 1)
        learned.clear()
        desk.scan()
        assert learned == []
    assert "clip.mp4.edits.json is gone" in caplog.text
    assert not file.exists()
    assert desk.index.tags.problems(desk.library_id) == []


def test_broken_edits_are_a_problem_until_they_are_put_right(desk, learned):
    desk.made()
    changed(desk, text='{"lines": {"en": [{}]}}')
    desk.scan()
    (problem,) = desk.index.tags.problems(desk.library_id)
    assert problem["path"] == ".artifacts/clip.mp4.edits.json"
    assert "a line needs start, end and text" in problem["problem"]
    changed(desk)
    desk.scan()
    assert desk.index.tags.problems(desk.library_id) == []


def test_our_own_edits_are_no_news(desk, learned):
    video_id = desk.made()
    desk.scan()
    learned.clear()
    state = write_edits(desk.store, "clip.mp4", Edits({}, (Chapter(0, 1, "One"),)))
    desk.index.tags.remember_sidecar(desk.library_id, state)
    desk.events.clear()
    desk.scan()
    assert (learned, desk.events) == ([], [])
    assert read_edits(desk.store, desk.index.videos.get(video_id).path) is not None


def test_a_new_index_learns_the_words_of_what_it_takes_over(desk, learned):
    ids = [desk.made("a.mp4"), desk.made("d/b.mp4")]
    changed(desk, "d/b.mp4")
    learned.clear()
    desk.rebuild()
    desk.scan()
    assert set(learned) == set(ids)
    learned.clear()
    desk.scan()
    assert learned == []
    assert desk.work() == []


def test_words_whose_file_is_gone_are_forgotten(desk, learned):
    video_id = desk.made()
    desk.beside("clip.mp4", ".said.json").unlink()
    desk.scan()
    assert learned == [video_id]


def test_edits_follow_a_video_that_moves(desk, learned):
    video_id = desk.made()
    changed(desk)
    desk.scan()
    (desk.root / "d").mkdir()
    (desk.root / "clip.mp4").rename(desk.root / "d" / "other.mp4")
    learned.clear()
    assert desk.scan().moved == [video_id]
    assert desk.beside("d/other.mp4", ".edits.json").exists()
    assert not desk.beside("clip.mp4", ".edits.json").exists()
    learned.clear()
    desk.scan()
    assert learned == []
    rename.one(desk.ctx, video_id, "third.mp4")
    edits, _ = read_edits(desk.store, "d/third.mp4")
    assert edits.lines["en"][0].text == "Hi"
    desk.scan()
    assert learned == []
