"""test_f11_tools: an ffmpeg that reports success but wrote nothing, half, or something else."""

import os
import shutil
from pathlib import Path

import imageio_ffmpeg
import pytest

from vidwatchd import operations
from vidwatchd.config import parse
from vidwatchd.errors import MediaError
from vidwatchd.operations.compare import compare
from vidwatchd.operations.transcode import Wanted, transcode

EXE = imageio_ffmpeg.get_ffmpeg_exe()
# Trial encodings go to "-" and are honest, so that only the work itself is betrayed; ``$out`` is its target.
LIAR = f"""#!/bin/sh
for word; do out="$word"; done
case "$out" in
  *made.mp4) out="${{out#file:}}" ;;
  *) exec {EXE} "$@" ;;
esac
"""
WAYS = {
    "nothing": "exit 0",
    "an empty file": ': > "$out"',
    "an old file": 'echo "no video" > "$out"',
    "half": f'{EXE} "$@" && size=$(stat -c %s "$out") && truncate -s $((size / 2)) "$out"',
    "the first second": f'{EXE} -v error -y -i "$SOURCE" -t 1 -preset ultrafast "$out"',
    "no sound": f'{EXE} -v error -y -i "$SOURCE" -an -preset ultrafast "$out"',
    "the source itself": 'cp "$SOURCE" "$out"',
}


@pytest.mark.parametrize("way", WAYS)
def test_f11_a_success_that_is_none(clips, tmp_path, monkeypatch, way):
    (tmp_path / "box").mkdir()
    source = shutil.copy(clips.hevc(), tmp_path / "box" / "film.mp4")
    monkeypatch.setenv("SOURCE", str(source))
    with operations.open(_lied_to(tmp_path, f"{LIAR}{WAYS[way]}\nexit 0\n")) as ctx:
        done = transcode(ctx, str(tmp_path / "box"), str(tmp_path / "new"), Wanted(product={"preset": "ultrafast"}))
    (row,) = done["files"]
    assert row["state"] == "failed"
    assert row["error"]
    assert os.listdir(tmp_path / "new") == [], "something that is not whole was left"
    assert (tmp_path / "box" / "film.mp4").read_bytes() == Path(clips.hevc()).read_bytes()


def test_f11_a_comparison_that_measured_nothing(clips, tmp_path):
    config = _lied_to(tmp_path, '#!/bin/sh\necho " TS ssim VV->V x"\necho " TS psnr VV->V x"\n')
    with operations.open(config) as ctx, pytest.raises(MediaError):
        compare(ctx, clips.hevc(), clips.hevc())


def _lied_to(tmp_path, script):
    liar = tmp_path / "ffmpeg"
    liar.write_text(script)
    liar.chmod(0o755)
    settings = {"data_dir": str(tmp_path / "data"), "media": {"ffmpeg_path": str(liar)}}
    return parse(settings, tmp_path / "videorc.json")
