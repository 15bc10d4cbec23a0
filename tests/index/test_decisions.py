"""test_decisions: what was decided is kept with how it was before, and put back, also where faces were found anew."""

import pytest

from tests import seen
from tests.desk import file
from vidwatchd.errors import Conflict, NotFound
from vidwatchd.index import decisions
from vidwatchd.model import Artifact, ArtifactState


@pytest.fixture
def video(index, library):
    (found,) = index.videos.add(library.id, [file("a.mp4", 1)])
    index.artifacts.put(Artifact(found, seen.KIND, ArtifactState.DONE, made_at=1.0), files={})
    return found


@pytest.fixture
def faces(index, video):
    return index.faces.put(video, seen.KIND, 1.0, seen.SPACE, seen.faces(1, 2))


@pytest.fixture
def ann(index, faces):
    made = index.people.create(name="Ann")
    index.faces.assign({faces[0]: made.id})
    return made


def test_everything_is_put_back(index, faces, ann):
    before = index.decisions.snapshot([ann.id], faces)
    decision = index.decisions.put("Took Ann away", before)
    index.people.change(ann.id, name="Bob", hidden=True, settled=True)
    index.faces.assign({faces[0]: None, faces[1]: ann.id}, said=True)
    assert index.decisions.last() == decision
    index.decisions.take_back(decision)
    assert index.decisions.snapshot([ann.id], faces) == before
    assert index.decisions.last() is None
    assert index.decisions.get(decision.id).undone


def test_a_face_that_was_found_anew_is_known_by_its_place(index, video, faces, ann):
    decision = index.decisions.put("x", index.decisions.snapshot([ann.id], faces))
    index.faces.assign({faces[0]: None})
    index.faces.forget(video, seen.KIND)
    new = index.faces.put(video, seen.KIND, 1.0, seen.SPACE, seen.faces(1, 2))
    index.decisions.take_back(decision)
    assert index.faces.standings(new)[new[0]].person_id == ann.id
    assert index.faces.standings(new)[new[1]].person_id is None


def test_a_name_that_is_taken_by_now_is_told(index, faces, ann):
    decision = index.decisions.put("x", index.decisions.snapshot([ann.id], []))
    index.people.change(ann.id, name="")
    index.people.create(name="ANN")
    with pytest.raises(Conflict, match="another person is called ANN"):
        index.decisions.take_back(decision)


def test_what_is_of_the_same_people_comes_later(index, faces, ann):
    bob = index.people.create()
    first = index.decisions.put("1", index.decisions.snapshot([ann.id], []))
    index.decisions.put("2", index.decisions.snapshot([bob.id], faces[1:]))
    third = index.decisions.put("3", index.decisions.snapshot([ann.id], faces))
    assert index.decisions.later(first) == [third]


def test_only_the_newest_are_kept(index, ann, monkeypatch):
    monkeypatch.setattr(decisions, "KEPT", 2)
    first, *_ = [index.decisions.put(str(n), index.decisions.snapshot([ann.id], [])) for n in range(3)]
    with pytest.raises(NotFound, match="no such decision"):
        index.decisions.get(first.id)
