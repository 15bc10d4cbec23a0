"""test_blip2: a tiny BLIP-2 that really loads and says something, on the processor."""

from PIL import Image

from tests.extras import needs
from vidwatchd.backends import graphics
from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.caption.blip2 import Blip2
from vidwatchd.backends.caption.request import Pictures

pytestmark = needs("transformers")


def test_a_sentence_a_picture(tiny):
    mine = Blip2(str(tiny.folder), str(tiny.blip2()), "cpu")
    assert (mine.ready(), mine.model) == (None, "blip2-opt-2.7b")
    images = [Image.new("RGB", (64, 36), colour) for colour in ("blue", "red", "white")]
    said = mine.run(Pictures(images, [0.0, 1.0, 2.0]), BackendContext("", device="cpu"))
    assert len(said) == 3
    assert any(said)
    mine.unload()


def test_by_itself_it_waits_for_a_card(tiny):
    tiny.blip2()
    lacking = Blip2(str(tiny.folder)).ready()
    assert graphics.works() if lacking is None else "graphics card" in lacking.message
    assert Blip2(str(tiny.folder), by_itself=False).ready() is None
    assert "is a blip;" not in str(Blip2("", str(tiny.blip())).ready())
    assert "takes blip-2 models" in str(Blip2("", str(tiny.blip())).ready())
