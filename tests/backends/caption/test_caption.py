"""test_caption: pictures described one after the other by what is ready."""

from dataclasses import replace

import pytest
from PIL import Image

from vidwatchd.backends import caption
from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.caption import Caption, Options
from vidwatchd.errors import Cancelled, Unavailable, UsageError

COLOURS = ("blue", "blue", "blue", "red", "red")


def frames(colours=COLOURS):
    return ((float(n), Image.new("RGB", (64, 36), colour)) for n, colour in enumerate(colours))


@pytest.fixture
def ctx(tmp_path):
    return BackendContext(str(tmp_path))


def test_without_a_model_it_is_what_can_be_measured(ctx):
    found = caption.describe(frames(), Options(), ctx, batch=2)
    assert (found.backend, found.model, found.fallback_from) == ("facts", "", ())
    assert found.captions == (
        Caption(0.0, "A very dark, mostly blue picture with little detail."),
        Caption(1.0, "A very dark, mostly blue picture with little detail; nothing moves."),
        Caption(3.0, "A dark, mostly red picture with little detail; everything has changed."),
        Caption(4.0, "A dark, mostly red picture with little detail; nothing moves."),
    ), "the same again is not told again, and the last picture of one batch counts in the next"


def test_each_film_begins_anew(ctx):
    first = caption.describe(frames(), Options("facts"), ctx)
    assert caption.describe(frames(), Options("facts"), ctx) == first
    assert caption.describe([], Options("facts"), ctx).captions == ()


def test_the_best_that_is_here_is_taken(tiny, ctx):
    pytest.importorskip("transformers")
    tiny.blip()
    ctx = replace(ctx, models=str(tiny.folder))
    assert caption.captioner(Options(model="blip-base"), ctx.models).name == "blip"
    found = caption.describe(frames(), Options(model="blip-base"), ctx, batch=2)
    assert (found.backend, found.model) == ("blip", "blip-base")
    assert 0 < len(found.captions) <= len(COLOURS)


def test_a_model_that_breaks_leaves_the_rest_to_plain_facts(tiny, ctx, tmp_path):
    pytest.importorskip("transformers")
    import shutil

    shutil.copytree(tiny.blip(), tmp_path / "blip-base")
    (tmp_path / "blip-base" / "model.safetensors").write_bytes(b"1234")
    found = caption.describe(frames(), Options(), ctx)
    assert (found.backend, len(found.captions)) == ("facts", 4)
    ((name, reason),) = found.fallback_from
    assert name == "blip"
    assert "cannot be loaded" in reason
    with pytest.raises(Unavailable, match="cannot be loaded"):
        caption.describe(frames(), Options("blip"), ctx)


def test_what_was_named_and_is_not_here(ctx):
    with pytest.raises(Unavailable, match="models pull blip-base"):
        caption.captioner(Options("blip"), ctx.models)
    with pytest.raises(Unavailable, match=r"models pull blip2-opt-2\.7b"):
        caption.captioner(Options("blip2"), ctx.models)
    with pytest.raises(UsageError, match="no backend 'internvl'"):
        caption.captioner(Options("internvl"), ctx.models)


def test_it_stops_between_two_batches(ctx):
    seen = []

    def watched():
        for frame in frames():
            seen.append(frame)
            yield frame

    stopping = replace(ctx, cancelled=lambda: len(seen) >= 4)
    with pytest.raises(Cancelled):
        caption.describe(watched(), Options("facts"), stopping, batch=2)
    assert len(seen) == 4
