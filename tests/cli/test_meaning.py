"""test_meaning: moments that look alike, from the command line."""

import struct

import pytest

from vidwatchd.index import open_index
from vidwatchd.index.vectors import Space
from vidwatchd.model import Artifact, ArtifactState


@pytest.fixture
def looked(vw, folder):
    """The folder, whose two videos were looked at and show the same."""
    vw("scan", folder)
    index = open_index(str(vw.data))
    for video in index.videos.in_folder(1, "", recursive=True):
        index.artifacts.put(Artifact(video.id, "meaning", ArtifactState.DONE), files={})
        index.vectors.put(
            video.id, "meaning", 1.0, Space("frames", "clip-base:1", 2), ([65.0], [70.0]), struct.pack("<2e", 1, 0)
        )
    index.close()
    return folder


def test_for_people(vw, looked):
    done = vw("similar", looked / "beach.mp4", "--at", "12", "--limit", "1")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("  100% alike  1:05  ")


def test_for_programs(vw, looked):
    found = vw("similar", looked / "beach.mp4", "--output-format", "json").json
    assert found["at_seconds"] == 65.0
    assert {moment["video"]["path"] for moment in found["moments"]} == {"sub/new\nline \x1b[31m.mp4", "broken.mp4"}


def test_without_a_model_it_names_the_command(vw, folder):
    vw("scan", folder)
    done = vw("similar", folder / "beach.mp4")
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert "vidwatchd models pull siglip2-base" in done.err


@pytest.mark.parametrize("words", [["--at", "-1"], ["--at", "x"], ["--limit", "0"]])
def test_wrong_flags(vw, looked, words):
    assert vw("similar", looked / "beach.mp4", *words).code == 2


def test_a_folder_is_no_video(vw, looked):
    assert vw("similar", looked).code == 2
