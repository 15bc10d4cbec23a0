"""test_cogvideox: tiny CogVideoX models of random weights that really load and make pictures, on the processor."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from tests.extras import needs
from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.surrogate import Options, Request, pipelines, proven
from vidwatchd.backends.surrogate.cogvideox import CogVideoX
from vidwatchd.backends.surrogate.proxy import Proxy
from vidwatchd.errors import BackendFailed, Cancelled
from vidwatchd.media.probe import open_media, probe

pytestmark = needs("diffusers")


@pytest.fixture
def asked(clips, tmp_path):
    """What is wanted of a film of several scenes, 16:9."""
    with open_media(clips.normal()) as media:
        scenes = (0.0, media.info.duration_seconds / 2)
        words = "a man with a dog on the street"
        yield Request(clips.normal(), lambda: media, str(tmp_path), scenes=scenes, words=words, steps=2, seed=7)


@pytest.fixture
def ctx(tiny):
    return BackendContext(str(tiny.folder))


def backend(model, maker=CogVideoX):
    return maker(Options("cogvideox", str(model), "cpu"), "")


def pictures(made):
    with open_media(made.path) as media:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in media.container.decode(media.video)])


def test_words_become_nine_frames_and_the_same_seed_makes_the_same(tiny, asked, ctx):
    mine, done = backend(tiny.cogvideox()), []
    first = mine.run(asked, replace(ctx, progress=done.append))
    info, frames = probe(first.path), pictures(first)
    assert (first.origin, first.model, first.seconds) == ("generated", "cogvideox-2b", 9 / 8)
    assert (len(frames), info.width, info.height, info.video_codec) == (9, 28, 16, "h264")
    assert done == [0.5, 1.0]
    assert np.array_equal(frames, pictures(mine.run(asked, ctx)))
    assert not np.array_equal(frames, pictures(mine.run(replace(asked, seed=8), ctx)))


def test_a_picture_of_each_scene_begins_a_clip(tiny, asked, ctx):
    made = backend(tiny.cogvideox_pictures()).run(asked, ctx)
    assert (len(pictures(made)), made.seconds, made.model) == (18, 18 / 8, "cogvideox-5b-i2v")


def test_what_was_made_is_checked_and_counts(tiny, asked, ctx):
    ran = proven([backend(tiny.cogvideox()), Proxy()], asked, ctx)
    assert (ran.backend, ran.result.model, ran.fallback_from) == ("cogvideox", "cogvideox-2b", ())


def test_it_stops_between_two_steps(tiny, asked, ctx):
    done = []
    stopping = replace(ctx, progress=done.append, cancelled=lambda: len(done) == 2)
    with pytest.raises(Cancelled):
        backend(tiny.cogvideox()).run(replace(asked, steps=40), stopping)
    assert done == [1 / 40, 2 / 40]


class Starved(CogVideoX):
    """As on a card that is too small."""

    def _pipe(self, found, place):
        import torch

        pipe = super()._pipe(found, place)

        def starve(*inputs, **named):
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 35.00 GiB.")

        pipe.transformer.forward = starve
        return pipe


def test_too_little_memory_falls_to_the_next_with_the_reason(tiny, asked, ctx):
    ran = proven([backend(tiny.cogvideox(), Starved), Proxy()], asked, ctx)
    assert (ran.backend, ran.result.origin) == ("proxy", "real")
    ((name, reason),) = ran.fallback_from
    assert name == "cogvideox"
    assert reason.startswith("cogvideox-2b ran out of memory: CUDA out of memory. Tried to allocate 35.00 GiB.")
    assert pipelines.load.cache_info().currsize == 0, "a broken run leaves no memory taken"


def spoiled(tiny, folder, value):
    """A copy of the tiny model whose last layer of all gives that value everywhere."""
    from safetensors.torch import load_file, save_file

    shutil.copytree(tiny.cogvideox(), folder)
    file = str(folder / "vae" / "diffusion_pytorch_model.safetensors")
    values = load_file(file)
    for name in ("decoder.conv_out.conv.weight", "decoder.conv_out.conv.bias"):
        values[name] = values[name] * 0 + value
    save_file(values, file, metadata={"format": "pt"})
    return folder


def test_pictures_of_one_colour_are_refused(tiny, asked, ctx, tmp_path):
    ran = proven([backend(spoiled(tiny, tmp_path / "flat", 0.0)), Proxy()], asked, ctx)
    assert ran.backend == "proxy"
    assert "black or of one colour" in dict(ran.fallback_from)["cogvideox"]


def test_pictures_without_numbers_are_refused(tiny, asked, ctx, tmp_path):
    with pytest.raises(BackendFailed, match="without numbers"):
        backend(spoiled(tiny, tmp_path / "none", float("nan"))).run(asked, ctx)


def test_by_itself_it_waits_for_a_card_or_to_be_told(tiny):
    tiny.cogvideox()
    by_itself = CogVideoX(Options(), str(tiny.folder)).ready()
    if by_itself is not None:
        assert "graphics card" in by_itself.message
        assert "t2v.device" in by_itself.hint
    assert CogVideoX(Options(device="cpu"), str(tiny.folder)).ready() is None
    assert CogVideoX(Options("cogvideox"), str(tiny.folder)).ready() is None


def test_what_is_lacking_comes_with_the_command(tmp_path, monkeypatch):
    assert "vidwatchd models pull cogvideox-2b" in str(CogVideoX(Options(), str(tmp_path)).ready())
    monkeypatch.setitem(__import__("sys").modules, "diffusers", None)
    lacking = CogVideoX(Options(), str(tmp_path)).ready()
    assert (lacking.message, lacking.hint) == ("diffusers is not installed", "pip install 'vidwatchd[generate]'")
