"""test_gallery: what a person looks like is learnt from pictures and videos; what cannot be is said."""

import base64

import numpy as np
import pytest
from PIL import Image

from tests import faces
from vidwatchd.making import make_product
from vidwatchd.model import ArtifactState, ProductTask
from vidwatchd.products.base import ProductContext
from vidwatchd.products.gallery import Gallery

ANN, BOB = 1, 2


@pytest.fixture
def models(face_models):
    return face_models.sface()


def learnt(models, *paths, **settings):
    facts = Gallery(models=models, **settings).make([str(path) for path in paths], "", ProductContext()).facts
    rows = np.frombuffer(base64.b64decode(facts["vectors"]), "<f2").astype(np.float32)
    return facts, rows.reshape(-1, facts["dimensions"] or 1)


def test_the_largest_face_of_each_picture(models, tmp_path):
    one = faces.save(tmp_path / "one.png", [(100, 100, 96, ANN), (400, 100, 64, BOB)])
    two = faces.save(tmp_path / "two.jpg", [(300, 100, 128, ANN)])
    three = faces.save(tmp_path / "three.webp", [(300, 100, 128, BOB)])
    facts, rows = learnt(models, one, two, three)
    assert (facts["sources"], facts["skipped"]) == (["one.png", "two.jpg", "three.webp"], [])
    assert facts["space"].startswith("sface:sface:")
    assert facts["space"].endswith(":128") and facts["dimensions"] == 128
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=0.01)
    alike = rows @ rows.T
    assert alike[0, 1] > 0.8 > 0.5 > alike[0, 2]


def test_a_turned_picture_and_a_huge_one(models, tmp_path):
    upright = Image.fromarray(faces.picture([(100, 100, 128, ANN)]))
    upright.save(tmp_path / "upright.png")
    exif = Image.Exif()
    exif[0x0112] = 6
    upright.rotate(90, expand=True).save(tmp_path / "turned.jpg", exif=exif, quality=95)
    upright.resize((6400, 3600), Image.Resampling.NEAREST).save(tmp_path / "huge.jpg", quality=90)
    facts, rows = learnt(models, *(tmp_path / name for name in ("upright.png", "turned.jpg", "huge.jpg")))
    assert facts["skipped"] == []
    assert (rows @ rows.T).min() > 0.8


def test_who_is_seen_most_in_a_video(models, tmp_path):
    def cast(at):
        return [(100, 100, 96, ANN), *([(360, 100, 128, BOB)] if 1 <= at < 1.5 else [])]

    path = faces.film(tmp_path / "film.mp4", 3, cast)
    ann = faces.save(tmp_path / "ann.png", [(100, 100, 96, ANN)])
    facts, rows = learnt(models, ann, path, sample_rate=10)
    assert set(facts["sources"]) == {"ann.png", "film.mp4"}
    assert 10 < facts["sources"].count("film.mp4") <= 30
    assert (rows @ rows[0]).min() > 0.6
    sparse, _ = learnt(models, path)
    assert 4 <= len(sparse["sources"]) <= 8  # looked at more often than once a second, for it is short


def test_what_cannot_be_read_is_skipped_with_the_reason(models, tmp_path, clips):
    good = faces.save(tmp_path / "good.png", [(100, 100, 96, ANN)])
    nobody = faces.save(tmp_path / "nobody.png", [])
    (tmp_path / "text.txt").write_text("no picture")
    whole = (tmp_path / "good.png").read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 2])
    paths = [nobody, tmp_path / "text.txt", tmp_path / "cut.png", tmp_path / "gone.png", clips.normal()]
    facts, _ = learnt(models, *paths, clips.audio_only(), clips.headless(), good)
    assert facts["sources"] == ["good.png"]
    reasons = dict(facts["skipped"])
    assert list(reasons) == ["nobody.png", "text.txt", "cut.png", "gone.png", "normal.mp4", *list(reasons)[5:]]
    assert len(reasons) == 7
    assert reasons["nobody.png"] == reasons["normal.mp4"] == "no face was found in it"
    assert "broken picture" in reasons["cut.png"]
    assert "No such file" in reasons["gone.png"]
    assert all(reasons.values())


def test_nobody_at_all(models, tmp_path):
    facts, rows = learnt(models, faces.save(tmp_path / "nobody.png", []))
    assert (facts["space"], facts["dimensions"], facts["sources"], len(rows)) == ("", 0, [], 0)


def test_how_far_it_is(models, tmp_path):
    paths = [faces.save(tmp_path / f"{n}.png", [(100, 100, 96, ANN)]) for n in range(2)]
    film, told = faces.film(tmp_path / "film.mp4", 2, lambda at: [(100, 100, 96, ANN)]), []
    Gallery(models=models).make([*paths, film], "", ProductContext(told.append))
    assert told == sorted(told)
    assert 0.6 < told[-1] <= 1


def test_without_a_model(tmp_path):
    assert "the model sface is not here" in str(Gallery(models=str(tmp_path)).ready())
    (outcome,) = make_product(ProductTask("gallery", {"models": str(tmp_path)}, ("a.png",)))
    assert outcome.state is ArtifactState.UNAVAILABLE


def test_with_a_model(models):
    assert Gallery(models=models).ready() is None
