"""test_sound: how many bits a second, and what is kept of a film's sound."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.clips import lavfi
from vidwatchd.backends.base import BackendContext
from vidwatchd.errors import Unavailable
from vidwatchd.media.ffmpeg import executable
from vidwatchd.media.probe import open_media
from vidwatchd.media.taken import Weight
from vidwatchd.storing import sound
from vidwatchd.storing.sound import Kept, Rate, Wanted, enough, rate

HOUR, MINUTE = 3600, 60


@pytest.mark.parametrize(
    ("max_mb", "seconds", "codec", "mono", "found"),
    [
        (5, 1, "aac", False, Rate(320, 2)),
        (5, 0, "aac", False, Rate(320, 2)),
        (5, 2 * MINUTE, "aac", False, Rate(320, 2)),
        (5, 10 * MINUTE, "aac", False, Rate(62, 2)),  # 66.7 less a margin and 2.6 for 47 headers a second
        (5, 10 * MINUTE, "mp3", False, Rate(64, 2)),
        (5, 10 * MINUTE, "opus", False, Rate(64, 2)),
        (5, 20 * MINUTE, "aac", False, Rate(32, 2)),
        (5, 21 * MINUTE, "aac", False, Rate(32, 2, True)),
        (5, 2 * HOUR, "aac", False, Rate(32, 2, True)),
        (5, 2 * HOUR, "mp3", False, Rate(32, 2, True)),
        (5, 27 * MINUTE, "aac", True, Rate(24, 1, True)),
        (5, 25 * MINUTE, "aac", True, Rate(24, 1)),
        (5, 2 * HOUR, "mp3", True, Rate(24, 1, True)),
        (5, 30 * MINUTE, "opus", False, Rate(21, 2)),
        (5, 2 * HOUR, "opus", False, Rate(20, 2, True)),
        (5, 50 * MINUTE, "opus", True, Rate(12, 1)),
        (5, 2 * HOUR, "opus", True, Rate(12, 1, True)),
        (15, 2 * HOUR, "opus", True, Rate(15, 1)),
        (100, 10, "opus", True, Rate(256, 1)),
        (0.001, 1, "aac", False, Rate(32, 2, True)),
    ],
)
def test_the_rate_fills_what_is_wanted(max_mb, seconds, codec, mono, found):
    assert rate(max_mb, seconds, codec, mono) == found


def film(tmp_path, *arguments, name="film.mkv"):
    path = tmp_path / name
    subprocess.run([executable(), "-nostdin", "-v", "error", "-y", *map(str, arguments), str(path)], check=True)
    return str(path)


def keep(source, out, **wanted):
    with open_media(source) as media:
        return sound.keep(media, Wanted(**wanted), str(out), BackendContext(""))


@pytest.mark.parametrize(("codec", "mono"), [("aac", False), ("aac", True), ("mp3", False), ("opus", True)])
def test_the_file_is_as_large_as_was_aimed_at(tmp_path, codec, mono):
    noise = "anoisesrc=d=20:c=pink:a=0.3,aformat=channel_layouts=stereo:sample_rates=48000"
    source = film(tmp_path, *lavfi(noise), "-c:a", "pcm_s16le")
    kept = keep(source, tmp_path, codec=codec, mono=mono, max_mb=0.15).sound
    assert (kept.codec, kept.channels, kept.file) == (codec, 1 if mono else 2, f"audio.{codec}")
    assert kept.bytes == os.path.getsize(tmp_path / kept.file)
    assert 0.8 * 150_000 < kept.bytes <= 150_000
    assert kept.seconds == pytest.approx(20, abs=0.1)
    assert not kept.target_exceeded


def test_a_long_film_is_kept_whole_and_told(tmp_path):
    kept = keep(film(tmp_path, *lavfi("anoisesrc=d=10"), "-c:a", "pcm_s16le"), tmp_path, max_mb=0.01).sound
    assert (kept.kbps, kept.channels, kept.target_exceeded) == (32, 1, True)
    assert kept.seconds == pytest.approx(10, abs=0.1)


def test_a_sound_that_is_as_it_is_wanted_is_copied(tmp_path):
    tone = (*lavfi("color=s=64x64:r=10:d=1"), *lavfi("sine=d=1"), "-c:a", "aac", "-b:a", "64k")
    kept = keep(film(tmp_path, *tone, name="film.mp4"), tmp_path).sound
    assert (kept.chosen, kept.channels, kept.kbps) == ("copy", 1, round(kept.source_kbps))
    assert kept.bytes == os.path.getsize(tmp_path / "audio.aac") < 12_000
    assert kept.seconds == pytest.approx(1, abs=0.05)


def test_no_more_is_spent_than_the_source_has_to_say(tmp_path):
    noise = "anoisesrc=d=1:c=pink,aformat=channel_layouts=stereo:sample_rates=48000"
    source = film(tmp_path, *lavfi(noise), "-c:a", "libmp3lame", "-b:a", "96k")
    for codec, kbps in (("aac", 96), ("opus", 96), ("mp3", 96)):
        kept = keep(source, tmp_path, codec=codec).sound
        assert (kept.kbps, kept.source_kbps) == (kbps, pytest.approx(kbps, abs=2)), codec
        assert kept.bytes < 96 * 125 * 1.2
    assert keep(source, tmp_path, max_mb=0.006).sound.chosen == "size"


def test_less_than_can_be_heard_is_never_chosen(tmp_path):
    source = film(tmp_path, *lavfi("sine=d=1:r=8000"), "-c:a", "libopus", "-b:a", "8k", name="film.webm")
    kept = keep(source, tmp_path).sound
    assert (kept.kbps, kept.chosen) == (32, "source")


def test_why_so_many_bits_are_spent_is_told(tmp_path):
    lossless = film(tmp_path, *lavfi("anoisesrc=d=1,aformat=channel_layouts=stereo"), "-c:a", "flac")
    told = {mb: keep(lossless, tmp_path, max_mb=mb).sound for mb in (5, 0.02, 0.001)}
    assert {mb: (kept.chosen, kept.source_kbps) for mb, kept in told.items()} == {
        5: ("most", 0), 0.02: ("size", 0), 0.001: ("least", 0),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("weight", "codec", "kept", "of", "kbps"),
    [
        (Weight("aac", 128, 9), "aac", 2, 2, 128),
        (Weight("opus", 64, 9), "aac", 2, 2, 96),
        (Weight("aac", 128, 9), "opus", 2, 2, 128),  # what the first left out costs the second as much
        (Weight("aac", 128, 9), "mp3", 2, 2, 160),
        (Weight("ac3", 384, 9), "aac", 2, 6, 221.7),
        (Weight("amr_nb", 12.2, 9), "aac", 1, 1, 24.4),
    ],
)
def test_what_is_enough_for_a_source(weight, codec, kept, of, kbps):
    assert enough(weight, codec, kept, of) == pytest.approx(kbps, abs=0.1)


def test_a_film_without_sound_has_none(clips, tmp_path):
    assert keep(clips.still(), tmp_path) == Kept()
    assert os.listdir(tmp_path) == []


def test_pictures_that_go_on_in_silence_are_not_lost(tmp_path):
    source = film(tmp_path, *lavfi("color=s=64x64:r=10:d=6"), *lavfi("sine=d=2"), "-c:a", "aac")
    kept = keep(source, tmp_path)
    assert kept.sound.seconds == pytest.approx(6, abs=0.15)
    assert kept.notes == ("its sound ends after 2.0 s of 6.0 s",)


def test_of_a_cut_off_film_what_is_there_is_kept(tmp_path):
    source = Path(
        film(
            tmp_path, *lavfi("testsrc2=s=160x90:r=10:d=10"), *lavfi("sine=d=10"), "-c:a", "aac", "-movflags",
            "+faststart", name="film.mp4",
        )
    )  # fmt: skip
    source.write_bytes(source.read_bytes()[: source.stat().st_size // 2])
    kept = keep(str(source), tmp_path)
    assert 2 < kept.sound.seconds < 8
    assert "its sound ends after" in kept.notes[0]


def test_a_sound_of_which_nothing_can_be_decoded_is_told(tmp_path):
    source = Path(film(tmp_path, *lavfi("color=s=64x64:r=10:d=2"), *lavfi("sine=d=2"), "-c:a", "aac"))
    with open_media(str(source)) as media:
        places = [(p.pos, p.size) for p in media.container.demux(media.container.streams.audio[0]) if p.size]
    content = bytearray(source.read_bytes())
    for at, size in places:
        content[at + 8 : at + size] = b"\xff" * (size - 8)
    source.write_bytes(content)
    assert keep(str(source), tmp_path) == Kept(None, ("its sound is damaged: nothing of it can be decoded",))


def test_an_ffmpeg_without_the_encoder_names_the_remedy(clips, tmp_path):
    silent = tmp_path / "ffmpeg"
    silent.write_text("#!/bin/sh\nexit 1\n")
    silent.chmod(0o755)
    with pytest.raises(Unavailable, match="no encoder aac"):
        keep(clips.normal(), tmp_path, ffmpeg_path=str(silent))
    with pytest.raises(Unavailable, match="is no executable"):
        keep(clips.normal(), tmp_path, ffmpeg_path=str(tmp_path / "nowhere"))
