from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from vidwatchd.errors import MediaError
from vidwatchd.media import images


def test_quality_falls_from_ffmpegs_best_to_its_worst():
    values = [images.jpeg_quality(q) for q in range(1, 32)]
    assert values == sorted(values, reverse=True)
    assert [images.jpeg_quality(q) for q in (2, 4, 31)] == [94, 88, 27]


def test_a_written_jpeg_is_checked(tmp_path):
    path = str(tmp_path / "a.jpg")
    images.write_jpeg(Image.new("RGB", (64, 36), "red"), path, 2)
    with pytest.raises(MediaError, match="not"):
        images.verify_jpeg(path, (64, 37))
    whole = (tmp_path / "a.jpg").read_bytes()
    (tmp_path / "a.jpg").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(MediaError, match="cannot be read"):
        images.verify_jpeg(path, (64, 36))


def test_liveliness_tells_a_picture_from_a_flat_one():
    noise = np.random.default_rng(1).integers(0, 255, (90, 160, 3), dtype=np.uint8)
    assert images.liveliness(Image.new("RGB", (160, 90), "black")) == 0
    assert images.liveliness(Image.fromarray(noise)) > 5


def test_a_sheet_is_only_as_large_as_its_tiles(tmp_path):
    sheet = images.ContactSheet(4, 10)
    boxes = [sheet.add(Image.new("RGB", (32, 18), (40 * i, 0, 0))) for i in range(6)]
    assert boxes[5] == (32, 18, 32, 18)
    assert sheet.write(str(tmp_path / "sheet.jpg"), 2) == (128, 36)
    with Image.open(tmp_path / "sheet.jpg") as image:
        assert image.getpixel((48, 27))[0] == pytest.approx(200, abs=4)


def test_a_tile_of_another_size_is_fitted():
    sheet = images.ContactSheet(2, 1)
    sheet.add(Image.new("RGB", (32, 18)))
    assert sheet.add(Image.new("RGB", (33, 20))) == (32, 0, 32, 18)


def test_an_empty_sheet_is_refused(tmp_path):
    with pytest.raises(MediaError):
        images.ContactSheet(2, 2).write(str(tmp_path / "none.jpg"), 2)


@pytest.mark.parametrize(("transfer", "paper_white"), [("pq", 0.5807), ("hlg", 0.75)])
def test_paper_white_becomes_nearly_white_and_black_stays_black(transfer, paper_white):
    grey = np.full((4, 4, 3), round(paper_white * 65535), dtype=np.uint16)
    assert 190 <= images.tone_map(grey, transfer).getpixel((1, 1))[0] <= 235
    assert images.tone_map(np.zeros((4, 4, 3), np.uint16), transfer).getpixel((1, 1)) == (0, 0, 0)
    assert images.tone_map(np.full((4, 4, 3), 65535, np.uint16), transfer).getpixel((1, 1)) == (255, 255, 255)


def test_tone_mapping_keeps_the_order_of_brightness():
    ramp = np.repeat(np.linspace(0, 65535, 64).astype(np.uint16)[None, :, None], 3, axis=2)
    row = [images.tone_map(ramp, "pq").getpixel((x, 0))[1] for x in range(64)]
    assert row == sorted(row)
