"""test_reading: the transcript of a video, from the command line."""

import pytest

from tests.cli.conftest import files_under
from tests.spoken import say, track
from vidwatchd import config, operations


@pytest.fixture
def talk(vw, folder):
    """A video with words."""
    assert vw("scan", folder).code == 0
    settings = config.parse({"data_dir": str(vw.data)}, folder / "videorc.json")
    with operations.open(settings) as ctx:
        library = ctx.index.libraries.all()[0]
        say(ctx, ctx.index.videos.at(library.id, "beach.mp4").id, track())
    return folder / "beach.mp4"


def test_lines_with_times(vw, talk, folder):
    before = files_under(folder, vw.data)
    done = vw("transcript", talk)
    assert (done.code, done.out.splitlines()[0]) == (0, "00:00:00.500  Hello there.")
    assert files_under(folder, vw.data) == before


def test_files_of_subtitles_and_json(vw, talk):
    assert vw("transcript", talk, "--format", "vtt").out.startswith("WEBVTT\n\n00:00:00.500 --> 00:00:02.000\nHello")
    assert vw("transcript", talk, "--track", "en", "--format", "srt").out.startswith("1\n00:00:00,500")
    for flags in (("--format", "json"), ("--output-format", "json")):
        assert vw("transcript", talk, *flags).json["tracks"][0]["label"] == "English"


def test_what_cannot_be_told(vw, talk, folder):
    assert vw("transcript", talk, "--track", "fr").code == 1
    done = vw("transcript", folder / "broken.mp4")
    assert (done.code, done.out) == (1, "")
    assert "vidwatchd subtitles" in done.err
    assert vw("transcript", folder / "none.mp4").code == 2


def test_a_folder_is_no_video(vw, talk, folder):
    done = vw("transcript", folder)
    assert (done.code, done.out, done.err) == (2, "", f"vidwatchd: {folder} is a folder (name a video file)\n")


def test_a_video_in_which_nobody_speaks(vw, folder):
    (folder / "broken.mp4").unlink()
    assert vw("subtitles", folder).code == 0
    done = vw("transcript", folder / "beach.mp4")
    assert (done.code, done.out, done.err) == (0, "", "beach.mp4: nobody speaks in it\n")
    done = vw("transcript", folder / "beach.mp4", "--format", "json")
    assert (done.code, done.json["tracks"], done.err) == (0, [], "")
