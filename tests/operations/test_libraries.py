"""test_libraries: which folders are libraries, where they are now, and what a person set is never lost."""

import json
import os

import pytest

from tests.desk import Desk, tree
from tests.keeping import Kept, add_kind, settle
from vidwatchd.config import LibraryConfig, load, save_libraries
from vidwatchd.errors import Conflict, InvalidDirectory, LibraryOffline, NotFound, StorageError, UsageError
from vidwatchd.library import read_marker
from vidwatchd.model import Artifact, ArtifactState, native, portable
from vidwatchd.operations import edits, libraries, tags
from vidwatchd.operations import scan as scans
from vidwatchd.operations.make import videos_in


def settings(desk):
    return json.loads((desk.folder / "videorc.json").read_text())


def folder(desk, name):
    path = desk.folder / name
    path.mkdir(parents=True)
    return path


def test_adding_marks_enters_and_writes_the_settings(desk):
    row = libraries.one(desk.ctx, desk.library_id)
    assert (row["root"], row["name"], row["watched"], row["online"]) == (str(desk.root), "box", True, True)
    assert read_marker(str(desk.root)) == desk.library.uuid
    assert settings(desk)["libraries"] == [{"path": str(desk.root)}]
    assert ("library", {"id": desk.library_id}) in desk.events


@pytest.mark.parametrize("name", ["new\nline", "it's", "100%", "-x", "🎬", os.fsdecode(b"b\xff")])
def test_odd_folders_are_libraries_too(desk, name):
    path = folder(desk, name)
    library_id = libraries.add(desk.ctx, portable(str(path)))["id"]
    (path / "a.mp4").write_text("x")
    scans.scan(desk.ctx, desk.index.libraries.get(library_id))
    assert desk.index.videos.at(library_id, "a.mp4")
    assert read_marker(desk.index.libraries.get(library_id).root)
    assert load(flag=str(desk.folder / "videorc.json")).libraries[-1].folder == str(path)


@pytest.mark.parametrize("spelling", ["{root}", "{root}/", "{folder}/link", "{folder}/./box/../box"])
def test_adding_again_is_the_same_library_and_keeps_what_was_set(desk, spelling):
    (desk.folder / "link").symlink_to(desk.root)
    values = settings(desk)
    values["libraries"] = [
        {"path": spelling.format(root=desk.root, folder=desk.folder), "kinds": ["thumbs"], "name": "Mine"}
    ]
    values["watch"] = {"settle_seconds": 1}
    (desk.folder / "videorc.json").write_text(json.dumps(values))
    desk.ctx.config = load(flag=str(desk.folder / "videorc.json"))
    assert libraries.add(desk.ctx, str(desk.root))["id"] == desk.library_id
    assert settings(desk) == values
    libraries.add(desk.ctx, str(desk.root), "New")
    assert settings(desk)["libraries"][0]["kinds"] == ["thumbs"]
    assert libraries.one(desk.ctx, desk.library_id)["name"] == "New"
    libraries.remove(desk.ctx, desk.library_id)
    assert settings(desk) == {**values, "libraries": []}


def test_nested_folders_and_the_whole_disk_are_refused(desk):
    (desk.root / "inner").mkdir()
    before = settings(desk)
    for path, kind in ((desk.root / "inner", Conflict), (desk.folder, Conflict), ("/", UsageError)):
        with pytest.raises(kind):
            libraries.add(desk.ctx, str(path))
    assert settings(desk) == before
    assert len(desk.index.libraries.all()) == 1
    libraries.remove(desk.ctx, desk.library_id)
    with pytest.raises(UsageError, match="whole file system"):
        libraries.add(desk.ctx, "/")


def test_a_folder_whose_name_begins_alike_is_not_inside(desk):
    assert libraries.add(desk.ctx, str(folder(desk, "box2")))["name"] == "box2"
    assert libraries.place(desk.ctx, f"{desk.root}3") is None


@pytest.mark.parametrize("path", ["", "/no/such/folder", "nul\0"])
def test_what_is_no_folder_is_refused(desk, path):
    with pytest.raises(InvalidDirectory):
        libraries.add(desk.ctx, path)


def test_settings_that_cannot_be_written_leave_nothing_half_done(desk):
    desk.ctx.config = desk.ctx.config.model_copy(update={"source": desk.folder / "file" / "videorc.json"})
    (desk.folder / "file").write_text("")
    path = folder(desk, "new")
    with pytest.raises((StorageError, OSError)):
        libraries.add(desk.ctx, str(path))
    assert len(desk.index.libraries.all()) == 1
    assert tree(path) == {}


def test_removing_touches_no_file(desk):
    desk.made()
    before = tree(desk.root)
    libraries.remove(desk.ctx, desk.library_id)
    assert tree(desk.root) == before
    assert desk.index.libraries.all() == []
    with pytest.raises(NotFound):
        libraries.remove(desk.ctx, desk.library_id)


def test_a_library_added_again_after_removal_is_the_same_by_its_marker(desk):
    video_id = desk.made()
    uuid = desk.library.uuid
    libraries.remove(desk.ctx, desk.library_id)
    desk.library_id = libraries.add(desk.ctx, str(desk.root))["id"]
    assert desk.library.uuid == uuid
    desk.scan()
    assert desk.work() == []
    assert video_id


def test_a_library_is_found_by_id_name_or_folder(desk):
    for which in (str(desk.library_id), "box", str(desk.root), f"{desk.root}/"):
        assert libraries.find(desk.ctx, which).id == desk.library_id
    for wrong in ("other", str(desk.folder), "99"):
        with pytest.raises(NotFound):
            libraries.find(desk.ctx, wrong)


# -- folders named on the command line


def test_a_folder_inside_a_library_is_that_library_through_a_prefix(desk):
    (desk.root / "d" / "e").mkdir(parents=True)
    place = libraries.named(desk.ctx, str(desk.root / "d" / "e"))
    assert (place.library.id, place.folder) == (desk.library_id, "d/e")
    assert libraries.named(desk.ctx, str(desk.root)).folder == ""


def test_a_folder_of_no_library_becomes_one_that_is_not_watched(desk):
    path = folder(desk, "other")
    library = libraries.named(desk.ctx, str(path)).library
    assert not library.watched
    assert len(settings(desk)["libraries"]) == 1
    assert libraries.add(desk.ctx, str(path))["id"] == library.id
    assert desk.index.libraries.get(library.id).watched


def test_a_folder_named_once_is_taken_in_by_the_library_around_it(desk):
    inner = folder(desk, "films/a")
    (inner / "x.mp4").write_text("x")
    _, (video,) = videos_in(desk.ctx, str(inner), recursive=True)
    outer = libraries.add(desk.ctx, str(desk.folder / "films"))
    assert desk.index.videos.get(video.id).path == "a/x.mp4"
    assert desk.index.videos.get(video.id).library_id == outer["id"]
    assert len(desk.index.libraries.all()) == 2
    done = scans.scan(desk.ctx, desk.index.libraries.get(outer["id"]))
    assert (done.added, done.gone) == ([], [])


def test_over_the_network_only_known_libraries_are_named(desk):
    (desk.root / "d").mkdir()
    (desk.folder / "secret").mkdir()
    (desk.root / "way_out").symlink_to(desk.folder / "secret")
    for good in (str(desk.root), str(desk.root / "d"), "d", "", "."):
        assert libraries.inside(desk.ctx, good).library.id == desk.library_id
    for bad in (
        str(desk.folder),
        "/",
        "/etc",
        "..",
        "../secret",
        "way_out",
        "none",
        "d/../..",
        "x\0y",
        f"{desk.root}x",
        "d\0",
    ):
        with pytest.raises(NotFound):
            libraries.inside(desk.ctx, bad)


# -- there or not


def test_going_and_coming_back_is_noted_once(desk):
    desk.made()
    away = desk.root.rename(desk.folder / "away")
    desk.events.clear()
    for _ in range(2):
        assert not libraries.is_online(desk.ctx, desk.library)
    assert desk.events == [("library", {"id": desk.library_id})]
    with pytest.raises(LibraryOffline):
        libraries.check_online(desk.ctx, desk.library)
    away.rename(desk.root)
    assert libraries.check_online(desk.ctx, desk.library).problem == ""


def test_a_configured_folder_that_is_not_there_yet_is_an_offline_library(desk):
    missing = desk.folder / "later"
    desk.ctx.config = desk.ctx.config.model_copy(
        update={
            "libraries": (
                *desk.ctx.config.libraries,
                desk.ctx.config.libraries[0].model_copy(update={"path": str(missing)}),
            )
        }
    )
    for _ in range(2):
        found = libraries.configured(desk.ctx)
        assert [library.online for library in found] == [True, False]
    assert not missing.exists()


@pytest.mark.parametrize("before", ["missing", "an empty mount point"])
def test_a_disk_that_was_away_at_the_first_start_is_taken_on_later(tmp_path, before):
    """The index is new, the disk is old and carries its own marker."""
    first = Desk(tmp_path)
    first.made()
    uuid = first.library.uuid
    away = first.root.rename(tmp_path / "away")
    if before != "missing":
        first.root.mkdir()
    first.rebuild()
    assert [library.root for library in libraries.configured(first.ctx)] == [str(first.root)]
    if before != "missing":
        for path in sorted(first.root.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        first.root.rmdir()
    away.rename(first.root)
    first.library_id = libraries.configured(first.ctx)[0].id
    first.scan()
    assert first.library.online
    assert first.library.uuid == uuid == read_marker(str(first.root))
    assert first.work() == []
    first.close()


def test_a_disk_mounted_elsewhere_is_the_same_library_though_its_old_place_is_left(desk):
    video_id = desk.made()
    uuid = desk.library.uuid
    new = desk.root.rename(desk.folder / "elsewhere")
    desk.root.mkdir()
    assert libraries.add(desk.ctx, str(new))["id"] == desk.library_id
    assert read_marker(str(new)) == uuid
    assert desk.library.root == str(new)
    scans.scan(desk.ctx, desk.library)
    assert desk.index.videos.get(video_id).path == "clip.mp4"


def test_a_copied_library_is_another_one(desk):
    import shutil

    desk.made()
    shutil.copytree(desk.root, desk.folder / "copy")
    other = libraries.add(desk.ctx, str(desk.folder / "copy"))
    assert other["id"] != desk.library_id
    uuid = desk.index.libraries.get(other["id"]).uuid
    assert uuid == read_marker(str(desk.folder / "copy")) != desk.library.uuid
    assert read_marker(str(desk.root)) == desk.library.uuid
    desk.scan()


def test_a_root_that_cannot_be_written_keeps_its_artifacts_centrally(desk):
    path = folder(desk, "readonly")
    (path / "a.mp4").write_text("film")
    (path / ".artifacts").write_text("in the way, as a read-only disk would be")
    before = tree(path)
    library = desk.index.libraries.get(libraries.add(desk.ctx, str(path))["id"])
    assert library.layout == "central"
    desk.library_id = library.id
    desk.scan()
    desk.work()
    assert set(desk.states("a.mp4").values()) == {"done"}
    assert tree(path) == before
    assert desk.store.file("a.mp4", ".jpg").startswith(native(desk.ctx.config.data_folder))


def test_the_central_layout_writes_nothing_into_any_library(tmp_path):
    desk = Desk(tmp_path, artifacts={"layout": "central"})
    desk.put("a.mp4")
    before = tree(desk.root)
    desk.scan()
    desk.work()
    assert set(desk.states("a.mp4").values()) == {"done"}
    assert tree(desk.root) == before
    desk.close()


def test_what_is_said_centrally_is_not_taken_for_gone(tmp_path, caplog):
    desk = Desk(tmp_path, artifacts={"layout": "central"})
    desk.put("a.mp4")
    desk.scan()
    edits.chapters(desk.ctx, desk.id("a.mp4"), [(0.0, "Sea")])
    tags.edit(desk.ctx, desk.id("a.mp4"), tags.Edit(add=("blue",)))
    before = desk.index.tags.sidecars_in(desk.library_id, ".artifacts")
    assert before.keys() == {"a.mp4.edits.json", "a.mp4.tags.json"}
    for change in (
        lambda: desk.put("b.mp4"),
        lambda: desk.put("c.mp4"),
        lambda: desk.index.libraries.forget_folders(1, [""]),
    ):
        change()  # so that the folder is looked at
        desk.scan()
        assert desk.index.tags.sidecars_in(desk.library_id, ".artifacts") == before
    assert "is gone" not in caplog.text
    desk.close()


def test_what_the_daemon_knows_is_added_to_the_list(desk):
    desk.ctx.live = lambda library_id: {"scanning": library_id == desk.library_id}
    assert libraries.listing(desk.ctx)[0]["scanning"] is True


def kept_desk(desk, monkeypatch):
    add_kind(monkeypatch)
    desk.put("film.mp4")
    desk.put("other.mp4", "another")
    desk.scan()
    desk.index.artifacts.put(Artifact(desk.id("film.mp4"), "sprites", ArtifactState.DONE), files={})
    desk.scan()
    return desk


def test_a_library_says_what_is_not_made_in_it_by_itself(desk, monkeypatch):
    kept_desk(desk, monkeypatch)
    assert (Kept.name, "queued") in desk.jobs()
    off = libraries.change(desk.ctx, desk.library_id, stored=False)
    assert (off["skip"], off["stored"]) == ([Kept.name], False)
    assert settings(desk)["libraries"] == [{"path": str(desk.root), "skip": [Kept.name]}]
    assert Kept.name not in {kind for kind, _ in desk.jobs()}
    desk.scan()
    assert Kept.name not in {kind for kind, _ in desk.jobs()}, "it is not owed again"
    assert ("library", {"id": desk.library_id, "settings": True}) in desk.events
    on = libraries.change(desk.ctx, desk.library_id, stored=True)
    assert (on["skip"], on["stored"]) == ([], True)
    assert (Kept.name, "queued") in desk.jobs()


def test_what_was_made_stays_when_its_kind_is_switched_off(desk, monkeypatch):
    kept_desk(desk, monkeypatch)
    settle(desk)
    before = tree(desk.root)
    libraries.change(desk.ctx, desk.library_id, skip=["kept", "thumbs"])
    desk.scan()
    assert tree(desk.root) == before
    assert desk.states("film.mp4")[Kept.name] == "done"
    assert libraries.change(desk.ctx, desk.library_id, skip=[])["skip"] == []


def test_stored_forms_join_the_kinds_that_a_person_chose(desk, monkeypatch):
    kept_desk(desk, monkeypatch)
    entry = LibraryConfig(path=str(desk.root), kinds=("sprites",))
    desk.ctx.config = save_libraries(desk.ctx.config, [entry])
    assert libraries.one(desk.ctx, desk.library_id)["stored"] is False
    assert libraries.change(desk.ctx, desk.library_id, stored=True)["stored"] is True
    assert settings(desk)["libraries"][0]["kinds"] == ["sprites", Kept.name]


def test_only_a_watched_library_and_known_kinds(desk, tmp_path):
    with pytest.raises(NotFound):
        libraries.change(desk.ctx, desk.library_id, skip=["nonsense"])
    with pytest.raises(NotFound):
        libraries.change(desk.ctx, 99, stored=False)
    (tmp_path / "once").mkdir()
    once = libraries.named(desk.ctx, str(tmp_path / "once")).library
    with pytest.raises(Conflict, match="is not watched"):
        libraries.change(desk.ctx, once.id, stored=False)


def test_what_another_process_set_is_read_again(desk):
    values = settings(desk)
    values["libraries"][0]["skip"] = ["thumbs"]
    (desk.folder / "videorc.json").write_text(json.dumps(values))
    libraries.reread(desk.ctx)
    assert libraries.one(desk.ctx, desk.library_id)["skip"] == ["thumbs"]


def test_a_link_to_a_disk_that_hangs_is_still_the_library_that_it_was(desk, monkeypatch):
    link = desk.root.parent / "by another name"
    link.symlink_to(desk.root)
    desk.ctx.config = desk.ctx.config.model_copy(update={"libraries": (LibraryConfig(path=str(link)),)})
    libraries.configured(desk.ctx)
    before = desk.ctx.index.libraries.all()
    assert [library.watched for library in before] == [True]
    monkeypatch.setattr(desk.ctx.pulse, "beats", lambda folder, patience_seconds=0.0: False)
    assert list(libraries.unentered(desk.ctx)) == []
    libraries.configured(desk.ctx)
    assert desk.ctx.index.libraries.all() == before
