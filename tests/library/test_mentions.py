"""test_mentions: names inside artifacts follow a rename, other text stays."""

import json

import pytest

from vidwatchd.library.mentions import rename_inside

FILES = {"a.mp4.sprites.jpg": "b.mp4.sprites.jpg", ".a.mp4.p/seg_01.webm": ".b.mp4.p/seg_01.webm"}


def renamed(path, text, old="a.mp4", new="b.mp4", files=FILES):
    path.write_text(text, encoding="utf-8")
    rename_inside(str(path), (old, new), files)
    return path.read_text(encoding="utf-8")


def test_an_index_names_its_sheet_and_its_video_anew(tmp_path):
    values = {
        "video": "a.mp4", "sheet": "a.mp4.sprites.jpg", "title": "a.mp4", "note": "see a.mp4.sprites.jpg",
        "segments": [{"file": ".a.mp4.p/seg_01.webm"}], "format": {"filename": "a.mp4"},
    }  # fmt: skip
    found = json.loads(renamed(tmp_path / "x.json", json.dumps(values, indent=1)))
    assert found == {
        "video": "b.mp4", "sheet": "b.mp4.sprites.jpg", "title": "a.mp4", "note": "see a.mp4.sprites.jpg",
        "segments": [{"file": ".b.mp4.p/seg_01.webm"}], "format": {"filename": "b.mp4"},
    }  # fmt: skip


@pytest.mark.parametrize("new", ["b c.mp4", "100%#.mp4", 'q"uo\\te.mp4', "new\nline.mp4"])
def test_a_track_names_its_sheet_anew_whatever_it_is_called(tmp_path, new):
    from urllib.parse import quote

    text = "WEBVTT\n\n00:00:00.000 --> 00:00:08.000\na.mp4.sprites.jpg#xywh=0,0,64,36\n"
    found = renamed(tmp_path / "x.vtt", text, new=new, files={"a.mp4.sprites.jpg": f"{new}.sprites.jpg"})
    assert found == text.replace("a.mp4.sprites.jpg", quote(f"{new}.sprites.jpg", safe=""))


def test_what_is_no_text_or_not_there_is_left_alone(tmp_path):
    picture = tmp_path / "a.jpg"
    picture.write_bytes(b'"video": "a.mp4"')
    rename_inside(str(picture), ("a.mp4", "b.mp4"), FILES)
    assert picture.read_bytes() == b'"video": "a.mp4"'
    broken = tmp_path / "x.json"
    broken.write_bytes(b'\xff "video": "a.mp4"')
    rename_inside(str(broken), ("a.mp4", "b.mp4"), FILES)
    assert broken.read_bytes() == b'\xff "video": "a.mp4"'
    rename_inside(str(tmp_path / "none.json"), ("a.mp4", "b.mp4"), FILES)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jpg", "x.json"]
