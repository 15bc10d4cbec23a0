from __future__ import annotations

import json
import subprocess

import imagehash
import numpy as np
import pytest
from PIL import Image

from tests.clips import _run
from tests.kinds import make
from vidwatchd.artifacts.phash import Phash, combined


def distances(one: str, other: str) -> list[int]:
    return [(int(one[i : i + 16], 16) ^ int(other[i : i + 16], 16)).bit_count() for i in range(0, len(one), 16)]


def test_the_default_is_five_average_hashes_made_one_by_parity(clips, tmp_path):
    facts = make("phash", clips.long(), tmp_path).facts
    assert (facts["algorithm"], facts["combine"], facts["frames"], facts["bits"]) == ("ahash", "xor", 5, 1024)
    assert facts["times"] == pytest.approx([80 * n / 6 for n in range(1, 6)], abs=0.11)
    assert [len(facts[name]) for name in ("hash", "dct", "mirrored", "before", "flat")] == [256, 80, 80, 320, 5]
    document = json.loads((tmp_path / "phash/made.phash.json").read_text())
    hashes = [imagehash.hex_to_hash(each) for each in document["frame_hashes"]]
    assert str(combined(hashes, "xor")) == facts["hash"] == document["hash"]


def test_a_single_frame_is_its_own_hash_at_the_asked_place(clips, tmp_path):
    facts = make("phash", clips.long(), tmp_path, frames=1, algo="dct", time="25%").facts
    assert (facts["times"], facts["bits"]) == ([20.0], 64)
    assert facts["hash"] == facts["dct"]


def test_the_very_same_frame_by_other_means(clips, tmp_path):
    """ffmpeg's own frame at 20 s, hashed by imagehash, is within a few bits of ours."""
    _run("-ss", "20", "-i", clips.long(), "-frames:v", "1", str(tmp_path / "frame.png"))
    facts = make("phash", clips.long(), tmp_path, frames=1, algo="dct", time="20").facts
    with Image.open(tmp_path / "frame.png") as image:
        assert imagehash.hex_to_hash(facts["hash"]) - imagehash.phash(image) <= 4


@pytest.mark.parametrize(
    "codec",
    [("libx264", "-crf", "34", "-g", "77"), ("libvpx", "-b:v", "150k", "-cpu-used", "8", "-deadline", "realtime")],
)
def test_another_encoding_of_the_same_film_agrees(clips, tmp_path, codec):
    other = tmp_path / "other.mkv"
    _run("-i", clips.long(), "-c:v", *codec, "-vf", "scale=128:72", str(other))
    one, two = (make("phash", path, tmp_path / name).facts for name, path in (("a", clips.long()), ("b", str(other))))
    assert max(distances(one["dct"], two["dct"])) <= 6
    assert max(distances(one["before"], two["before"])) <= 6


def test_the_mirrored_hash_is_the_mirrored_videos(clips, tmp_path):
    other = tmp_path / "mirrored.mp4"
    _run("-i", clips.long(), "-vf", "hflip", str(other))
    one, two = (make("phash", path, tmp_path / name).facts for name, path in (("a", clips.long()), ("b", str(other))))
    assert max(distances(one["mirrored"], two["dct"])) <= 6 < min(distances(one["dct"], two["dct"]))


def test_frames_before_make_a_late_start_meet(clips, tmp_path):
    """Two seconds cut from the start: each frame of the copy is one of those before the original's, or near it."""
    other = tmp_path / "late.mp4"
    _run("-ss", "2", "-i", clips.cuts(), str(other))
    one, two = (make("phash", path, tmp_path / name).facts for name, path in (("a", clips.cuts()), ("b", str(other))))
    near = 0
    for n in range(5):
        mine, theirs = one["dct"][16 * n : 16 * n + 16], two["before"][64 * n : 64 * n + 64]
        near += min(distances(mine * 4, theirs)) <= 8
    assert near >= 4


def test_flat_frames_are_known(clips, tmp_path):
    assert make("phash", clips.still(), tmp_path).facts["flat"] == "11111"
    assert make("phash", clips.normal(), tmp_path).facts["flat"] == "00000"
    assert make("phash", clips.black_middle(), tmp_path).facts["flat"] == "01110"


def test_how_hashes_are_combined():
    a, b, c = (imagehash.ImageHash(np.array([[bool(int(x)) for x in bits]])) for bits in ("1100", "1010", "1001"))
    flat = {how: combined([a, b, c], how).hash[0].astype(int).tolist() for how in ("xor", "majority", "avg")}
    assert flat == {"xor": [1, 1, 1, 1], "majority": [1, 0, 0, 0], "avg": [1, 0, 0, 0]}
    assert combined([a, b], "majority").hash[0].astype(int).tolist() == [1, 0, 0, 0]  # more than half


def test_the_line_a_person_reads():
    assert Phash.line({"hash": "ab12", "algorithm": "dct"}) == "dct ab12"
    assert Phash.line({"hash": "f" * 256, "algorithm": "ahash"}).endswith("f...")


def test_imagehash_loads_only_when_it_hashes():
    script = "import sys, vidwatchd.artifacts; print({'imagehash', 'scipy', 'numpy', 'cv2'} & set(sys.modules))"
    import sys

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
