"""test_f06_subtitles_beside: a subtitle file dropped beside a video is taken up by itself, once it is whole."""

import time

import pytest

from tests.live import put

SETTLE_SECONDS = 0.6


@pytest.fixture
def film(tmp_path, daemons, monkeypatch):
    """A daemon that made the lines of one film; its folder, a way to wait for them, and what was made so far."""
    monkeypatch.setenv("NOTES", str(tmp_path / "notes"))
    lib = tmp_path / "lib"
    put(lib, "d/Film.mp4", 1)
    put(lib, "d/Other.mp4", 2)
    settings = {
        "watch": {"settle_seconds": SETTLE_SECONDS},
        "program": ("-m", "tests.faults.reading_kind"),
        "kinds": ("metadata", "lines"),
    }
    daemon = daemons(lib, **settings)
    daemon.wait_done("d/Film.mp4", "d/Other.mp4", kinds=("lines",))
    daemon.wait_idle()
    return lib / "d", daemon


def says(folder, daemon, text):
    """Wait until the film's lines are these."""
    file = folder / ".artifacts" / "Film.mp4.lines.txt"
    daemon.wait_for(lambda: file.exists() and file.read_text() == text)


def written(file, text):
    """Write a file in several pieces; how long it rested after each."""
    pauses, last = [], time.monotonic()
    with file.open("w") as writer:
        for letter in text:
            writer.write(letter)
            writer.flush()
            time.sleep(0.2)
            pauses.append(time.monotonic() - last)
            last = time.monotonic()
    return pauses


def made(tmp_path):
    return [line for line in (tmp_path / "notes").read_text().splitlines() if line.startswith("Film.mp4")]


def test_f06_a_subtitle_file_that_comes_grows_and_goes(film, tmp_path):
    folder, daemon = film
    says(folder, daemon, "none")
    file = folder / "Film.en.srt"
    pauses = written(file, "hello")
    says(folder, daemon, "hello")
    # Where this process was held up for longer than a file has to be still, what it had written by then counted.
    assert made(tmp_path) == ["Film.mp4: none", "Film.mp4: hello"] or max(pauses) > SETTLE_SECONDS / 2, "half of it"
    (folder / "Film.de.srt").write_text("hallo")
    says(folder, daemon, "hallo|hello")
    file.unlink()
    says(folder, daemon, "hallo")
    daemon.wait_idle()
    assert (tmp_path / "notes").read_text().count("Other.mp4") == 1


def test_f06_one_that_comes_while_its_video_is_read_is_not_missed(film, tmp_path):
    folder, daemon = film
    (folder / "Film.srt").write_text("slow")
    daemon.wait_for(lambda: made(tmp_path)[-1:] == ["Film.mp4: slow"])
    (folder / "Film.srt").write_text("quick now")
    says(folder, daemon, "quick now")
    daemon.wait_done("d/Film.mp4", kinds=("lines",))
