"""test_reconstituting: ``reconstitute`` as a person types it."""

import shutil

import pytest

from tests.forms import stored_form

pytestmark = pytest.mark.system


@pytest.fixture
def form(tmp_path):
    stored_form(tmp_path / "film_stored")
    return tmp_path / "film_stored"


def test_for_people_and_programs(vw, form, tmp_path, monkeypatch):
    done = vw("reconstitute", form)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"{form / 'reconstituted.mp4'}: 0:04, ")
    assert done.out.endswith("from resultant.mp4 and audio.aac\n")
    target = tmp_path / "again.mp4"
    told = vw("reconstitute", "--input", form, "--out", target, "--match", "trim", "--output-format", "json").json
    assert (told["out"], told["match"], round(told["seconds"])) == (str(target), "trim", 2)
    monkeypatch.chdir(form)
    assert vw("reconstitute").code == 0
    assert not vw.data.exists()


def test_nothing_foreign_is_overwritten(vw, form, tmp_path):
    target = tmp_path / "letter.mp4"
    target.write_text("dear")
    done = vw("reconstitute", form, "--out", target)
    assert (done.code, target.read_text()) == (1, "dear")
    assert "--force" in done.err
    assert vw("reconstitute", form, "--out", target, "--force").code == 0


def test_notes_stand_beside_the_result(vw, form):
    (form / "manifest.json").write_text("no json")
    done = vw("reconstitute", form)
    assert done.code == 0
    assert "manifest.json cannot be read and was not heeded" in done.err


@pytest.mark.parametrize(
    "words",
    [
        ("nowhere",),
        ("a", "--input", "b"),
        (".", "--match", "stretch"),
        (".", "--out", ""),
        (".", "--out", "no/film.mp4"),
    ],
)
def test_wrong_words(vw, form, words, monkeypatch):
    monkeypatch.chdir(form)
    done = vw("reconstitute", *words)
    assert done.code == 2
    assert len(done.err.splitlines()) == 1


def test_what_is_no_stored_form(vw, form, clips, tmp_path):
    shutil.copy(clips.still(), tmp_path / "film.mp4")
    done = vw("reconstitute", tmp_path / "film.mp4")
    assert done.code == 1
    assert "film.mp4 has no stored form" in done.err
    (form / "resultant.mp4").unlink()
    assert "holds no picture" in vw("reconstitute", form).err
