"""test_surrogate: the best that can makes it, what fails gives way and is told of."""

import os

import pytest

from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.surrogate import Options, Request, Surrogate, loads, proven, replace, surrogates
from vidwatchd.backends.surrogate.stub import Stub
from vidwatchd.errors import BackendFailed, Cancelled, StorageError, Unavailable, UsageError
from vidwatchd.media.probe import open_media

pytestmark = pytest.mark.system


class Fails:
    """A backend that leaves half a file behind and fails with ``error``, or hands that file out without any."""

    task, name, rank = "surrogate", "cogvideox", 1

    def __init__(self, error=None):
        self.error = error

    def ready(self):
        return None

    def unload(self):
        pass

    def run(self, request, ctx):
        path = os.path.join(request.out, "resultant.mp4")
        with open(path, "wb") as file:
            file.write(b"half")
        if self.error:
            raise self.error
        return Surrogate(path, "generated", "tiny")


def replaced(clips, out, name="brief", backend="auto", **more):
    source = getattr(clips, name)()
    with open_media(source) as media:
        return replace(Request(source, lambda: media, str(out), **more), Options(backend), BackendContext(str(out)))


def test_by_itself_it_takes_the_film_made_small(clips, tmp_path):
    ran = replaced(clips, tmp_path)
    assert (ran.backend, ran.result.origin, ran.fallback_from) == ("proxy", "real", ())


@pytest.mark.parametrize(("backend", "origin"), [("proxy", "real"), ("keyframes", "real"), ("stub", "placeholder")])
def test_by_name(clips, tmp_path, backend, origin):
    ran = replaced(clips, tmp_path, backend=backend)
    assert (ran.backend, ran.result.origin) == (backend, origin)
    assert os.listdir(tmp_path) == ["resultant.mp4"]


def test_a_film_without_a_picture_gets_the_placeholder(clips, tmp_path):
    ran = replaced(clips, tmp_path, "audio_only")
    assert (ran.backend, [name for name, _ in ran.fallback_from]) == ("stub", ["proxy", "keyframes"])
    assert "has no picture" in ran.fallback_from[0][1]


@pytest.mark.parametrize("error", [BackendFailed("out of memory"), None])
def test_what_fails_or_makes_rubbish_gives_way(clips, tmp_path, error):
    with open_media(clips.brief()) as media:
        ran = proven([Fails(error), Stub()], Request(media.path, lambda: media, str(tmp_path)), BackendContext(""))
    ((name, reason),) = ran.fallback_from
    assert (ran.backend, name) == ("stub", "cogvideox")
    assert reason.startswith("out of memory" if error else "what was made does not play")


@pytest.mark.parametrize("error", [StorageError("the disk is full"), Cancelled("stopped")])
def test_a_full_disk_and_a_stop_end_it(clips, tmp_path, error):
    with open_media(clips.brief()) as media, pytest.raises(type(error), match=str(error)):
        proven([Fails(error), Stub()], Request(media.path, lambda: media, str(tmp_path)), BackendContext(""))
    assert os.listdir(tmp_path) == []


def test_a_name_that_is_none_and_an_ffmpeg_that_is_not_there(clips, tmp_path):
    with pytest.raises(UsageError, match="there is no backend 'vhs'"):
        replaced(clips, tmp_path, backend="vhs")
    with pytest.raises(Unavailable, match="is no executable"):
        replaced(clips, tmp_path, backend="proxy", ffmpeg_path=str(tmp_path / "none"))


def test_a_model_that_is_named_gives_way_to_what_needs_none(clips, tmp_path):
    ran = replaced(clips, tmp_path, backend="cogvideox")
    ((name, reason),) = ran.fallback_from
    assert (ran.backend, ran.result.origin, name) == ("proxy", "real", "cogvideox")
    assert "is not here" in reason or "is not installed" in reason


def test_where_nothing_can_be_encoded_that_is_what_is_told(clips, tmp_path):
    with pytest.raises(Unavailable, match="is no executable"):
        replaced(clips, tmp_path, ffmpeg_path=str(tmp_path / "none"))


def test_whether_a_model_is_going_to_be_loaded(tiny, tmp_path):
    pytest.importorskip("diffusers")
    tiny.cogvideox()
    assert loads(Options("cogvideox"), str(tiny.folder))
    assert not loads(Options("cogvideox"), str(tmp_path))
    assert not loads(Options("stub"), str(tiny.folder))


def test_their_order(tmp_path):
    every = surrogates(Options(), str(tmp_path))
    assert [each.name for each in every][-3:] == ["proxy", "keyframes", "stub"]
    assert [each.rank for each in every] == sorted((each.rank for each in every), reverse=True)
    for each in every[-3:]:
        each.unload()
