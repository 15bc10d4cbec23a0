"""test_gallery: people get the names of those in a gallery whom they look like, and nothing else is touched."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests import faces, seen
from tests.desk import FakeRunner
from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.faces import Look, chosen
from vidwatchd.errors import Cancelled, InvalidDirectory, StorageError, Unavailable, UsageError
from vidwatchd.library.people import read_people
from vidwatchd.making import make_product
from vidwatchd.model import ArtifactState, Outcome
from vidwatchd.operations import Context, deciding, people_files
from vidwatchd.operations.gallery import FACES_EACH, label

pytestmark = pytest.mark.system

ANN, BOB, CAT = 1, 2, 3


@pytest.fixture
def models(face_models):
    return face_models.sface()


@pytest.fixture
def desk(desk, models, monkeypatch):
    """The desk with the tiny models, and a worker of models in this process."""
    seen.known(monkeypatch)
    section = desk.config.models.model_copy(update={"folder": models})
    desk.ctx.config = desk.config.model_copy(update={"models": section})
    desk.ctx.held["models"] = FakeRunner(make_product, workers=1)
    return desk


@pytest.fixture
def finder(models):
    return chosen(models)


@pytest.fixture
def gallery(tmp_path):
    """Ann in two pictures, Bob in one and in a film."""
    folder = tmp_path / "gallery"
    faces.save(folder / "Ann" / "one.png", [(100, 100, 96, ANN)])
    faces.save(folder / "Ann" / "two.jpg", [(200, 60, 128, ANN)])
    faces.save(folder / "Bob" / "one.png", [(100, 100, 96, BOB)])
    faces.film(folder / "Bob" / "film.mp4", 2, lambda at: [(100, 100, 96, BOB)])
    return folder


def look(finder, who, left=80):
    """What the model sees in a drawn person."""
    image = faces.picture([(left, 80, 104, who)])
    return finder.run(Look(image), BackendContext(""))[0].vector


def group(desk, finder, path, *vectors, said="", **columns):
    """A person with a face for each vector, in a video of their own."""
    found = [seen.face(0, number=n, vector=row) for n, row in enumerate(vectors)]
    number = seen.write(desk, path, found, model=finder.model)
    ids = desk.index.faces.put(number, seen.KIND, 1.0, f"sface:{finder.model}:128", found)
    person = desk.index.people.create(name=said, **{"settled": bool(said), **columns})
    desk.index.faces.assign(dict.fromkeys(ids, person.id))
    return person.uuid


def names(desk, *uuids):
    return [desk.index.people.get(uuid).name for uuid in uuids]


def files_of(folder):
    return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in Path(folder).rglob("*") if path.is_file()}


def test_people_get_the_names_of_whom_they_look_like(desk, finder, gallery):
    ann = group(desk, finder, "a.mp4", look(finder, ANN), look(finder, ANN, 300))
    bob = group(desk, finder, "b.mp4", look(finder, BOB))
    cat = group(desk, finder, "c.mp4", look(finder, CAT))
    before, told = files_of(gallery), []
    found = label(desk.ctx, str(gallery), progress=lambda *said: told.append(said))
    assert found == {
        "labelled": [{"id": ann, "name": "Ann", "faces": 2}, {"id": bob, "name": "Bob", "faces": 1}],
        "skipped": [],
        "people": 2,
    }
    assert names(desk, ann, bob, cat) == ["Ann", "Bob", ""]
    assert told[-1][:2] == (2, 2)
    assert files_of(gallery) == before
    assert {entry.name for entry in read_people(desk.store).entries} >= {"Ann", "Bob"}
    assert ("people", {"ids": sorted([ann, bob])}) in desk.events
    again = label(desk.ctx, str(gallery))
    assert (again["labelled"], again["people"]) == ([], 2)


def test_each_name_is_taken_back_by_itself(desk, finder, gallery):
    ann = group(desk, finder, "a.mp4", look(finder, ANN))
    other = group(desk, finder, "a2.mp4", look(finder, ANN, 200), look(finder, ANN, 300))
    bob = group(desk, finder, "b.mp4", look(finder, BOB))
    label(desk.ctx, str(gallery))
    assert desk.index.people.get(ann).uuid == other  # the one with more faces keeps its id
    assert deciding.undo(desk.ctx)["undone"] == "Named Bob by the gallery"
    assert names(desk, ann, bob) == ["Ann", ""]
    assert deciding.undo(desk.ctx)["undone"] == "Named Ann by the gallery"
    assert names(desk, ann, other) == ["", ""]
    assert desk.index.people.get(ann).uuid == ann
    assert len(desk.index.faces.ids_of([desk.index.people.get(other).id]).popitem()[1]) == 2


def test_who_has_the_name_already_takes_them_in(desk, finder, gallery):
    typed = group(desk, finder, "t.mp4", look(finder, CAT), said="ANN")
    ann = group(desk, finder, "a.mp4", look(finder, ANN))
    found = label(desk.ctx, str(gallery))
    assert found["labelled"] == [{"id": typed, "name": "ANN", "faces": 1}]
    assert desk.index.people.get(ann).uuid == typed
    deciding.undo(desk.ctx)
    assert names(desk, typed, ann) == ["ANN", ""]


def test_what_people_said_stands(desk, finder, gallery):
    typed = group(desk, finder, "t.mp4", look(finder, ANN), said="Zoe")
    hidden = group(desk, finder, "h.mp4", look(finder, ANN), hidden=True, settled=True)
    parted = group(desk, finder, "s.mp4", look(finder, BOB), settled=True)
    assert label(desk.ctx, str(gallery))["labelled"] == []
    assert names(desk, typed, hidden, parted) == ["Zoe", "", ""]


def test_most_of_the_faces_must_be_near(desk, finder, gallery):
    ann, cat = look(finder, ANN), look(finder, CAT)
    mostly = group(desk, finder, "m.mp4", ann, ann, cat)
    hardly = group(desk, finder, "h.mp4", ann, cat, cat)
    label(desk.ctx, str(gallery))
    assert names(desk, mostly, hardly) == ["Ann", ""]


def test_the_threshold(desk, finder, gallery):
    rough = seen.between(look(finder, ANN), look(finder, CAT), 0.4)
    ann = group(desk, finder, "a.mp4", rough)
    away = 1 - float(np.max(np.asarray(rough) @ look(finder, ANN)))
    assert 0.05 < away < 0.5
    assert label(desk.ctx, str(gallery), threshold=away / 2)["labelled"] == []
    strict = desk.ctx.config.people.model_copy(update={"label_threshold": away / 2})
    own, desk.ctx.config = desk.ctx.config, desk.ctx.config.model_copy(update={"people": strict})
    assert label(desk.ctx, str(gallery))["labelled"] == []
    desk.ctx.config = own
    assert [line["id"] for line in label(desk.ctx, str(gallery))["labelled"]] == [ann]


def test_who_is_as_near_to_two_gets_neither_name(desk, finder, gallery):
    shutil.copytree(gallery / "Ann", gallery / "Twin")
    ann = group(desk, finder, "a.mp4", look(finder, ANN))
    found = label(desk.ctx, str(gallery))
    assert (found["labelled"], names(desk, ann)) == ([], [""])
    ((name, reason),) = found["skipped"]
    assert {name, reason} == {"Ann", "a person is as near to Twin, and gets neither name"}


def test_one_name_in_two_spellings_is_one_person(desk, finder, gallery):
    shutil.move(gallery / "Ann" / "two.jpg", gallery / "ann.jpg")
    (gallery / "ANN").mkdir()
    shutil.move(gallery / "ann.jpg", gallery / "ANN" / "two.jpg")
    ann = group(desk, finder, "a.mp4", look(finder, ANN))
    found = label(desk.ctx, str(gallery))
    assert found["people"] == 2
    assert [line["id"] for line in found["labelled"]] == [ann]


def test_what_is_left_out_is_said(desk, finder, gallery):
    faces.save(gallery / "loose.png", [(100, 100, 96, CAT)])
    faces.save(gallery / "Nobody" / "wall.png", [])
    faces.save(gallery / ".hidden" / "one.png", [(100, 100, 96, ANN)])
    faces.save(gallery / "@eaDir" / "one.png", [(100, 100, 96, ANN)])
    (gallery / "Ann" / "notes.txt").write_text("no picture")
    (gallery / "Ann" / ".DS_Store").write_text("")
    (gallery / "Empty").mkdir()
    (gallery / "loop").symlink_to(gallery / "loop")
    (gallery / ("x" * 250)).mkdir()
    (gallery / "odd\nname").mkdir()
    os.mkdir(os.fsencode(gallery) + b"/\xff\xfe")
    ann = group(desk, finder, "a.mp4", look(finder, ANN))
    found = label(desk.ctx, str(gallery))
    said = dict(found["skipped"])
    assert said["loose.png"] == said["loop"] == "it lies beside the people's folders, not in one"
    assert said["Nobody/wall.png"] == said["Nobody"] == "no face was found in it"
    assert said["Empty"] == "there is nothing in it"
    assert "too long" in said["x" * 250]
    assert said["\\xff\\xfe"]
    assert "Ann/notes.txt" in said
    assert not [file for file in said if "hidden" in file or "eaDir" in file or "DS_Store" in file]
    assert (found["people"], names(desk, ann)) == (2, ["Ann"])


def test_pictures_below_and_behind_links(desk, finder, gallery, tmp_path):
    shutil.move(gallery / "Ann", tmp_path / "elsewhere")
    (gallery / "Ann").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "2019").mkdir()
    shutil.move(tmp_path / "elsewhere" / "one.png", tmp_path / "elsewhere" / "2019" / "one.png")
    (tmp_path / "elsewhere" / "two.jpg").unlink()
    (tmp_path / "elsewhere" / "broken.jpg").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "elsewhere" / "pipe.mp4")
    ann = group(desk, finder, "a.mp4", look(finder, ANN))
    found = label(desk.ctx, str(gallery))
    assert (names(desk, ann), found["skipped"]) == (["Ann"], [])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read(desk, finder, gallery):
    (gallery / "Ann").chmod(0)
    bob = group(desk, finder, "b.mp4", look(finder, BOB))
    found = label(desk.ctx, str(gallery))
    (gallery / "Ann").chmod(0o755)
    assert found["skipped"] == [["Ann", "it cannot be read: Permission denied"]]
    assert names(desk, bob) == ["Bob"]
    gallery.chmod(0)
    with pytest.raises(InvalidDirectory, match="may not be read"):
        label(desk.ctx, str(gallery))
    gallery.chmod(0o755)


def test_a_wrong_path_is_one_sentence(desk, finder, gallery, tmp_path):
    for path, said in ((tmp_path / "none", "does not exist"), (gallery / "Ann" / "one.png", "is not a folder")):
        with pytest.raises(InvalidDirectory, match=said):
            label(desk.ctx, str(path))
    with pytest.raises(InvalidDirectory, match="no folder was named"):
        label(desk.ctx)
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "one.png").write_bytes(b"")
    with pytest.raises(UsageError, match="holds no folder of a person"):
        label(desk.ctx, str(tmp_path / "bare"))
    for wrong in ({"threshold": 1.5}, {"threshold": -0.1}, {"sample_rate": 0}, {"sample_rate": 61}):
        with pytest.raises(UsageError, match="means nothing"):
            label(desk.ctx, str(gallery), **wrong)


def test_the_gallery_of_the_settings(desk, finder, gallery):
    section = desk.ctx.config.people.model_copy(update={"gallery": str(gallery)})
    desk.ctx.config = desk.ctx.config.model_copy(update={"people": section})
    ann = group(desk, finder, "a.mp4", look(finder, ANN))
    assert [line["id"] for line in label(desk.ctx)["labelled"]] == [ann]


def test_without_a_model_nothing_begins(desk, finder, gallery, tmp_path):
    section = desk.ctx.config.models.model_copy(update={"folder": str(tmp_path / "none")})
    desk.ctx.config = desk.ctx.config.model_copy(update={"models": section})
    with pytest.raises(Unavailable, match="the model sface is not here"):
        label(desk.ctx, str(gallery))
    assert desk.ctx.held["models"].tickets == []


def test_faces_of_another_model_are_not_compared(desk, finder, gallery):
    found = [seen.face(0, vector=look(finder, ANN))]
    number = seen.write(desk, "o.mp4", found)
    ids = desk.index.faces.put(number, seen.KIND, 1.0, "insightface:other:1:128", found)
    person = desk.index.people.create()
    desk.index.faces.assign(dict.fromkeys(ids, person.id))
    told = label(desk.ctx, str(gallery))
    assert told["labelled"] == []
    assert "people found by insightface:other:1 cannot be compared" in told["skipped"][0][1]


def test_one_that_makes_the_worker_die_is_skipped(desk, finder, gallery):
    def work(task):
        if "Bob" in task.sources[0]:
            return [Outcome("gallery", ArtifactState.FAILED, error="the worker died")]
        return make_product(task)

    desk.ctx.held["models"].work = work
    ann = group(desk, finder, "a.mp4", look(finder, ANN))
    found = label(desk.ctx, str(gallery))
    assert (found["skipped"], found["people"], names(desk, ann)) == ([["Bob", "the worker died"]], 1, ["Ann"])


def test_stopped_on_the_way_nothing_is_changed(desk, finder, gallery):
    ann = group(desk, finder, "a.mp4", look(finder, ANN))

    def stop(done, of, names):
        if done:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        label(desk.ctx, str(gallery), progress=stop)
    assert (names(desk, ann), deciding.last(desk.ctx)) == ([""], {"undo": None})


def test_what_cannot_be_written_is_not_done(desk, finder, gallery, monkeypatch):
    def refuse(ctx, library_ids, decided=()):
        raise StorageError("the disk is full")

    ann, bob = (group(desk, finder, f"{who}.mp4", look(finder, who)) for who in (ANN, BOB))
    monkeypatch.setattr(people_files, "write", refuse)
    with pytest.raises(StorageError):
        label(desk.ctx, str(gallery))
    assert names(desk, ann, bob) == ["", ""]


def test_many_people_in_flat_memory(desk, finder, gallery):
    ann, cat = look(finder, ANN), look(finder, CAT)
    uuids = [group(desk, finder, f"{n}.mp4", ann if n % 2 else cat) for n in range(90)]
    crowd = group(desk, finder, "crowd.mp4", *[ann] * (FACES_EACH + 20))
    (line,) = label(desk.ctx, str(gallery))["labelled"]
    assert (line["id"], line["faces"]) == (crowd, 45 + FACES_EACH + 20)
    assert names(desk, *uuids[:2]) == ["", "Ann"]


def test_a_worker_of_its_own(desk, finder, gallery):
    ann = group(desk, finder, "a.mp4", look(finder, ANN))
    ctx = Context(desk.ctx.config, desk.index)
    assert [line["id"] for line in label(ctx, str(gallery))["labelled"]] == [ann]
