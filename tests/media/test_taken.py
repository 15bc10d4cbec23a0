"""test_taken: sound tracks taken out of films as they are: in time where they can be, and else not at all."""

from __future__ import annotations

import errno
import os

import numpy as np
import pytest

from tests.clips import lavfi
from tests.media.test_sound import film, samples
from vidwatchd.errors import Cancelled, StorageError
from vidwatchd.media import sound, taken
from vidwatchd.media.mux import join
from vidwatchd.media.probe import open_media

SECONDS, AT = 1.0, 0.6
CONTAINERS = {"aac": "adts", "mp3": "mp3", "opus": "ogg"}
CLICK = f"aevalsrc='if(between(t,{AT},{AT}+0.002),0.8*sin(6000*t),0.01*sin(400*t))':s=48000:d={SECONDS}"
PICTURES = lavfi(f"color=s=64x64:r=10:d={SECONDS}")


def take(source, target, **more):
    with open_media(source) as media:
        track = media.container.streams.audio[0].index
        return taken.take(media, track, str(target), CONTAINERS[taken.codec(media, track)], **more)


def clicks_at(path):
    loud = np.abs(samples(path)[:, 0])
    return float(np.argmax(loud)) / 16000


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("film.mp4", ("-c:a", "aac")),  # its edit list hides the first packet
        ("film.mkv", ("-c:a", "aac")),
        ("film.ts", ("-c:a", "aac")),  # its clock begins later
        ("film.avi", ("-c:v", "mpeg4", "-c:a", "libmp3lame")),
        ("film.webm", ("-c:v", "libvpx", "-c:a", "libopus")),  # its first packet lies before zero
        ("film.mp4", ("-c:a", "libopus")),
    ],
)
def test_a_click_stays_where_it_was(tmp_path, name, words):
    source = film(tmp_path, *PICTURES, *lavfi(CLICK), *words, "-b:a", "96k", name=name)
    codec = words[-1].removeprefix("lib").replace("mp3lame", "mp3")
    out = tmp_path / f"out.{codec}"
    assert take(source, out)
    again = film(tmp_path, *PICTURES, "-c:v", "libx264", name="picture.mp4")
    join(again, str(out), str(tmp_path / "again.mp4"))
    for path in (out, tmp_path / "again.mp4"):
        assert clicks_at(path) == pytest.approx(clicks_at(source), abs=0.002), path
    assert sound.hear(str(out)).seconds == pytest.approx(SECONDS, abs=0.06)
    assert os.path.getsize(out) < os.path.getsize(source)


def test_what_would_be_out_of_time_is_left(tmp_path):
    late = film(tmp_path, *PICTURES, "-itsoffset", 0.5, *lavfi("sine=d=0.5"), "-c:a", "aac", name="late.mp4")
    padded = film(tmp_path, *lavfi(CLICK), "-c:a", "libmp3lame", name="film.mp3")  # what it hides, no copy would
    whole = film(tmp_path, *lavfi("sine=d=1"), "-c:a", "aac", name="whole.mkv")
    assert take(whole, tmp_path / "whole.aac")
    pause = "setts=ts='TS+gt(N,20)*0.3/TB'"
    holed = film(tmp_path, "-i", whole, "-c", "copy", "-bsf:a", pause, name="holed.mkv")
    for source in (late, padded, holed):
        assert not take(source, tmp_path / "out"), source
    assert not (tmp_path / "out").exists()


def test_what_no_name_of_a_file_tells_is_left(tmp_path):
    surround = film(tmp_path, *lavfi("anullsrc=5.1:d=0.2"), "-t", 0.2, "-c:a", "aac", name="film.m4a")
    assert not take(surround, tmp_path / "out")


def test_a_sound_of_which_a_packet_is_damaged_is_left(tmp_path):
    source = tmp_path / "film.mp4"
    film(tmp_path, *PICTURES, *lavfi("sine=d=1"), "-c:a", "aac")
    assert take(str(source), tmp_path / "out")
    with open_media(str(source)) as media:
        places = [(p.pos, p.size) for p in media.container.demux(media.container.streams.audio[0]) if p.size]
    content = bytearray(source.read_bytes())
    at, size = places[len(places) // 2]
    content[at : at + size] = b"\xff" * size
    source.write_bytes(content)
    os.unlink(tmp_path / "out")
    assert not take(str(source), tmp_path / "out")


def test_what_a_track_has_to_say_is_counted(tmp_path, clips):
    source = film(tmp_path, *lavfi("anoisesrc=d=1:c=pink"), "-c:a", "libmp3lame", "-b:a", "64k", name="film.mkv")
    with open_media(source) as media:
        found = taken.weigh(media, 0)
        assert (found.codec, taken.lossy(media, 0), taken.claimed(media, 0)) == ("mp3", True, pytest.approx(64, abs=1))
        assert found.kbps == pytest.approx(64, abs=2)
        assert found.seconds == pytest.approx(1, abs=0.06)
    with open_media(film(tmp_path, *lavfi("sine=d=0.2"), "-c:a", "flac", name="film.flac")) as media:
        assert not taken.lossy(media, 0)


def test_it_can_be_stopped_and_a_full_disk_is_told(tmp_path):
    source = film(tmp_path, *lavfi("sine=d=1"), "-c:a", "aac", name="film.m4a")
    with pytest.raises(Cancelled):
        take(source, tmp_path / "out", cancelled=lambda: True)
    if os.path.exists("/dev/full"):
        os.symlink("/dev/full", tmp_path / "full")
        with pytest.raises(StorageError, match=os.strerror(errno.ENOSPC)):
            take(source, tmp_path / "full")
