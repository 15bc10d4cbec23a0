"""test_weights: which models are here, and what is said of those that are not."""

import os

import pytest

from vidwatchd.backends.embed import weights
from vidwatchd.errors import Unavailable, UsageError


@pytest.fixture
def models(tmp_path):
    """A models folder with a file of each sort that is looked for, but no real model."""
    for name in ("clip-base", "minilm"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text('{"model_type": "clip"}')
        (tmp_path / name / "model.safetensors").write_bytes(b"1234")
    return str(tmp_path)


def test_the_best_that_is_here_is_taken(models):
    assert weights.chosen(models, "auto", weights.PICTURE_MODELS) == "clip-base"
    assert weights.chosen(models, f"{models}/minilm", weights.PICTURE_MODELS) == f"{models}/minilm"
    assert weights.chosen(models, "none", weights.PICTURE_MODELS) == ""


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ("auto", "models pull siglip2-base"),
        ("clip-base", "models pull clip-base"),
        ("/no/folder", "no model in /no/folder"),
    ],
)
def test_what_is_not_here_is_named_with_the_command(tmp_path, wanted, words):
    with pytest.raises(Unavailable, match=words):
        weights.chosen(str(tmp_path), wanted, weights.PICTURE_MODELS)


def test_half_a_download_is_no_model(models):
    os.unlink(f"{models}/minilm/model.safetensors")
    assert not weights.present(models, "minilm")
    assert weights.identity(models, "minilm") == ""


def test_models_of_one_name_are_told_apart(models):
    before = weights.identity(models, "minilm")
    assert before.startswith("minilm:")
    assert weights.identity("", f"{models}/minilm") == before
    with open(f"{models}/minilm/model.safetensors", "ab") as file:
        file.write(b"5")
    assert weights.identity(models, "minilm") != before


@pytest.mark.parametrize("text", ["", "[]", "{}", "\xff"])
def test_a_folder_that_says_nothing_holds_no_model(models, text):
    with open(f"{models}/minilm/config.json", "w", encoding="latin-1") as file:
        file.write(text)
    with pytest.raises(Unavailable, match="there is no model in"):
        weights.model_type(f"{models}/minilm")


def test_the_processor_that_was_asked_for():
    torch = pytest.importorskip("torch")
    assert weights.place("cpu") == "cpu"
    if not torch.cuda.is_available():
        assert weights.place("auto") == "cpu"
        with pytest.raises(UsageError, match="no graphics card"):
            weights.place("cuda")
