"""test_operations: the context that every operation is handed, and looks that write nothing."""

import os

import pytest

from tests.desk import KINDS, Desk, tree
from vidwatchd import operations
from vidwatchd.config import parse
from vidwatchd.errors import ConfigError
from vidwatchd.operations import libraries, report, tags
from vidwatchd.operations.tags import Edit


def config(folder, **values):
    return parse({"data_dir": str(folder / "data"), **values}, folder / "videorc.json")


def everything(folder):
    """Names, contents and times of all there is, folders too."""
    paths = sorted(folder.rglob("*"))
    return {str(p): (p.lstat().st_mtime_ns, p.lstat().st_mode) for p in paths if p.name != "data"}, tree(folder)


def test_an_open_context_closes_its_index(tmp_path):
    with operations.open(config(tmp_path)) as ctx:
        assert not ctx.read_only
        assert ctx.index.libraries.all() == []
    assert sorted(os.listdir(tmp_path / "data")) == ["index.db"]


def test_a_commands_changes_reach_the_daemon_through_the_index(tmp_path):
    (tmp_path / "box").mkdir()
    with operations.open(config(tmp_path)) as ctx:
        library = libraries.add(ctx, str(tmp_path / "box"))
        assert ctx.index.outbox.since(0)[-1][1:] == ("library", {"id": library["id"]})


@pytest.mark.parametrize("artifacts", [{"thumb": {}}, {"thumbs": {"nonsense": 1}}, {"thumbs": 5}])
def test_wrong_settings_of_kinds_are_refused_before_anything_is_made(tmp_path, artifacts):
    for enter in (operations.open, operations.peek, operations.look):
        with pytest.raises(ConfigError), enter(config(tmp_path, artifacts=artifacts)):
            pass
    assert not (tmp_path / "data").exists()


def test_a_runner_has_as_many_workers_as_asked_or_set(tmp_path):
    with operations.open(config(tmp_path, workers={"total": 3})) as ctx:
        assert ctx.runner().workers == 3
        assert ctx.runner(5).workers == 5
        assert [ctx.runner(most=most).workers for most in (0, 2, 9)] == [3, 2, 3]


def test_a_peek_on_a_fresh_machine_makes_no_data_folder(tmp_path):
    box = tmp_path / "box"
    box.mkdir()
    (box / "a.mp4").write_text("x")
    before = everything(tmp_path)
    with operations.peek(config(tmp_path)) as ctx:
        assert ctx.read_only
        assert report.report(ctx, str(box))["total"] == 1
    assert everything(tmp_path) == before


def test_a_look_writes_nothing_whatever_it_finds(desk):
    """New, moved, exchanged, changed, gone; a lost marker, sidecar and artifact; a part left by a dead write."""
    for name in ("moved.mp4", "one.mp4", "two.mp4", "changed.mp4", "gone.mp4", "bare.mp4"):
        tags.edit(desk.ctx, desk.made(name, name * 20), Edit(add=(name,)))
    root = desk.root
    desk.put("new.mp4")
    (root / "d").mkdir()
    (root / "moved.mp4").rename(root / "d" / "moved.mp4")
    (root / "one.mp4").rename(root / "t")
    (root / "two.mp4").rename(root / "one.mp4")
    (root / "t").rename(root / "two.mp4")
    desk.put("changed.mp4", "other")
    (root / "gone.mp4").unlink()
    (root / ".artifacts" / ".library.json").unlink()
    desk.beside("bare.mp4", ".tags.json").unlink()
    desk.beside("bare.mp4", ".jpg").unlink()
    part = root / ".artifacts" / f".{'a' * 32}.part"
    part.write_text("x")
    os.utime(part, (1, 1))
    desk.close()
    before = everything(desk.folder)
    with operations.peek(desk.ctx.config) as ctx:
        found = report.report(ctx, str(root), recursive=True)
        tags.apply(ctx, str(root), Edit(), recursive=True)
        libraries.configured(ctx)
        libraries.listing(ctx)
    assert everything(desk.folder) == before
    states = {video["path"]: set(video["artifacts"].values()) for video in found["videos"]}
    assert states == {
        "bare.mp4": {"done", "missing"}, "changed.mp4": {"stale"}, "d/moved.mp4": {"done"}, "new.mp4": {"missing"},
        "one.mp4": {"done"}, "two.mp4": {"done"},
    }  # fmt: skip


def test_a_look_at_a_folder_of_no_library_leaves_no_marker(tmp_path):
    desk = Desk(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.mp4").write_text("x")
    before = everything(tmp_path)
    with operations.peek(desk.ctx.config) as ctx:
        assert report.report(ctx, str(other))["total"] == 1
    assert everything(tmp_path) == before
    assert len(desk.index.libraries.all()) == 1
    desk.close()


def test_what_a_look_learns_is_not_kept(desk):
    desk.made()
    desk.put("new.mp4")
    with operations.peek(desk.ctx.config) as ctx:
        assert report.report(ctx, str(desk.root))["total"] == 2
    assert desk.ids().keys() == {"clip.mp4"}
    desk.scan()
    assert desk.work() == [KINDS]


def test_a_look_asks_the_index_itself_and_nothing_is_written(tmp_path):
    with operations.look(config(tmp_path)) as ctx:
        assert (ctx.read_only, ctx.index.path, ctx.index.libraries.all()) == (True, None, [])
    assert not (tmp_path / "data").exists()
    (tmp_path / "box").mkdir()
    with operations.open(config(tmp_path)) as ctx:
        libraries.add(ctx, str(tmp_path / "box"))
    before = tree(tmp_path)
    with operations.look(config(tmp_path)) as ctx:
        assert (ctx.read_only, ctx.index.looking) == (True, True)
        assert [library.name for library in ctx.index.libraries.all()] == ["box"]
    assert tree(tmp_path) == before
