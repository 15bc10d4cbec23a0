"""test_store: films in a few megabytes, in folders of their own; nothing of anybody's is ever overwritten unasked."""

import json
import os
import shutil

import pytest

from tests.desk import tree
from vidwatchd.config import parse
from vidwatchd.errors import ConfigError, UsageError
from vidwatchd.operations.store import NOTE, Wanted, in_place, store
from vidwatchd.storing import manifest

pytestmark = pytest.mark.system

STUB = {"backend": "stub", "stub_seconds": 1.0, "script_backend": "stub"}
NAMES = [NOTE, "audio.aac", "manifest.json", "resultant.mp4", "script.txt"]


@pytest.fixture(autouse=True)
def _few():
    """Here every kind is met, as ever."""


@pytest.fixture
def box(tmp_path, clips):
    (tmp_path / "box" / "sub").mkdir(parents=True)
    shutil.copy(clips.normal(), tmp_path / "box" / "a.mp4")
    shutil.copy(clips.moment(), tmp_path / "box" / "sub" / "b é.mp4")
    return tmp_path / "box"


@pytest.fixture
def ctx(tmp_path, bench):
    with bench.open(parse({"data_dir": str(tmp_path / "data")}, tmp_path / "videorc.json")) as ctx:
        yield ctx


def run(ctx, *sources, settings=STUB, **more):
    return store(ctx, [str(source) for source in sources], Wanted(settings=settings, **more))


def states(done):
    return [(row["path"].rpartition("/")[2], row["state"]) for row in done["files"]]


def test_a_film_goes_into_a_folder_of_its_own_and_is_left_there(ctx, box, tmp_path):
    before = (box / "a.mp4").read_bytes()
    done = run(ctx, box / "a.mp4", out=str(tmp_path / "kept" / "one"))
    assert states(done) == [("a.mp4", "done")], done
    folder = tmp_path / "kept" / "one"
    assert sorted(os.listdir(folder)) == NAMES
    assert os.listdir(tmp_path / "kept") == ["one"]
    (row,) = done["files"]
    form = manifest.read(str(folder))
    assert (row["facts"]["id"], row["facts"]["backend"], row["output"]) == (form.id, "stub", str(folder))
    assert "stub" in row["line"]
    assert (box / "a.mp4").read_bytes() == before
    there = tree(folder)
    again = run(ctx, box / "a.mp4", out=str(folder))
    assert (states(again), again["counts"]) == ([("a.mp4", "there")], {"there": 1})
    assert tree(folder) == there


def test_a_form_that_lost_a_file_is_made_again(ctx, box, tmp_path):
    out = tmp_path / "out"
    run(ctx, box / "a.mp4", out=str(out))
    (out / "resultant.mp4").unlink()
    (out / "cover.png").write_text("mine")
    done = run(ctx, box / "a.mp4", out=str(out))
    assert (states(done), manifest.damaged(manifest.read(str(out)), str(out))) == ([("a.mp4", "done")], "")
    assert (out / "cover.png").read_text() == "mine"
    with open(out / "audio.aac", "ab") as file:
        file.write(b"more")
    assert states(run(ctx, box / "a.mp4", out=str(out))) == [("a.mp4", "done")]


@pytest.mark.parametrize("force", [False, True])
def test_what_came_while_it_was_made_is_not_taken(ctx, box, tmp_path, force):
    def meanwhile(act):
        """Do something once the making has begun."""
        told = []
        return lambda done, of, names: told or (names and (told.append(1), act()))

    out, other = tmp_path / "out", tmp_path / "other"
    run(ctx, box / "sub" / "b é.mp4", out=str(other))
    source, wanted = [str(box / "a.mp4")], Wanted(out=str(out), settings=STUB, force=force)

    done = store(ctx, source, wanted, progress=meanwhile(lambda: shutil.copytree(other, out)))
    if force:
        assert states(done) == [("a.mp4", "done")]
    else:
        assert "another film's form" in done["files"][0]["error"]
        assert tree(out).keys() == tree(other).keys()
        assert (out / "manifest.json").read_bytes() == (other / "manifest.json").read_bytes()

    shutil.rmtree(out)
    act = meanwhile(lambda: (out.mkdir(), (out / "audio.aac").write_text("mine")))
    done = store(ctx, source, wanted, progress=act)
    assert "that was not made here" in done["files"][0]["error"]
    assert [(path.name, path.read_text()) for path in out.iterdir()] == [("audio.aac", "mine")]

    shutil.rmtree(out)
    done = store(ctx, source, wanted, progress=meanwhile(lambda: (out.mkdir(), (out / "cover.png").write_text("mine"))))
    assert states(done) == [("a.mp4", "done")]
    assert (out / "cover.png").read_text() == "mine"


def test_a_place_that_cannot_be_written_stops_no_other(ctx, box, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "sub").write_text("in the way")
    done = run(ctx, box, out=str(tmp_path / "out"), recursive=True)
    assert states(done) == [("a.mp4", "done"), ("b é.mp4", "failed")]
    assert "cannot be written" in done["files"][1]["error"]


def test_the_same_film_stored_twice_at_once_is_there(ctx, box, tmp_path):
    out, other = tmp_path / "out", tmp_path / "other"
    run(ctx, box / "a.mp4", out=str(other))
    told = []

    def another(done, of, names):
        """Another command is quicker."""
        if names and not told:
            told.append(shutil.copytree(other, out))

    done = store(ctx, [str(box / "a.mp4")], Wanted(out=str(out), settings=STUB), progress=another)
    assert states(done) == [("a.mp4", "there")]
    assert (out / "manifest.json").read_bytes() == (other / "manifest.json").read_bytes()


def test_without_a_place_it_goes_to_where_we_are(ctx, box, tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    run(ctx, box / "a.mp4")
    assert os.listdir() == ["a_stored"]
    assert not in_place([str(box / "a.mp4")], "")
    assert in_place([str(box)], "")
    assert not in_place([str(box)], "out")


def test_what_lies_there_is_refused_unless_forced(ctx, box, tmp_path):
    out = tmp_path / "out"
    run(ctx, box / "a.mp4", out=str(out))
    (out / "cover.png").write_text("mine")
    before = tree(out)
    other = run(ctx, box / "sub" / "b é.mp4", out=str(out))
    assert "another film's form" in other["files"][0]["error"]
    settings = run(ctx, box / "a.mp4", out=str(out), settings={**STUB, "audio_format": "opus"})
    assert "by other settings" in settings["files"][0]["error"]
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / "notes.txt").write_text("mine")
    foreign = run(ctx, box / "a.mp4", out=str(tmp_path / "desk"))
    assert "other files: --force puts the form among them" in foreign["files"][0]["error"]
    for force in (False, True):
        letter = run(ctx, box / "a.mp4", out=str(tmp_path / "desk" / "notes.txt"), force=force)
        assert "is no folder" in letter["files"][0]["error"]
    assert (tree(out), os.listdir(tmp_path / "desk")) == (before, ["notes.txt"])
    forced = run(ctx, box / "a.mp4", out=str(out), settings={**STUB, "audio_format": "opus"}, force=True)
    assert states(forced) == [("a.mp4", "done")]
    assert sorted(os.listdir(out)) == [NOTE, "audio.opus", "cover.png", "manifest.json", "resultant.mp4", "script.txt"]


@pytest.mark.parametrize("name", ["script.txt", "manifest.json", "audio.aac"])
def test_not_even_by_force_are_files_that_were_not_made_here_replaced(ctx, box, tmp_path, name):
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / name).write_text("mine")
    done = run(ctx, box / "a.mp4", out=str(tmp_path / "desk"), force=True)
    assert f"{name} that was not made here" in done["files"][0]["error"]
    assert (tmp_path / "desk" / name).read_text() == "mine"


def test_a_film_by_the_name_of_a_forms_own_file_is_never_replaced_by_its_form(ctx, box):
    film, content = box / "resultant.mp4", (box / "a.mp4").read_bytes()
    film.write_bytes(content)
    for force in (False, True):
        done = run(ctx, film, out=str(box), force=force)
        assert "the folder of the film itself" in done["files"][0]["error"]
    assert (film.read_bytes(), (box / "a.mp4").read_bytes()) == (content, content)


def test_a_folder_and_what_fails_stops_no_other(ctx, box, tmp_path):
    (box / "broken.mp4").write_bytes(b"no film\n" * 999)
    (box / "sub" / "b é.mkv").write_bytes((box / "sub" / "b é.mp4").read_bytes())
    before, out = tree(box), box / "kept"
    done = run(ctx, box, out=str(out), recursive=True)
    assert dict(states(done)) == {"a.mp4": "done", "broken.mp4": "failed", "b é.mp4": "done", "b é.mkv": "done"}
    assert done["counts"] == {"done": 3, "failed": 1}
    assert sorted(os.listdir(out)) == ["a_stored", "sub"]
    assert sorted(os.listdir(out / "sub")) == ["b é.mkv_stored", "b é.mp4_stored"]
    shutil.move(out, tmp_path / "kept")
    assert tree(box) == before
    shutil.move(tmp_path / "kept", out)
    again = run(ctx, box, out=str(out), recursive=True)
    assert again["counts"] == {"there": 3, "failed": 1}, "what was made is no film of the folder"


def test_several_films_and_two_that_are_called_alike(ctx, box, tmp_path):
    shutil.copy(box / "a.mp4", box / "sub" / "a.mp4")
    done = run(ctx, box / "a.mp4", box / "sub" / "a.mp4", box / "sub" / "b é.mp4", out=str(tmp_path / "out"))
    assert [state for _, state in states(done)] == ["failed", "failed", "done"]
    assert os.listdir(tmp_path / "out") == ["b é_stored"]


def test_a_folder_without_a_place_has_its_forms_beside_the_films(ctx, box):
    done = run(ctx, box)
    assert states(done) == [("a.mp4", "done")]
    assert (box / ".artifacts" / "a.mp4.stored" / "resultant.mp4").exists()
    assert "stub" in done["files"][0]["line"]
    assert states(run(ctx, box)) == [("a.mp4", "there")], "nothing is made twice"
    assert states(run(ctx, box, force=True)) == [("a.mp4", "done")]
    assert json.loads((box / ".artifacts" / "a.mp4.made.json").read_text())["kinds"].keys() >= {"stored"}


def test_what_cannot_be_is_said_before_anything_is_made(ctx, box, tmp_path):
    with pytest.raises(UsageError, match="does not exist"):
        run(ctx, box / "none.mp4", out=str(tmp_path / "out"))
    with pytest.raises(ConfigError, match="audio_max_mb"):
        run(ctx, box / "a.mp4", out=str(tmp_path / "out"), settings={"audio_max_mb": -1})
    assert not (tmp_path / "out").exists()
