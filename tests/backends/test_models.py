"""test_models: the table of models, and where each lies."""

import re

import pytest

from vidwatchd.backends import models
from vidwatchd.backends.hub import REFUSED
from vidwatchd.errors import NotFound, Unavailable


@pytest.mark.parametrize("model", models.MODELS.values(), ids=models.MODELS)
def test_each_says_what_it_costs_and_what_may_be_done_with_it(model):
    assert re.fullmatch(r"[0-9a-f]{40}", model.revision), "a branch can be moved to other weights"
    assert model.licence and model.title and model.repo.count("/") == 1
    assert model.size_bytes > 10**7
    assert "*" not in model.files[0]
    assert not set(model.files) & set(REFUSED)
    assert model.task in models.TASKS
    assert not re.search(r"[\\/]|^\.", model.name), "the name is that of a folder"


def test_names(tmp_path):
    assert models.named("turbo").name == "large-v3-turbo"
    with pytest.raises(NotFound, match="did you mean small"):
        models.named("smal")
    assert models.folder_of("/m", "small") == "/m/small"
    assert models.folder_of("/m", "large") == "/m/large-v3"
    assert models.folder_of("/m", "/elsewhere/small") == "/elsewhere/small"


def test_a_model_is_here_when_its_weights_are(tmp_path):
    folder = str(tmp_path)
    (tmp_path / "small").mkdir()
    assert not models.present(folder, "small")
    (tmp_path / "small" / "model.bin").write_bytes(b"")
    assert models.present(folder, "small")
    assert models.present(folder, str(tmp_path / "small"))
    assert not models.present(folder, str(tmp_path / "none"))
    (tmp_path / "mine").mkdir()
    assert models.present(folder, "mine")
    assert not any(models.present(folder, name) for name in ("", "..", ".small.part", "nobody's"))


def test_what_is_missing_comes_with_the_command_that_brings_it():
    assert str(models.missing("small")) == "the model small is not here (vidwatchd models pull small)"
    assert "vidwatchd models list" in models.missing("smal").hint
    assert "/m/x" in models.missing("/m/x").message
    assert isinstance(models.missing("small"), Unavailable)


@pytest.mark.parametrize(("licence", "forbids"), [("MIT", False), ("CC-BY-NC-4.0", True), ("non-commercial", True)])
def test_licences_that_forbid_business_are_known(licence, forbids):
    assert models.Model("m", "embed", "b", "t", 1, licence, "a/b", "r", ("f",)).non_commercial is forbids


def test_a_repository_stands_for_its_model(tmp_path):
    for name in ("THUDM/CogVideoX-2b", "zai-org/CogVideoX-2b", "thudm/cogvideox-2B"):
        assert models.named(name).name == "cogvideox-2b"
        assert models.folder_of("/m", name) == "/m/cogvideox-2b"
        assert not models.is_path(name)
        assert models.missing(name).hint == "vidwatchd models pull cogvideox-2b"
    assert models.called("ggerganov/whisper.cpp") == "ggerganov/whisper.cpp", "it holds several"
    assert models.is_path("somebody/else")
    assert models.missing("turbo").hint == "vidwatchd models pull turbo"


def test_the_large_ones_say_so():
    assert models.MODELS["cogvideox-2b"].size_bytes == pytest.approx(14e9, rel=0.02)
    assert not models.MODELS["cogvideox-2b"].non_commercial
    assert models.MODELS["blip2-opt-2.7b"].non_commercial
