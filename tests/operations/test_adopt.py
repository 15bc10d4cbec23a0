"""test_adopt: a new index knows everything that lies beside the videos, and a hand edit is picked up."""

import json
import os
import shutil

import pytest

from tests.desk import KINDS
from vidwatchd.config import parse
from vidwatchd.model import Tags, portable
from vidwatchd.operations import tags
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
