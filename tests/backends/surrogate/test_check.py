"""test_check: bad outputs of every sort are refused with their reason, good ones pass."""

import pytest

from tests.clips import _run, lavfi
from vidwatchd.backends.surrogate.check import check
from vidwatchd.backends.surrogate.request import Request, Surrogate
from vidwatchd.errors import BackendFailed
from vidwatchd.media.probe import open_media


def checked(path, clips, origin="generated", seconds=0.0, **more):
    source = clips.normal()
    with open_media(source) as media:
        check(Surrogate(str(path), origin, seconds=seconds), Request(source, lambda: media, "", **more))


def film(folder, source, seconds=2, name="made.mp4"):
    path = str(folder / name)
    _run(*lavfi(f"{source}{':' if '=' in source else '='}s=128x72:r=8:d={seconds}"), "-pix_fmt", "yuv420p", path)
    return path


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("color=c=black", "black or of one colour"),
        ("color=c=gray", "black or of one colour"),  # what numbers that are none become
        ("color=c=white", "black or of one colour"),
        ("smptebars", "nothing moves"),
    ],
)
def test_what_a_model_gives_when_it_fails(clips, tmp_path, source, reason):
    with pytest.raises(BackendFailed, match=reason):
        checked(film(tmp_path, source), clips)


def test_what_a_model_gives_when_it_works(clips, tmp_path):
    made = film(tmp_path, "testsrc2")
    checked(made, clips)
    checked(made, clips, seconds=2.1)


@pytest.mark.parametrize("origin", ["generated", "real", "placeholder"])
def test_too_short_or_too_long(clips, tmp_path, origin):
    made = film(tmp_path, "testsrc2")
    with pytest.raises(BackendFailed, match=r"it lasts 2\.00 s, not 6\.00 s"):
        checked(made, clips, origin, seconds=6.0)


def test_how_long_it_should_last(clips, tmp_path):
    made = film(tmp_path, "testsrc2", 3)
    checked(made, clips, "real")
    checked(made, clips, "real", sound_seconds=3.1)
    checked(made, clips, "placeholder", stub_seconds=3.0)
    with pytest.raises(BackendFailed, match="not 9"):
        checked(made, clips, "real", sound_seconds=9.0)
    with pytest.raises(BackendFailed, match="not 1"):
        checked(made, clips, "placeholder", stub_seconds=1.0)


@pytest.mark.parametrize("origin", ["generated", "real", "placeholder"])
def test_what_does_not_play(clips, tmp_path, origin):
    whole = film(tmp_path, "testsrc2", name="whole.mp4")
    half = tmp_path / "half.mp4"
    with open(whole, "rb") as file:
        data = file.read()
    for broken in (b"", b"no video" * 99, data[: len(data) // 2]):
        half.write_bytes(broken)
        with pytest.raises(BackendFailed, match="does not play"):
            checked(half, clips, origin)
    for path in (clips.audio_only(), str(tmp_path / "nowhere.mp4")):
        with pytest.raises(BackendFailed, match="does not play"):
            checked(path, clips, origin)
