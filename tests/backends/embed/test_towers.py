"""test_towers: of two towers only the one that is needed stays in memory."""

import pytest

from vidwatchd.backends.embed import towers


@pytest.mark.parametrize("part", ["pictures", "words"])
def test_half_a_model(tiny, part):
    model, _ = towers._load(str(tiny.clip()), "cpu", part)
    assert [hasattr(model, tower) for tower in ("vision_model", "text_model")] == [part == "pictures", part == "words"]
    assert not model.training
