"""test_clip: questions are put as its training put them."""

import numpy as np

from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.embed import Words
from vidwatchd.backends.embed.clip import Clip


def test_a_caption(tiny):
    model, ctx = Clip(str(tiny.clip())), BackendContext("")
    asked, put = (model.run(Words([text], question=text == "a dog"), ctx) for text in ("a dog", "a photo of a dog"))
    assert np.array_equal(asked, put.reshape(asked.shape))
