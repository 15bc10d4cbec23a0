"""test_rename: whatever is renamed keeps its id, words and artifacts; nothing is overwritten, mixed up or made again."""

import os
import subprocess
import sys

import pytest

from tests.desk import KINDS, Desk, tree
from tests.operations.test_follow import film, is_whole
from tests.sources import ROOT
from vidwatchd.errors import Conflict, NotFound, Unwritable, UsageError
from vidwatchd.library import renaming
from vidwatchd.model import portable
from vidwatchd.operations import jobs, libraries, rename, tags
from vidwatchd.operations.patterns import Substitution
from vidwatchd.operations.tags import Edit


def many(desk, source, target, **how):
    regex = how.pop("regex", False)
    how = {"force": True, "extensions": ("*",), "recursive": True, "show_all": True, **how}
    return rename.batch(desk.ctx, rename.Batch(str(desk.root), Substitution(source, target, regex), **how))


def no_news(desk):
    """A scan sees nothing, and nothing is owed."""
    found = desk.scan()
    assert (found.added, found.changed, found.moved, found.gone, found.back) == ([], [], [], [], [])
    assert desk.queued() == 0


# -- one


@pytest.mark.parametrize(
    "name", ["b.mp4", "CLIP.mp4", "clip.mkv", "new\nline.mp4", "a" * 251 + ".mp4", "clip.mp4.mp4", "🎬.mp4"]
)
def test_one_video_keeps_all_that_is_its_own_and_the_scan_sees_no_move(desk, name):
    video_id = film(desk, "d/clip.mp4")
    made = len(desk.runner.tickets)
    found = rename.one(desk.ctx, video_id, name)
    assert found == {"id": video_id, "from": "d/clip.mp4", "to": f"d/{name}"}
    is_whole(desk, f"d/{name}", "d/clip.mp4", video_id)
    assert not (desk.root / "d/clip.mp4").exists()
    no_news(desk)
    assert len(desk.runner.tickets) == made
    assert ("video", {"ids": [video_id], "why": "moved"}) in desk.events


def test_there_and_back_leaves_everything_as_it_was(desk):
    video_id = film(desk, "clip.mp4")
    before = tree(desk.root)
    rename.one(desk.ctx, video_id, "other.mp4")
    rename.one(desk.ctx, video_id, "clip.mp4")
    assert tree(desk.root) == before
    is_whole(desk, "clip.mp4", "clip.mp4", video_id)


@pytest.mark.parametrize(
    "name", ["", "x/y.mp4", "../y.mp4", "nul\0.mp4", ".y.mp4", "y.txt", "y", "y" * 252 + ".mp4", "clip.mp4"]
)
def test_a_name_that_cannot_be_is_refused_and_nothing_changes(desk, name):
    video_id = film(desk, "clip.mp4")
    before = tree(desk.root)
    with pytest.raises(UsageError):
        rename.one(desk.ctx, video_id, name)
    assert tree(desk.root) == before


def test_a_name_that_is_taken_is_refused_whoever_has_it(desk):
    video_id, other = film(desk, "clip.mp4"), film(desk, "b.mp4")
    desk.put("unknown.mp4", "not scanned yet")
    (desk.root / "dangling.mp4").symlink_to("nowhere")
    os.link(desk.root / "clip.mp4", desk.root / "link.mp4")
    before = tree(desk.root)
    for name in ("b.mp4", "unknown.mp4", "dangling.mp4", "link.mp4"):
        with pytest.raises(Conflict):
            rename.one(desk.ctx, video_id, name)
    assert tree(desk.root) == before
    is_whole(desk, "b.mp4", "b.mp4", other)


def test_without_the_systems_help_a_taken_name_is_refused_too(desk, monkeypatch):
    monkeypatch.setattr(renaming, "_call", lambda: None)
    video_id = film(desk, "clip.mp4")
    film(desk, "b.mp4")
    with pytest.raises(Conflict):
        rename.one(desk.ctx, video_id, "b.mp4")
    rename.one(desk.ctx, video_id, "c.mp4")
    is_whole(desk, "c.mp4", "clip.mp4", video_id)


def test_what_a_gone_video_left_there_is_put_aside_not_mixed_in(desk):
    gone, video_id = film(desk, "b.mp4"), film(desk, "clip.mp4")
    (desk.root / "b.mp4").unlink()
    desk.scan()
    rename.one(desk.ctx, video_id, "b.mp4")
    is_whole(desk, "b.mp4", "clip.mp4", video_id)
    assert desk.index.tags.of(gone).notes == "note b.mp4"
    no_news(desk)


def test_a_gone_video_and_a_vanished_file_are_not_found(desk):
    video_id = film(desk, "clip.mp4")
    (desk.root / "clip.mp4").unlink()
    with pytest.raises(NotFound):
        rename.one(desk.ctx, video_id, "b.mp4")
    desk.scan()
    with pytest.raises(NotFound):
        rename.one(desk.ctx, video_id, "b.mp4")
    with pytest.raises(NotFound):
        rename.one(desk.ctx, 999, "b.mp4")


def test_a_folder_that_may_not_be_written_changes_nothing(desk, monkeypatch):
    def refuse(source, target):
        raise PermissionError(13, "Permission denied")

    video_id = film(desk, "clip.mp4")
    with monkeypatch.context() as patch, pytest.raises(Unwritable):
        patch.setattr(rename, "rename_file", refuse)
        rename.one(desk.ctx, video_id, "b.mp4")
    is_whole(desk, "clip.mp4", "clip.mp4", video_id)
    no_news(desk)


def test_work_on_it_is_given_back_and_done_again_under_the_new_name(desk):
    video_id = film(desk, "clip.mp4")
    desk.runner.hold = True
    jobs.submit(desk.ctx, jobs.Order("thumbs,sprites", force=True, video_ids=(video_id,)))
    dispatcher = desk.dispatcher()
    dispatcher.step()
    assert [state for _, state in desk.jobs() if state == "running"] == ["running"] * 2
    rename.one(desk.ctx, video_id, "b.mp4")
    desk.runner.let_go()
    while dispatcher.step():
        pass
    is_whole(desk, "b.mp4", "clip.mp4", video_id)
    assert {state for _, state in desk.jobs()} == {"done"}
    assert not list((desk.root / ".artifacts").glob("clip*"))


def test_a_file_that_changed_unseen_is_still_seen_to_have_changed(desk):
    video_id = film(desk, "clip.mp4")
    desk.put("clip.mp4", "other content altogether " * 30)
    rename.one(desk.ctx, video_id, "b.mp4")
    assert desk.scan().changed == [video_id]
    assert desk.index.tags.of(video_id).notes == "note clip.mp4"


def test_what_shares_its_name_comes_along(desk):
    video_id = film(desk, "clip.mp4")
    for name in (
        "clip.en.srt",
        "clip.nfo",
        "clip.mp4.jpg",
        ".artifacts/clip.faces.json",
        "clip.mkv.srt",
        "clipper.srt",
    ):
        (desk.root / name).write_text(name)
    rename.one(desk.ctx, video_id, "b.mp4")
    names = set(os.listdir(desk.root)) | {f".artifacts/{name}" for name in os.listdir(desk.root / ".artifacts")}
    assert {"b.en.srt", "b.nfo", "b.mp4.jpg", ".artifacts/b.faces.json", "clip.mkv.srt", "clipper.srt"} <= names
    assert (desk.root / "b.en.srt").read_text() == "clip.en.srt"


# -- one file on the command line


def test_a_file_by_its_path(desk, monkeypatch):
    video_id = film(desk, "d/clip.mp4")
    monkeypatch.chdir(desk.root)
    assert rename.file(desk.ctx, "d/clip.mp4", "b.mp4") == {"from": "d/clip.mp4", "to": "b.mp4"}
    is_whole(desk, "d/b.mp4", "d/clip.mp4", video_id)
    rename.file(desk.ctx, "d/b.mp4", "./c.mp4")
    is_whole(desk, "c.mp4", "d/clip.mp4", video_id)
    no_news(desk)


def test_wrong_paths_are_refused(desk, tmp_path):
    film(desk, "clip.mp4")
    (desk.root / "notes.txt").write_text("x")
    (desk.root / "d").mkdir()
    before = tree(tmp_path / "box")
    box = str(desk.root)
    for source, target in (
        ("nothing.mp4", "b.mp4"), ("d", "b.mp4"), ("notes.txt", "b.mp4"), ("clip.mp4", f"{box}/d"), ("clip.mp4", f"{box}/d/"),
        ("clip.mp4", f"{box}/nowhere/b.mp4"), ("clip.mp4", f"{tmp_path}/b.mp4"), ("clip.mp4", "clip.mp4"),
    ):  # fmt: skip
        with pytest.raises(UsageError):
            rename.file(desk.ctx, f"{box}/{source}", target)
    assert tree(tmp_path / "box") == before


def test_a_file_outside_every_library_takes_its_artifacts_along_and_becomes_none(desk, tmp_path):
    film(desk, "clip.mp4")
    outside = tmp_path / "outside"
    (desk.root).rename(outside)
    (outside / ".artifacts/.library.json").unlink()
    libraries.remove(desk.ctx, desk.library_id)
    before = len(os.listdir(outside / ".artifacts"))
    rename.file(desk.ctx, str(outside / "clip.mp4"), "b.mp4")
    assert (outside / "b.mp4").exists()
    names = os.listdir(outside / ".artifacts")
    assert len(names) == before
    assert all(name.startswith(("b.mp4.", ".making")) for name in names)
    asked = rename.Batch(str(outside), Substitution("b", "c"), force=True)
    assert rename.batch(desk.ctx, asked)["applied"] == 1
    assert desk.index.libraries.all() == []
    desk.root = outside
    desk.library_id = libraries.add(desk.ctx, str(outside))["id"]
    desk.scan()
    assert desk.states("c.mp4") == dict.fromkeys(KINDS, "done")
    assert desk.queued() == 0
    assert desk.index.tags.of(desk.id("c.mp4")).notes == "note clip.mp4"


# -- many


def test_many_by_a_text_and_by_groups(desk):
    ids = {path: film(desk, path) for path in ("IMG_1.mp4", "d/IMG_2.mkv", "other.mp4")}
    found = many(desk, "IMG_", "beach ")
    assert found["renames"] == [
        {"from": "d/IMG_2.mkv", "to": "d/beach 2.mkv"}, {"from": "IMG_1.mp4", "to": "beach 1.mp4"},
    ]  # fmt: skip
    assert found["first"] == found["renames"][0]
    assert (found["total_matches"], found["planned"], found["applied"], found["dry_run"]) == (2, 2, 2, False)
    many(desk, r"(\w+) (\d)", r"\2 \g<1>", regex=True)
    is_whole(desk, "1 beach.mp4", "IMG_1.mp4", ids["IMG_1.mp4"])
    is_whole(desk, "d/2 beach.mkv", "d/IMG_2.mkv", ids["d/IMG_2.mkv"])
    is_whole(desk, "other.mp4", "other.mp4", ids["other.mp4"])
    no_news(desk)


def test_without_force_nothing_changes_and_the_plan_is_the_same(desk, tmp_path):
    for number in range(3):
        desk.put(f"a{number}.mp4")
    before = tree(tmp_path)
    dry = many(desk, "a", "b", force=False)
    assert {path: data for path, data in tree(tmp_path).items() if "index.db" not in path} == {
        path: data for path, data in before.items() if "index.db" not in path
    }
    assert (dry["dry_run"], dry["applied"], dry["planned"]) == (True, 0, 3)
    assert many(desk, "a", "b")["renames"] == dry["renames"]
    assert "renames" not in many(desk, "b", "c", force=False, show_all=False)


def test_endings_folders_and_limits(desk):
    for name in ("a.mp4", "a.mkv", "d/a.mp4", "a.MP4"):
        desk.put(name)
    assert many(desk, "a", "b", force=False, recursive=False)["planned"] == 3
    assert many(desk, "a", "b", force=False, recursive=False, extensions=(".mp4",))["planned"] == 2
    assert many(desk, "a", "b", force=False, extensions=("mkv", "avi"))["first"] == {"from": "a.mkv", "to": "b.mkv"}
    limited = many(desk, "a", "b", limit=2)
    assert (limited["total_matches"], limited["planned"], limited["applied"]) == (4, 2, 2)
    with pytest.raises(UsageError):
        many(desk, "a", "b", extensions=(".txt",))


def test_places_changed_one_after_the_other(desk):
    ids = {name: film(desk, f"{name}.mp4") for name in "abc"}
    for source, target in (("a", "t"), ("c", "a"), ("b", "c"), ("t", "b")):
        many(desk, f"{source}.mp4", f"{target}.mp4")
    for new, old in zip("bca", "abc", strict=True):
        is_whole(desk, f"{new}.mp4", f"{old}.mp4", ids[old])


def test_a_ring_by_one_pattern(desk):
    ids = {name: film(desk, name) for name in ("ab.mp4", "ba.mp4", "cc.mp4")}
    found = many(desk, r"^(.)(.)\.", r"\2\1.", regex=True)
    assert (found["applied"], found["errors"]) == (2, [])
    is_whole(desk, "ba.mp4", "ab.mp4", ids["ab.mp4"])
    is_whole(desk, "ab.mp4", "ba.mp4", ids["ba.mp4"])
    assert sorted(path.name for path in desk.root.glob("*.mp4")) == ["ab.mp4", "ba.mp4", "cc.mp4"]
    no_news(desk)


def test_conflicts_are_listed_and_the_rest_is_done(desk):
    for name in ("a1.mp4", "b1.mp4", "c1.mp4", "e2.mp4", "c2.mp4", "d.mp4"):
        desk.put(name, f"content of {name}")
    found = many(desk, r"^[abe](\d)", r"c\1", regex=True)
    assert found["applied"] == 0
    reasons = {line["path"]: line["reason"] for line in found["errors"]}
    assert reasons == {
        "a1.mp4": "2 files would be called c1.mp4", "b1.mp4": "2 files would be called c1.mp4",
        "e2.mp4": "c2.mp4 exists already",
    }  # fmt: skip
    assert (desk.root / "c2.mp4").read_text() == "content of c2.mp4"


def test_who_stays_is_in_the_way_of_others(desk):
    for name in ("1.mp4", "11.mp4", "111.mp4"):
        desk.put(name)
    (desk.root / "1111.mp4").mkdir()
    found = many(desk, r"^(1+)\.", r"\g<1>1.", regex=True)
    assert found["applied"] == 0
    assert [line["path"] for line in found["errors"]] == ["1.mp4", "11.mp4", "111.mp4"]
    (desk.root / "1111.mp4").rmdir()
    assert many(desk, r"^(1+)\.", r"\g<1>1.", regex=True)["applied"] == 3


def test_names_that_cannot_be_are_listed(desk):
    desk.put("a.mp4")
    desk.put("d/b.mp4")
    for target in ("a.txt", "d/y.mp4", "../y.mp4", "x/y.mp4", ".a.mp4", ""):
        found = many(desk, "a.mp4", target)
        assert (found["planned"], found["applied"], len(found["errors"])) == (0, 0, 1)
    assert (desk.root / "a.mp4").exists()


def test_an_error_on_the_way_stops_only_its_own_file(desk, monkeypatch):
    ids = {name: film(desk, name) for name in ("ab.mp4", "ba.mp4", "xy.mp4")}
    real = rename.rename_file

    def fail(source, target):
        if os.path.basename(source) == "ba.mp4":
            raise OSError(5, "Input/output error")
        real(source, target)

    monkeypatch.setattr(rename, "rename_file", fail)
    found = many(desk, r"^(.)(.)\.", r"\2\1.", regex=True)
    assert found["applied"] == 1
    assert {line["path"] for line in found["errors"]} == {"ab.mp4", "ba.mp4"}
    is_whole(desk, "ab.mp4", "ab.mp4", ids["ab.mp4"])
    is_whole(desk, "ba.mp4", "ba.mp4", ids["ba.mp4"])
    is_whole(desk, "yx.mp4", "xy.mp4", ids["xy.mp4"])


def test_over_the_network_only_inside_libraries(desk, tmp_path):
    desk.put("d/a.mp4")
    desk.scan()
    change = Substitution("a", "b")
    assert rename.inside(desk.ctx, rename.Batch("d", change))["planned"] == 1
    assert rename.inside(desk.ctx, rename.Batch(str(desk.root / "d"), change, force=True))["applied"] == 1
    with pytest.raises(NotFound):
        rename.inside(desk.ctx, rename.Batch(str(tmp_path), change))


KILLED = """
import os, sys
from vidwatchd.operations import follow
from vidwatchd.library import store
{patch}
from vidwatchd.cli import main
sys.argv = ["vidwatchd", "--data-dir", {data!r}, "rename", {source!r}, "b.mp4"]
main()
"""


@pytest.mark.system
@pytest.mark.parametrize(
    "patch",
    [
        "follow.carry = lambda *a, real=follow.carry: os._exit(9) if a[2] else real(*a)",
        "follow.note = lambda *a, real=follow.note: os._exit(9) if a[2] else real(*a)",
        "store._carry = lambda *a, real=store._carry, n=[]: (n.append(1), os._exit(9) if len(n) > 2 else real(*a))",
    ],
)
def test_f12_killed_between_the_file_and_the_rest_the_next_scan_brings_it_to_its_end(tmp_path, patch):
    desk = Desk(tmp_path)
    video_id = film(desk, "clip.mp4")
    desk.close()
    code = KILLED.format(patch=patch, data=desk.config.data_dir, source=str(desk.root / "clip.mp4"))
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 9
    assert (desk.root / "b.mp4").exists()
    desk.open()
    desk.scan()
    is_whole(desk, "b.mp4", "clip.mp4", video_id)
    assert desk.queued() == 0
    desk.close()


def test_undecodable_names(desk):
    video_id = desk.made(portable(os.fsdecode(b"caf\xe9 1.mp4")), "content " * 9)
    assert many(desk, "1", "2")["applied"] == 1
    assert (desk.root / os.fsdecode(b"caf\xe9 2.mp4")).exists()
    assert desk.id(portable(os.fsdecode(b"caf\xe9 2.mp4"))) == video_id
    no_news(desk)


def test_tags_said_afterwards_go_to_the_new_name(desk):
    video_id = film(desk, "clip.mp4")
    rename.one(desk.ctx, video_id, "b.mp4")
    found = tags.edit(desk.ctx, video_id, Edit(add=("new",), replace=True))
    assert "notice" not in found
    assert desk.said("b.mp4")["tags"] == ["new"]
    with pytest.raises(FileNotFoundError):
        desk.said("clip.mp4")
