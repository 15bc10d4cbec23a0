"""test_stored_surrogates: an ffmpeg that lies or is killed, a full disk, a film that breaks off: never a broken resultant."""

import os
import subprocess

import pytest

from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.surrogate import Options, Request, replace
from vidwatchd.errors import BackendFailed, MediaError, StorageError
from vidwatchd.media import ffmpeg
from vidwatchd.media.playable import plays
from vidwatchd.media.probe import open_media

EXE = ffmpeg.executable()
# Trial encodings go to "-" and are honest; ``$out`` is what is written, of which those of ``$NAMED`` are betrayed.
LIAR = """#!/bin/sh
for word; do out="$word"; done
case "$out" in
  *{named}) out="${{out#file:}}" ;;
  *) exec {exe} "$@" ;;
esac
{way}
"""
HALF = '{exe} "$@" && size=$(stat -c %s "$out") && truncate -s $((size / 2)) "$out"'
WAYS = {
    "nothing": "exit 0",
    "an empty file": ': > "$out"',
    "half a file": HALF,
    "one second": '{exe} -v error -y -f lavfi -i testsrc2=s=64x64:d=1 "$out"',
    "killed": "kill -9 $$",
    "the disk is full": 'echo "av_interleaved_write_frame(): No space left on device" >&2; exit 1',
}


def liar(folder, way, named):
    path = folder / "ffmpeg"
    path.write_text(LIAR.format(named=named, exe=EXE, way=WAYS[way].format(exe=EXE)))
    path.chmod(0o755)
    return str(path)


def replaced(source, out, backend="auto", **more):
    with open_media(source) as media:
        return replace(Request(source, lambda: media, str(out), **more), Options(backend), BackendContext(str(out)))


@pytest.mark.parametrize("way", ["nothing", "an empty file", "half a file", "one second", "killed"])
def test_an_ffmpeg_that_lies_or_is_killed(clips, tmp_path, way):
    (tmp_path / "out").mkdir()
    with pytest.raises((MediaError, BackendFailed)):
        replaced(clips.normal(), tmp_path / "out", "proxy", ffmpeg_path=liar(tmp_path, way, "resultant.mp4"))
    assert os.listdir(tmp_path / "out") == []


@pytest.mark.parametrize("way", ["nothing", "an empty file", "killed"])
def test_what_fails_on_the_way_gives_way_to_stills(clips, tmp_path, way):
    (tmp_path / "out").mkdir()
    ran = replaced(clips.normal(), tmp_path / "out", ffmpeg_path=liar(tmp_path, way, "gathered.mkv"))
    assert (ran.backend, [name for name, _ in ran.fallback_from]) == ("keyframes", ["proxy"])
    assert plays(ran.result.path) == pytest.approx(3, abs=0.1)
    assert os.listdir(tmp_path / "out") == ["resultant.mp4"]


def test_a_full_disk_is_not_the_films_fault(clips, tmp_path):
    (tmp_path / "out").mkdir()
    with pytest.raises(StorageError, match="the disk is full"):
        replaced(clips.normal(), tmp_path / "out", ffmpeg_path=liar(tmp_path, "the disk is full", "resultant.mp4"))
    assert os.listdir(tmp_path / "out") == []


@pytest.mark.parametrize("backend", ["proxy", "keyframes", "auto"])
def test_a_disk_that_is_really_full(clips, tmp_path, backend):
    disk = tmp_path / "disk"
    disk.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", disk], capture_output=True)
    if made.returncode:
        pytest.skip(f"no small file system can be had here: {made.stderr.decode().strip()}")
    try:
        with pytest.raises(StorageError, match="the disk is full"):
            replaced(clips.cuts(), disk, backend)
        assert os.listdir(disk) == []
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


@pytest.mark.parametrize("backend", ["proxy", "keyframes"])
def test_a_film_that_breaks_off_keeps_what_there_is(clips, tmp_path, backend):
    ran = replaced(clips.truncated(), tmp_path, backend)
    assert plays(ran.result.path) == pytest.approx(80, abs=0.5)
    assert ran.result.origin == "real"
