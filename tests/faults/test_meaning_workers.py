"""test_meaning_workers: meaning is made and asked by processes of its own, with a real (tiny) model in each."""

import shutil

import numpy as np
import pytest

from vidwatchd import config, operations
from vidwatchd.operations import libraries, meaning
from vidwatchd.operations.make import Wanted, make
from vidwatchd.operations.scan import Look, scan


def test_the_whole_way_with_real_workers(clips, tiny, tmp_path):
    """Made by one worker, asked by another, and the daemon's own process loads no model."""
    tiny.clip()
    home, videos = tmp_path / "home", tmp_path / "videos"
    videos.mkdir()
    shutil.copy(clips.normal(), videos / "one.mp4")
    shutil.copy(clips.narrow_pixels(), videos / "other.mp4")
    shutil.copy(clips.normal(), videos / "again.mp4")
    with open(videos / "again.mp4", "ab") as file:
        file.write(b"\0\0\0\x08free")  # the same film in another file
    settings = {
        "data_dir": str(home),
        "models": {"folder": str(tiny.folder)},
        "artifacts": {"meaning": {"model": "clip-base"}},
    }
    with operations.open(config.parse(settings, home / "videorc.json")) as ctx:
        libraries.add(ctx, str(videos))
        scan(ctx, ctx.index.libraries.all()[0], Look(settle_seconds=0.0))
        made = make(ctx, str(videos), Wanted(("meaning",)))
        assert (made.failed, made.made) == ([], 3)
        ids = {video.path: video.id for video in ctx.index.videos.in_folder(1, "", recursive=True)}
        found = meaning.similar(ctx, ids["one.mp4"], 0.0)["moments"]
        assert (found[0]["video_id"], found[0]["score"]) == (ids["again.mp4"], pytest.approx(1, abs=0.01))
        folder = str(tiny.folder / "clip-base")
        (vector,) = meaning._asker(ctx).vectors(folder, "clip-base:1", ["a red dog"], 60.0)
        assert np.linalg.norm(np.frombuffer(vector, "<f2").astype(np.float32)) == pytest.approx(1, abs=2e-3)
        assert isinstance(meaning.by_meaning(ctx, "a red dog", patience_seconds=60.0), list)
