"""test_blip: tiny BLIPs of random weights that really load and say something, on the processor."""

import sys

import pytest
from PIL import Image

from tests.extras import needs
from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.caption import blip
from vidwatchd.backends.caption.blip import Blip
from vidwatchd.backends.caption.request import Pictures
from vidwatchd.errors import BackendFailed, Cancelled, Unavailable

pytestmark = needs("transformers")

FRAMES = Pictures([Image.new("RGB", (64, 36), "blue"), Image.new("L", (30, 50), 200)], [0.0, 1.0])


@pytest.fixture
def ctx(tiny):
    return BackendContext(str(tiny.folder), device="cpu")


def test_a_sentence_a_picture(tiny, ctx):
    mine = Blip(str(tiny.folder), str(tiny.blip()))
    assert (mine.ready(), mine.model) == (None, "blip-base")
    said = mine.run(FRAMES, ctx)
    assert len(said) == 2
    assert all(text.endswith(".") and text[0] == text[0].upper() for text in said if text)
    assert mine.run(FRAMES, ctx) == said
    assert blip._load.cache_info().currsize == 1
    mine.unload()
    assert blip._load.cache_info().currsize == 0


def test_it_can_be_stopped(tiny, ctx):
    with pytest.raises(Cancelled):
        Blip("", str(tiny.blip())).run(FRAMES, BackendContext("", cancelled=lambda: True))


def test_what_is_lacking_comes_with_the_command(tmp_path, tiny, monkeypatch):
    assert "vidwatchd models pull blip-base" in str(Blip(str(tmp_path)).ready())
    assert "vidwatchd models pull blip-large" in str(
        Blip(str(tmp_path), "Salesforce/blip-image-captioning-large").ready()
    )
    assert "no model in /nowhere" in str(Blip(str(tmp_path), "/nowhere").ready())
    assert "is a clip" in str(Blip("", str(tiny.clip())).ready())
    monkeypatch.setitem(sys.modules, "transformers", None)
    lacking = Blip(str(tiny.folder)).ready()
    assert (lacking.message, lacking.hint) == ("transformers is not installed", "pip install 'vidwatchd[describe]'")


def test_too_little_memory_is_told(tiny, ctx):
    mine = Blip("", str(tiny.blip()))
    model, *_ = blip._load(mine.maker, str(tiny.blip()), "cpu")

    def starve(*inputs, **named):
        raise RuntimeError("CUDA out of memory")

    model.vision_model.forward = starve
    with pytest.raises(BackendFailed, match="blip-base ran out of memory"):
        mine.run(FRAMES, ctx)
    assert blip._load.cache_info().currsize == 0, "its memory is free for the next one"


def test_weights_that_could_run_code_are_not_read(tmp_path, tiny):
    (tmp_path / "model.safetensors").write_bytes(b"")
    (tmp_path / "config.json").write_bytes((tiny.blip() / "config.json").read_bytes())
    with pytest.raises(Unavailable, match="cannot be loaded"):
        Blip("", str(tmp_path)).run(FRAMES, BackendContext(""))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("a man  with\na dog ", "A man with a dog."), ("two dogs.", "Two dogs."), (" . ", ""), ("", "")],
)
def test_sentences(text, wanted):
    assert blip.sentence(text) == wanted
