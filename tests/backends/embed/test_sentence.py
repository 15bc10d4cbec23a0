"""test_sentence: the mean is over a text's own tokens, not over what fills up its line."""

import numpy as np
import pytest

from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.embed import Words
from vidwatchd.backends.embed.sentence import Sentence


def test_a_longer_neighbour_changes_nothing(tiny):
    model, ctx = Sentence(str(tiny.sentences())), BackendContext("")
    alone = model.run(Words(["a dog"]), ctx)[0].astype(np.float32)
    beside = model.run(Words(["a dog", "the woman on the street is in the blue car"]), ctx)[0].astype(np.float32)
    assert float(alone @ beside) == pytest.approx(1, abs=2e-3)
