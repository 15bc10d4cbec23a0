"""test_pictures: pictures are read upright and small, and what cannot be read is said."""

import io
import os

import pytest
from PIL import Image

from vidwatchd.errors import MediaError, Unreadable
from vidwatchd.media.pictures import read_picture


def half(size=(400, 200), mode="RGB"):
    """Red on the left, blue on the right."""
    image = Image.new("RGB", size, (0, 0, 255))
    image.paste((255, 0, 0), (0, 0, size[0] // 2, size[1]))
    return image.convert(mode)


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.bmp", "a.gif", "a.tiff", "a.avif", "named.mp4"])
def test_any_usual_sort(tmp_path, name):
    half().save(tmp_path / name, "PNG" if name.endswith("mp4") else None)
    found = read_picture(str(tmp_path / name), 1000)
    assert (found.mode, found.size) == ("RGB", (400, 200))
    assert found.getpixel((50, 100))[0] > 200 > 50 > found.getpixel((350, 100))[0]


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "1", "CMYK"])
def test_any_mode(tmp_path, mode):
    path = tmp_path / ("a.tiff" if mode == "CMYK" else "a.png")
    half(mode=mode).save(path)
    assert (read_picture(str(path), 100).mode, read_picture(str(path), 100).size) == ("RGB", (100, 50))


def test_a_turned_picture_is_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned to the right
    half().save(tmp_path / "a.jpg", exif=exif)
    found = read_picture(str(tmp_path / "a.jpg"), 100)
    assert found.size == (50, 100)
    assert found.getpixel((25, 10))[0] > 200 > 50 > found.getpixel((25, 90))[0]


def test_a_huge_picture_is_small(tmp_path):
    Image.new("RGB", (12000, 9000)).save(tmp_path / "a.jpg")  # of which Pillow warns
    assert read_picture(str(tmp_path / "a.jpg"), 400).size == (400, 300)


def test_what_is_no_picture(tmp_path, clips):
    (tmp_path / "a.txt").write_text("no picture")
    (tmp_path / "b").write_bytes(b"")
    for path in (tmp_path / "a.txt", tmp_path / "b", clips.normal()):
        assert read_picture(str(path), 100) is None


def test_what_cannot_be_read_is_said(tmp_path, monkeypatch):
    written = io.BytesIO()
    half().save(written, "PNG")
    (tmp_path / "cut.png").write_bytes(written.getvalue()[:120])
    with pytest.raises(MediaError, match=r"cut\.png is a broken picture"):
        read_picture(str(tmp_path / "cut.png"), 100)
    (tmp_path / "phone.heic").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    with pytest.raises(MediaError, match=r"of a sort that cannot be read here.*save it as JPEG"):
        read_picture(str(tmp_path / "phone.heic"), 100)
    with pytest.raises(Unreadable, match="No such file"):
        read_picture(str(tmp_path / "gone.png"), 100)
    half().save(tmp_path / "large.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    with pytest.raises(MediaError, match="too many pixels"):
        read_picture(str(tmp_path / "large.png"), 100)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission(tmp_path):
    half().save(tmp_path / "a.png")
    (tmp_path / "a.png").chmod(0)
    with pytest.raises(Unreadable, match="Permission denied"):
        read_picture(str(tmp_path / "a.png"), 100)


def test_what_is_only_called_a_picture_is_told_so(tmp_path):
    (tmp_path / "x.jpg").write_text("junk")
    (tmp_path / "x.mp4").write_text("junk")
    with pytest.raises(MediaError, match=r"x\.jpg is called a picture and is none"):
        read_picture(str(tmp_path / "x.jpg"), 100)
    assert read_picture(str(tmp_path / "x.mp4"), 100) is None
