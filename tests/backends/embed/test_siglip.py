"""test_siglip: words are put as its training put them."""

import numpy as np

from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.embed import Words
from vidwatchd.backends.embed.siglip import Siglip

CTX = BackendContext("")


def test_small_letters_and_a_caption(tiny):
    model = Siglip(str(tiny.siglip()))
    loud, quiet = (
        model.run(Words(["A RED dog"], question=True), CTX),
        model.run(Words(["a red dog"], question=True), CTX),
    )
    assert np.array_equal(loud, quiet)
    assert np.array_equal(quiet, model.run(Words(["This is a photo of a red dog."]), CTX))
