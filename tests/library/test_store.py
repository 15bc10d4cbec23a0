"""test_store: artifacts arrive whole, follow their video, and never take anybody else's file with them."""

import contextlib
import json
import os
import threading
import time
from pathlib import Path

import pytest

from tests.desk import file, tree
from tests.waiting import PATIENCE_SECONDS
from vidwatchd.errors import Conflict, StorageError, Unwritable
from vidwatchd.library import MadeEntry, Store, Unpublished
from vidwatchd.model import FileState, Library, Tags, native, portable
from vidwatchd.model import file_name as model_name

ODD = [
    "clip.mp4",
    "new\nline.mp4",
    'it\'s "q".mp4',
    "100%d.mp4",
    "-x.mp4",
    "🎬.mp4",
    portable("b\udcff.mp4"),
    "a" * 251 + ".mp4",
    "é" * 125 + ".mp4",
]


@pytest.fixture
def root(tmp_path):
    (tmp_path / "box" / "d").mkdir(parents=True)
    return tmp_path / "box"


@pytest.fixture
def store(root, tmp_path):
    return Store(Library(1, "u1", str(root), "box"), str(tmp_path / "data"))


@pytest.fixture
def central(root, tmp_path):
    return Store(Library(2, "u2", str(root), "box", layout="central"), str(tmp_path / "data"))


def entry(**values):
    return MadeEntry(
        **{"version": 1, "settings_hash": "h", "fingerprint": "f", "files": {}, "facts": {"n": 1}, **values}
    )


def made(store, *suffixes, text="new", **values):
    folder = store.workspace(f"w{time.monotonic_ns()}")
    files = {}
    for suffix in suffixes:
        files[suffix] = os.path.join(folder, f"made{suffix}")
        Path(files[suffix]).parent.mkdir(exist_ok=True)
        Path(files[suffix]).write_text(text)
    return Unpublished(files, entry(**values))


def state(path="clip.mp4", number=5):
    return file(path, number)


# -- publishing


@pytest.mark.parametrize("folder", ["", "d/"])
@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("which", ["store", "central"])
def test_published_files_are_there_and_vouched_for(request, which, folder, name):
    store, path = request.getfixturevalue(which), folder + name
    published = store.publish(path, {"thumbs": made(store, ".thumb.jpg"), "meta": made(store, ".x.json")}, state(path))
    assert Path(store.file(path, ".thumb.jpg")).read_text() == "new"
    assert len(os.fsencode(os.path.basename(store.file(path, ".thumb.jpg")))) <= 255
    kinds, stamp, fingerprint = store.made(path)
    assert kinds == published
    assert (stamp, fingerprint) == ((5, 5, 5, 5), "f")
    assert kinds["thumbs"].cost_bytes == 3
    assert store.root == native(store.library.root)


def test_central_artifacts_leave_the_library_alone(central, root):
    central.publish("d/clip.mp4", {"thumbs": made(central, ".thumb.jpg")}, state())
    central.write_tags("d/clip.mp4", Tags(("a",)))
    assert tree(root) == {}


def test_a_visit_adds_to_what_earlier_ones_made(store):
    store.publish("clip.mp4", {"thumbs": made(store, ".thumb.jpg")}, state())
    store.publish("clip.mp4", {"meta": made(store, ".x.json")}, state(number=6))
    kinds, stamp, _ = store.made("clip.mp4")
    assert kinds.keys() == {"thumbs", "meta"}
    assert stamp == (6, 6, 6, 6)


def test_a_remake_replaces_and_takes_what_is_no_longer_made(store, root):
    store.publish("clip.mp4", {"thumbs": made(store, ".a.jpg", ".b.jpg", text="old")}, state())
    store.publish("clip.mp4", {"thumbs": made(store, ".a.jpg")}, state())
    assert Path(store.file("clip.mp4", ".a.jpg")).read_text() == "new"
    assert not os.path.exists(store.file("clip.mp4", ".b.jpg"))


class Stop(BaseException):
    """A power cut."""


def crashing_store(root, tmp_path, at):
    """A store whose power fails before its step number ``at``; ``steps`` counts them."""

    class Crashing(Store):
        steps = 0

        def _step(self):
            self.steps += 1
            if self.steps == at:
                raise Stop

        def _made(self, path, video):
            self._step()
            return super()._made(path, video)

        def _place(self, *args):
            self._step()
            return super()._place(*args)

    return Crashing(Library(1, "u1", str(root), "box"), str(tmp_path / "data"))


@pytest.mark.parametrize("at", range(1, 6))
def test_a_crash_between_any_two_steps_leaves_old_or_new_files_and_no_false_note(store, root, tmp_path, at):
    store.publish("clip.mp4", {k: made(store, f".{k}", text="old", version=1) for k in ("one", "two")}, state())
    crashing = crashing_store(root, tmp_path, at)
    new = {k: made(store, f".{k}", text="new", version=2) for k in ("one", "two")}
    with contextlib.suppress(Stop):
        crashing.publish("clip.mp4", new, state())
    assert crashing.steps == min(at, 4)
    for kind in ("one", "two"):
        assert Path(store.file("clip.mp4", f".{kind}")).read_text() in ("old", "new")
    for kind, found in store.made("clip.mp4")[0].items():
        text = Path(store.file("clip.mp4", f".{kind}")).read_text()
        assert text == {1: "old", 2: "new"}[found.version], "the note vouches for what is not there"
    store.publish("clip.mp4", {k: made(store, f".{k}", version=2) for k in ("one", "two")}, state())
    assert store.made("clip.mp4")[0].keys() == {"one", "two"}


def test_a_killed_process_leaves_old_or_new(store, root, tmp_path):
    """SIGKILL while it publishes again and again: never neither, and no note of what is not there."""
    store.publish("clip.mp4", {"one": made(store, ".one", text="0" * 50)}, state())
    for delay in (0.01, 0.03, 0.06, 0.1):
        child = os.fork()
        if not child:
            try:
                for number in range(1, 10**6):
                    files = {"one": made(store, ".one", text=str(number % 10) * 50, facts={"n": number % 10})}
                    store.publish("clip.mp4", files, state())
            finally:
                os._exit(1)
        time.sleep(delay)
        os.kill(child, 9)
        os.waitpid(child, 0)
        text = Path(store.file("clip.mp4", ".one")).read_text()
        assert len(text) == 50
        assert len(set(text)) == 1
        for found in store.made("clip.mp4")[0].values():
            assert found.files == {".one": "clip.mp4.one"}


def test_two_who_publish_at_once_lose_nothing(store):
    def publish(number):
        store.publish("clip.mp4", {f"k{number}": made(store, f".k{number}")}, state())

    threads = [threading.Thread(target=publish, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.made("clip.mp4")[0].keys() == {f"k{number}" for number in range(8)}


def test_nothing_is_made_where_a_disk_is_away(store, root):
    ready = made(store, ".thumb.jpg")
    root.rename(root.with_name("away"))
    for act in (
        lambda: store.workspace("w"),
        lambda: store.publish("clip.mp4", {"thumbs": ready}, state()),
        lambda: store.write_tags("clip.mp4", Tags(("a",))),
        lambda: store.write_tags("d/clip.mp4", Tags(("a",))),
    ):
        with pytest.raises(Unwritable):
            act()
    assert not root.exists()


def test_a_place_that_cannot_be_written_is_named(store, root):
    (root / "d" / ".artifacts").write_text("a file in the way")
    with pytest.raises(StorageError, match=r"d/\.artifacts"):
        store.publish("d/clip.mp4", {"thumbs": made(store, ".thumb.jpg")}, state())


# -- notes


@pytest.mark.parametrize(
    "note",
    [
        "", "{", "[]", '{"kinds": []}', '{"kinds": {"a": []}}', '{"kinds": {"a": {}}}', '{"kinds": null}',
        '{"size_bytes": "x", "kinds": {"a": {"version": "1"}}}', "[" * 5000,
        '{"kinds": {"a": {"version": 1, "settings_hash": "h", "fingerprint": "f", "files": [], "facts": {}}}}',
        '{"kinds": {"a": {"version": 1, "settings_hash": "h", "fingerprint": "f", "files": {}, "facts": {}, "new": 1}}}',
        '{"kinds": {"a": {"version": 1, "settings_hash": "h", "fingerprint": "f", "files": {}, "facts": {}, "video": {"x": 1}}}}',
    ],
)  # fmt: skip
def test_a_note_of_another_shape_is_no_note_and_is_no_hindrance(store, note):
    os.makedirs(store.folder("clip.mp4"))
    Path(store.file("clip.mp4", ".made.json")).write_text(note)
    assert store.made("clip.mp4")[0] == {}
    store.publish("clip.mp4", {"thumbs": made(store, ".thumb.jpg")}, state())
    assert store.made("clip.mp4")[0].keys() == {"thumbs"}


def test_one_broken_entry_does_not_hide_the_others(store):
    store.publish("clip.mp4", {"thumbs": made(store, ".thumb.jpg")}, state())
    note = Path(store.file("clip.mp4", ".made.json"))
    values = json.loads(note.read_text())
    values["kinds"] = {"broken": {"version": 1}, **values["kinds"]}
    note.write_text(json.dumps(values))
    assert store.made("clip.mp4")[0].keys() == {"thumbs"}


def test_what_lost_a_file_is_not_vouched_for(store):
    store.publish("clip.mp4", {"a": made(store, ".a"), "b": made(store, ".b1", ".b2")}, state())
    os.unlink(store.file("clip.mp4", ".b2"))
    assert store.made("clip.mp4")[0].keys() == {"a"}


@pytest.mark.parametrize(
    "files",
    [
        {".x": "../clip.mp4"}, {".x": "../../box/clip.mp4"}, {".x": "other.mp4.x"}, {"": "clip.mp4"},
        {"/../../clip.mp4": "clip.mp4/../../clip.mp4"}, {".tags.json": "clip.mp4.tags.json"},
        {".made.json": "clip.mp4.made.json"}, {".x": "/etc/passwd"}, {".x": 5}, {".x": ["a"]},
    ],
)  # fmt: skip
def test_a_foreign_note_never_gets_at_other_files(store, root, files):
    """A copied folder may bring any note; what it names is deleted by a remake and by cleaning."""
    (root / "clip.mp4").write_text("original")
    store.write_tags("clip.mp4", Tags(("a",)))
    values = {"version": 1, "settings_hash": "h", "fingerprint": "f", "files": files, "facts": {}}
    Path(store.file("clip.mp4", ".made.json")).write_text(json.dumps({"kinds": {"thumbs": values}}))
    before = tree(root)
    assert store.made("clip.mp4")[0] == {}
    store.publish("clip.mp4", {"thumbs": made(store, ".thumb.jpg")}, state())
    after = tree(root)
    assert {name: after[name] for name in before if not name.endswith(".made.json")} == {
        name: content for name, content in before.items() if not name.endswith(".made.json")
    }


# -- following


def artifacts_of(store, path, text="mine"):
    published = store.publish(path, {"thumbs": made(store, ".thumb.jpg", text=text)}, state(path))
    return {kind: found.files for kind, found in published.items()}


@pytest.mark.parametrize("new", [*ODD, "d/clip.mp4", "CLIP.MP4", "d/" + "a" * 251 + ".mp4"])
def test_artifacts_note_and_words_follow_a_move(store, new):
    files = artifacts_of(store, "clip.mp4")
    store.write_tags("clip.mp4", Tags(("sea",)))
    Path(store.file("clip.mp4", ".edits.json")).write_text("{}")
    renamed = store.follow(store, "clip.mp4", new, files)
    assert Path(store.file(new, ".thumb.jpg")).read_text() == "mine"
    assert store.made(new)[0]["thumbs"].files == renamed["thumbs"]
    assert store.read_tags(new)[0].tags == ("sea",)
    assert os.path.exists(store.file(new, ".edits.json"))
    if new != "clip.mp4":
        assert not any("clip.mp4." in name for name in store.names_in("") if "d/" not in new)


def test_following_again_after_a_crash_changes_nothing(store, root):
    files = artifacts_of(store, "clip.mp4")
    store.write_tags("clip.mp4", Tags(("sea",)))
    first = store.follow(store, "clip.mp4", "d/new.mp4", files)
    before = tree(root)
    assert store.follow(store, "clip.mp4", "d/new.mp4", files) == first
    assert tree(root) == before


def test_an_emptied_artifact_folder_goes_but_not_one_with_anything_in_it(store, root):
    files = artifacts_of(store, "d/clip.mp4")
    (root / "d" / ".artifacts" / "mine.txt").write_text("x")
    store.follow(store, "d/clip.mp4", "clip.mp4", files)
    assert (root / "d" / ".artifacts" / "mine.txt").exists()
    (root / "d" / ".artifacts" / "mine.txt").unlink()
    files = artifacts_of(store, "d/clip.mp4")
    store.follow(store, "d/clip.mp4", "new.mp4", files)
    assert not (root / "d" / ".artifacts").exists()


def test_a_video_with_nothing_beside_it_makes_no_folder(store, root):
    store.follow(store, "clip.mp4", "d/clip.mp4", {})
    assert tree(root) == {}
    assert not (root / "d" / ".artifacts").exists()


def test_following_between_libraries_and_layouts(store, central):
    files = artifacts_of(store, "clip.mp4")
    store.write_tags("clip.mp4", Tags(("sea",)))
    files = central.follow(store, "clip.mp4", "d/new.mp4", files)
    assert central.read_tags("d/new.mp4")[0].tags == ("sea",)
    assert central.made("d/new.mp4")[0].keys() == {"thumbs"}
    assert store.read_tags("clip.mp4") is None
    store.follow(central, "d/new.mp4", "clip.mp4", files)
    assert Path(store.file("clip.mp4", ".thumb.jpg")).read_text() == "mine"


def test_words_that_lie_in_the_way_are_put_aside_never_lost(store, root):
    """They belonged to a video that is long forgotten; its name has a new owner now."""
    store.write_tags("b.mp4", Tags(("theirs",)))
    files = artifacts_of(store, "a.mp4")
    store.write_tags("a.mp4", Tags(("mine",)))
    store.follow(store, "a.mp4", "b.mp4", files)
    assert store.read_tags("b.mp4")[0].tags == ("mine",)
    (aside,) = [name for name in store.names_in("") if ".left-" in name]
    assert aside.endswith(".tags.json")
    assert "theirs" in (root / ".artifacts" / aside).read_text()


# -- sidecars


@pytest.mark.parametrize("name", ODD)
def test_words_are_written_and_read(store, name):
    said = Tags(("Ü", "a'b\"", "🎬"), ("Ann",), 4, "line\nline")
    written = store.write_tags(name, said)
    assert store.read_tags(name) == (said, written)
    assert written.path == store.relative(name, ".tags.json")


def test_members_we_do_not_know_are_kept(store, root):
    os.makedirs(store.folder("clip.mp4"))
    sidecar = Path(store.file("clip.mp4", ".tags.json"))
    sidecar.write_text('{"tags": ["a"], "rating": 3, "mood": {"deep": [1]}, "x-tool": null}')
    store.write_tags("clip.mp4", Tags(("b",)))
    values = json.loads(sidecar.read_text())
    assert values == {"video": "clip.mp4", "tags": ["b"], "performers": [], "mood": {"deep": [1]}, "x-tool": None}


@pytest.mark.parametrize("content", [b"{", b"", b"[]", b"\xff", b'{"tags": "x"}', b"[" * 10_000, b'{"rating": 9}'])
def test_a_broken_sidecar_is_a_conflict_that_names_it(store, content):
    os.makedirs(store.folder("clip.mp4"))
    Path(store.file("clip.mp4", ".tags.json")).write_bytes(content)
    with pytest.raises(Conflict, match=r"clip\.mp4\.tags\.json"):
        store.read_tags("clip.mp4")


def test_no_sidecar_is_none(store):
    assert store.read_tags("clip.mp4") is None
    assert store.read_tags("nowhere/clip.mp4") is None


# -- tidying


def test_discarding_leaves_what_people_said(store, root):
    files = artifacts_of(store, "clip.mp4")
    store.write_tags("clip.mp4", Tags(("a",)))
    Path(store.file("clip.mp4", ".edits.json")).write_text("{}")
    artifacts_of(store, "other.mp4")
    store.discard("clip.mp4", files)
    left = {name for name in store.names_in("") if name.startswith("clip")}
    assert left == {"clip.mp4.tags.json", "clip.mp4.edits.json"}
    assert store.made("other.mp4")[0]
    store.discard("clip.mp4", files)


def test_dead_workspaces_are_swept_and_live_ones_stay(store):
    for name in ("dead", "alive"):
        Path(store.workspace(name), "half").write_text("x")
    store.sweep(lambda name: name == "alive")
    assert os.listdir(os.path.join(store.base, ".artifacts", ".making")) == ["alive"]


def test_sweeping_where_nothing_is_makes_nothing(store, root):
    store.sweep(lambda name: False)
    assert tree(root) == {}


def test_left_parts_go_and_only_those(store, root):
    os.makedirs(store.folder("clip.mp4"))
    folder = Path(store.folder("clip.mp4"))
    for name in (f".{'a' * 32}.part", "mine.part", ".part", f".{'b' * 31}.part"):
        (folder / name).write_text("x")
    store.tidy_folder("")
    store.tidy_folder("nowhere")
    assert sorted(os.listdir(folder)) == sorted(["mine.part", ".part", f".{'b' * 31}.part"])


def test_a_lock_is_waited_for(store):
    order = []
    with store.locked("clip.mp4"):
        other = threading.Thread(target=lambda: _locked(store, order))
        other.start()
        other.join(0.1)
        order.append("first")
    other.join(PATIENCE_SECONDS)
    assert order == ["first", "second"]


def _locked(store, order):
    with store.locked("clip.mp4"):
        order.append("second")


def test_the_state_of_a_sidecar_is_that_on_disk(store):
    written = store.write_tags("clip.mp4", Tags(("a",)))
    assert written == FileState.of(written.path, os.lstat(store.file("clip.mp4", ".tags.json")))


PARTS = (".p.json", ".p/part_01.webm", ".p/part_02.webm")


@pytest.mark.parametrize("name", ODD)
def test_files_in_a_hidden_folder_of_the_videos_own(store, root, name):
    (root / native(name)).write_text("x")
    entry_ = store.publish(name, {"p": made(store, *PARTS)}, file(name))["p"]
    assert entry_.files == {suffix: model_name(name, suffix) for suffix in PARTS}
    assert store.made(name)[0].keys() == {"p"}
    assert {native(each) for each in entry_.files.values()} <= store.names_in("")
    folder = Path(store.folder(name)) / os.path.dirname(native(entry_.files[PARTS[1]]))
    assert sorted(os.listdir(folder)) == ["part_01.webm", "part_02.webm"]
    assert folder.name.startswith(".")
    # Fewer parts the next time: what is left over goes.
    store.publish(name, {"p": made(store, *PARTS[:2], text="newer")}, file(name))
    assert os.listdir(folder) == ["part_01.webm"]
    assert (folder / "part_01.webm").read_text() == "newer"
    store.discard(name, {"p": dict(zip(PARTS[:2], (model_name(name, s) for s in PARTS[:2]), strict=True))})
    assert not folder.exists()


def test_a_hidden_folder_follows_its_video(store, root):
    (root / "a.mp4").write_text("x")
    files = {"p": store.publish("a.mp4", {"p": made(store, *PARTS)}, file("a.mp4"))["p"].files}
    renamed = store.follow(store, "a.mp4", "d/b.mp4", files)
    assert renamed["p"][".p/part_02.webm"] == ".b.mp4.p/part_02.webm"
    assert store.made("d/b.mp4")[0]["p"].files == renamed["p"]
    assert sorted(os.listdir(root / "d/.artifacts/.b.mp4.p")) == ["part_01.webm", "part_02.webm"]
    assert not (root / ".artifacts/.a.mp4.p").exists()


def test_files_that_name_one_another_do_so_after_a_move(store, root):
    (root / "a.mp4").write_text("x")
    text = '{"video": "a.mp4", "part": ".a.mp4.p/part_01.webm"}'
    files = {"p": store.publish("a.mp4", {"p": made(store, *PARTS, text=text)}, file("a.mp4"))["p"].files}
    store.follow(store, "a.mp4", "d/b.mp4", files)
    moved = json.loads((root / "d/.artifacts/b.mp4.p.json").read_text())
    assert moved == {"video": "b.mp4", "part": ".b.mp4.p/part_01.webm"}
    assert (root / "d/.artifacts/.b.mp4.p/part_01.webm").read_text() == text  # no text as far as anybody knows


def test_a_part_that_is_gone_takes_the_whole_with_it(store, root):
    (root / "a.mp4").write_text("x")
    store.publish("a.mp4", {"p": made(store, *PARTS)}, file("a.mp4"))
    (root / ".artifacts/.a.mp4.p/part_01.webm").unlink()
    assert store.made("a.mp4")[0] == {}


@pytest.mark.parametrize("suffix", [".p/../../x", ".p/.hidden", ".p/", ".p/a/b", "../x", ".p//x", "p/x"])
def test_a_note_that_names_files_elsewhere_is_not_believed(store, root, suffix):
    (root / "a.mp4").write_text("x")
    store.publish("a.mp4", {"p": made(store, ".p.json")}, file("a.mp4"))
    note = root / ".artifacts/a.mp4.made.json"
    values = json.loads(note.read_text())
    values["kinds"]["p"]["files"] = {suffix: model_name("a.mp4", suffix)}
    note.write_text(json.dumps(values))
    assert store.made("a.mp4")[0] == {}


def test_a_hidden_folder_that_is_a_link_is_neither_written_nor_emptied(store, root, tmp_path):
    (root / "a.mp4").write_text("x")
    files = {"p": store.publish("a.mp4", {"p": made(store, *PARTS)}, file("a.mp4"))["p"].files}
    elsewhere = tmp_path / "precious"
    folder = root / ".artifacts/.a.mp4.p"
    folder.rename(elsewhere)
    folder.symlink_to(elsewhere)
    before = tree(elsewhere)
    with pytest.raises(StorageError):
        store.publish("a.mp4", {"p": made(store, *PARTS, text="evil")}, file("a.mp4"))
    store.discard("a.mp4", files)
    store.follow(store, "a.mp4", "d/b.mp4", files)
    assert tree(elsewhere) == before
