"""test_sound: tracks as files of their own, heard as the film has them."""

from __future__ import annotations

import subprocess

import numpy as np
import pytest

from tests.clips import lavfi
from vidwatchd.errors import Cancelled, MediaError
from vidwatchd.media import sound
from vidwatchd.media.compact import Running
from vidwatchd.media.ffmpeg import executable
from vidwatchd.media.probe import open_media
from vidwatchd.media.sound import AAC_DELAY_SAMPLES, Shape

SHAPES = {
    "aac": Shape("aac", "adts", 64, 1, 32_000, AAC_DELAY_SAMPLES),
    "mp3": Shape("libmp3lame", "mp3", 64, 1, 32_000),
    "opus": Shape("libopus", "ogg", 48, 1, 48_000),
}


def film(tmp_path, *arguments, name="film.mp4"):
    path = tmp_path / name
    subprocess.run([executable(), "-nostdin", "-v", "error", "-y", *map(str, arguments), str(path)], check=True)
    return str(path)


def clicked(tmp_path, at_seconds, **more):
    """Two seconds of pictures, and a tone from ``at_seconds`` to the end whose stream begins with it."""
    tone = lavfi(f"sine=1000:d={2 - at_seconds}")
    return film(tmp_path, *lavfi("color=s=64x64:r=25:d=2"), "-itsoffset", at_seconds, *tone, "-c:a", "aac", **more)


def samples(path, channels=1):
    """(n, channels) float32 at 16 kHz, as ffmpeg plays the file."""
    arguments = ["-i", str(path), "-f", "f32le", "-ac", str(channels), "-ar", "16000", "-"]
    done = subprocess.run([executable(), "-v", "error", *arguments], capture_output=True, check=True)
    return np.frombuffer(done.stdout, np.float32).reshape(-1, channels)


def extracted(source, target, shape, track=None, cancelled=lambda: False):
    with open_media(source) as media:
        stream = media.container.streams.audio[0].index if track is None else track
        running = Running(executable(), media.info.duration_seconds, 60, None, cancelled)
        sound.extract(media, stream, str(target), shape, running)
    return sound.hear(str(target))


@pytest.mark.parametrize("codec", SHAPES)
def test_a_sound_that_begins_late_is_in_time(tmp_path, codec):
    heard = extracted(clicked(tmp_path, 0.5), tmp_path / f"out.{codec}", SHAPES[codec])
    assert heard.seconds == pytest.approx(2, abs=0.1)
    loud = np.flatnonzero(np.abs(samples(tmp_path / f"out.{codec}")[:, 0]) > 0.05)
    assert loud[0] / 16000 == pytest.approx(0.5, abs=0.03)
    assert loud[-1] / 16000 == pytest.approx(2.0, abs=0.06)


def test_a_clock_that_begins_late_is_the_films_own(tmp_path):
    source = clicked(tmp_path, 0.5, name="film.ts")  # MPEG-TS begins at 1.4 s
    extracted(source, tmp_path / "out.aac", SHAPES["aac"])
    loud = np.flatnonzero(np.abs(samples(tmp_path / "out.aac")[:, 0]) > 0.05)
    assert loud[0] / 16000 == pytest.approx(0.5, abs=0.05)


def test_dialogue_in_the_middle_is_heard_on_both_sides(tmp_path):
    middle = "aevalsrc=0|0|0.5*sin(2000*t)|0|0|0:c=5.1:d=1:s=48000"
    source = film(tmp_path, *lavfi(middle), "-c:a", "aac", name="film.m4a")
    extracted(source, tmp_path / "out.aac", Shape("aac", "adts", 96, 2, 48_000, AAC_DELAY_SAMPLES))
    both = np.abs(samples(tmp_path / "out.aac", 2)[4000:12000]).max(axis=0)
    assert both == pytest.approx([0.35, 0.35], abs=0.05)


def test_silence_is_added_up_to_a_length(tmp_path, clips):
    shape = Shape("aac", "adts", 32, 1, 24_000, AAC_DELAY_SAMPLES, least_seconds=5.0)
    heard = extracted(clips.normal(), tmp_path / "out.aac", shape)
    assert heard == sound.Heard(pytest.approx(5, abs=0.1), 1)


def test_the_last_picture_that_is_there_is_found(clips):
    for name, seconds in (("normal", 3.0), ("long", 80.0), ("truncated", 0.0), ("audio_only", 0.0)):
        with open_media(getattr(clips, name)()) as media:
            assert sound.picture_ends(media) == pytest.approx(seconds, abs=0.1), name


def test_what_is_no_sound_is_refused(clips, tmp_path):
    with pytest.raises(MediaError, match="holds no sound"):
        sound.hear(clips.still())
    with open_media(clips.normal()) as media:
        assert sound.decodes(media, 1)
        assert sound.facts(media, 1) == (1, 44_100)


def test_it_can_be_stopped(tmp_path):
    source = film(tmp_path, *lavfi("sine=d=600"), "-c:a", "pcm_s16le", name="film.wav")
    with pytest.raises(Cancelled):
        extracted(source, tmp_path / "out.opus", SHAPES["opus"], cancelled=lambda: True)
