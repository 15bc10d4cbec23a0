"""test_embed: one table of cases over every family of models; the models are tiny, what loads and runs them is not."""

import json
import shutil
import sys

import numpy as np
import pytest
from PIL import Image

from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.embed import Pictures, Words, embedder
from vidwatchd.errors import Cancelled, Unavailable, UsageError

CTX = BackendContext("")
COLOURS = [Image.new("RGB", (64, 36), colour) for colour in ("red", "green", "blue", "red")]
FAMILIES = ("clip", "siglip", "sentences")


def alike(vectors):
    wide = vectors.astype(np.float32)
    return wide @ wide.T


@pytest.fixture(params=FAMILIES)
def model(request, tiny):
    return embedder(str(getattr(tiny, request.param)()))


def test_the_family_is_read_from_the_folder(tiny):
    assert [embedder(str(getattr(tiny, name)())).name for name in FAMILIES] == ["clip", "siglip", "sentence"]


def test_words(model):
    texts = ["a red dog", "the blue car", "a red dog"]
    found = model.run(Words(texts, question=True), CTX)
    assert (found.shape, found.dtype) == ((3, 32), np.float16)
    assert np.diag(alike(found)) == pytest.approx([1, 1, 1], abs=2e-3)
    assert alike(found)[0, 2] > 0.999 > alike(found)[0, 1]


@pytest.mark.parametrize("family", ["clip", "siglip"])
def test_pictures(tiny, family):
    found = embedder(str(getattr(tiny, family)())).run(Pictures(COLOURS), CTX)
    assert (found.shape, found.dtype) == ((4, 32), np.float16)
    near = alike(found)
    assert near[0, 3] > 0.999
    assert max(near[0, 1], near[0, 2], near[1, 2]) < 0.95


def test_a_batch_more_changes_nothing(tiny):
    model = embedder(str(tiny.clip()))
    many = model.run(Pictures(COLOURS * 5), CTX)
    assert alike(many)[0, ::4] == pytest.approx(np.ones(5), abs=2e-3)


def test_very_long_words_are_cut(model):
    assert model.run(Words(["dog " * 2000]), CTX).shape == (1, 32)


def test_nothing_asked_nothing_given(model):
    assert len(model.run(Words([]), CTX)) == 0


def test_it_stops_between_batches_and_tells_how_far_it_is(model):
    told = []
    context = BackendContext("", progress=told.append, cancelled=lambda: len(told) == 2)
    with pytest.raises(Cancelled):
        model.run(Words(["a dog"] * 64), context)
    assert told == [0.25, 0.5]


def test_sentences_see_no_pictures(tiny):
    with pytest.raises(UsageError, match="sees no pictures"):
        embedder(str(tiny.sentences())).run(Pictures(COLOURS), CTX)


def test_unloading_lets_go(model):
    model.run(Words(["a dog"]), CTX)
    model.unload()
    assert model.run(Words(["a dog"]), CTX).shape == (1, 32)


@pytest.mark.parametrize("lost", ["torch", "transformers"])
def test_without_the_extra_it_names_the_command(model, monkeypatch, lost):
    monkeypatch.setitem(sys.modules, lost, None)
    lacking = model.ready()
    assert isinstance(lacking, Unavailable)
    assert lacking.hint == "pip install 'vidwatchd[describe]'"


def test_a_damaged_model_is_one_sentence(tiny, tmp_path):
    broken = tmp_path / "broken"
    shutil.copytree(tiny.clip(), broken)
    (broken / "model.safetensors").write_bytes(b"no tensors")
    model = embedder(str(broken))
    assert model.ready() is None, "its files are there"
    with pytest.raises(Unavailable, match="cannot be loaded") as raised:
        model.run(Words(["a dog"]), CTX)
    assert "\n" not in str(raised.value)


def test_pickled_weights_and_code_from_the_folder_are_never_read(tiny, tmp_path):
    foreign = tmp_path / "foreign"
    shutil.copytree(tiny.sentences(), foreign)
    (foreign / "model.safetensors").rename(foreign / "pytorch_model.bin")
    assert embedder(str(foreign)).ready() is not None
    (foreign / "model.safetensors").write_bytes((tiny.sentences() / "model.safetensors").read_bytes())
    (foreign / "code.py").write_text("raise SystemExit('code was run')\n")
    told = json.loads((foreign / "config.json").read_text())
    told |= {"model_type": "mine", "auto_map": {"AutoConfig": "code.Config", "AutoModel": "code.Model"}}
    (foreign / "config.json").write_text(json.dumps(told))
    with pytest.raises(Unavailable, match="cannot be loaded"):
        embedder(str(foreign)).run(Words(["a dog"]), CTX)
