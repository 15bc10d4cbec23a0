from __future__ import annotations

import json
import os
import re
from urllib.parse import unquote

import pytest

from tests.kinds import make, picture
from vidwatchd.artifacts.sprites import Sprites
from vidwatchd.model import MediaInfo, portable


def _info(duration_seconds: float, width: int = 1920, height: int = 1080) -> MediaInfo:
    return MediaInfo("mov", duration_seconds, 0.0, (), width, height, frames_per_second=25)


@pytest.mark.parametrize(
    ("duration", "count", "interval"),
    [
        (600, 60, 10),
        (605, 61, 10),
        (602, 60, 10),
        (1000, 100, 10),
        (7200, 100, 72),
        (45, 10, 4.5),
        (0.8, 4, 0.2),
        (0.04, 1, 0.04),
        (0, 1, 0),
    ],
)
def test_how_a_video_is_cut(duration, count, interval):
    grid = Sprites().grid(_info(duration))
    assert (grid.count, grid.interval_seconds) == (count, pytest.approx(interval))
    assert len(grid.middles) == count
    assert grid.middles[-1] <= duration


def test_the_most_frames_that_were_asked_for():
    assert Sprites(max_frames=7).grid(_info(7200)).count == 7
    assert Sprites(cols=3, rows=2).grid(_info(7200)).count == 6
    assert Sprites(cols=3, rows=2, max_frames=50).grid(_info(7200)).count == 6
    assert Sprites(interval_seconds=1).grid(_info(60)).count == 60


@pytest.mark.parametrize("size", [(1920, 1080), (100, 10000), (10000, 100), (7680, 4320)])
def test_no_sheet_passes_what_jpeg_and_browsers_take(size):
    kind = Sprites(width=4096, cols=100, rows=100)
    grid, wants = kind.grid(_info(86400, *size)), kind.wants(_info(86400, *size))
    width, height = grid.columns * wants.width, grid.rows * wants.width * size[1] / size[0]
    assert max(width, height) <= 65535
    assert width * height <= 64_000_000


def test_sheet_index_and_track_agree(clips, tmp_path):
    made = make("sprites", clips.long(), tmp_path, width=64, cols=4, rows=5)
    index = json.loads((tmp_path / "sprites/made.sprites.json").read_text())
    assert (index["cols"], index["rows"], index["frames"], index["interval_seconds"]) == (4, 3, 10, 8)
    assert (index["tile_width"], index["tile_height"], index["spread"]) == (64, 36, False)
    assert picture(tmp_path / "sprites/made.sprites.jpg").size == (256, 108) == (index["width"], index["height"])
    tiles = index["tiles"]
    assert [tile["index"] for tile in tiles] == list(range(10))
    assert (tiles[5]["x"], tiles[5]["y"], tiles[5]["w"], tiles[5]["h"]) == (64, 36, 64, 36)
    assert all(abs(tile["time"] - (tile["start"] + tile["end"]) / 2) <= 1.1 for tile in tiles)
    assert [tile["end"] for tile in tiles[:-1]] == [tile["start"] for tile in tiles[1:]]
    assert (tiles[0]["start"], tiles[-1]["end"]) == (0, 80)
    track = (tmp_path / "sprites/made.sprites.vtt").read_text()
    assert track.startswith("WEBVTT\n\n00:00:00.000 --> 00:00:08.000\nlong.mp4.sprites.jpg#xywh=0,0,64,36\n")
    assert len(re.findall("-->", track)) == 10
    assert made.facts["frames"] == 10
    assert "tiles" not in made.facts


def test_tiles_show_their_own_time(clips, tmp_path):
    """The clip is black from 3 s to 7 s: exactly those tiles are."""
    make("sprites", clips.black_middle(), tmp_path, interval_seconds=1)
    index = json.loads((tmp_path / "sprites/made.sprites.json").read_text())
    sheet = picture(tmp_path / "sprites/made.sprites.jpg")
    for tile in index["tiles"]:
        box = (tile["x"], tile["y"], tile["x"] + tile["w"], tile["y"] + tile["h"])
        brightest = max(sheet.crop(box).convert("L").getextrema())
        assert (brightest < 40) == (3 <= tile["time"] <= 7)


def test_a_long_one_is_spread(clips, tmp_path):
    facts = make("sprites", clips.long(), tmp_path, width=32, cols=2, rows=2).facts
    assert (facts["frames"], facts["interval_seconds"], facts["spread"]) == (4, 20, True)


def test_one_that_ends_early_has_the_tiles_there_are(clips, tmp_path):
    make("sprites", clips.truncated(), tmp_path, width=32)
    index = json.loads((tmp_path / "sprites/made.sprites.json").read_text())
    assert 4 <= index["frames"] <= 6
    assert index["tiles"][-1]["end"] <= 56
    assert picture(tmp_path / "sprites/made.sprites.jpg").width == index["frames"] * 32


@pytest.mark.parametrize("name", ["new\nline.mp4", "100%03d #1?.mp4", os.fsdecode(b"bytes \xff.mp4"), "q\"'.mp4"])
def test_the_track_names_any_sheet(clips, tmp_path, name):
    make("sprites", clips.named(name), tmp_path, width=32)
    lines = (tmp_path / "sprites/made.sprites.vtt").read_text(encoding="utf-8").splitlines()
    assert unquote(lines[3].partition("#")[0]) == portable(name) + ".sprites.jpg"
    assert lines[2].startswith("00:00:00.000 --> ")
