"""test_edge: how a run ends: exit statuses, one sentence, nothing that looks like a crash."""

import os
import subprocess

import pytest

from tests.waiting import PATIENCE_SECONDS
from vidwatchd.cli import edge
from vidwatchd.cli.session import Session
from vidwatchd.errors import InvalidDirectory, StorageError


def failing(error):
    def call():
        raise error

    return call


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InvalidDirectory("no folder"), 2),
        (StorageError("disk full", hint="make room"), 1),
        (RuntimeError("odd"), 1),
        (OSError(28, "No space left on device"), 1),
        (KeyboardInterrupt(), 130),
    ],
)
def test_every_error_has_its_status_and_one_line(capsys, error, code):
    assert edge.guarded(failing(error), Session()) == code
    assert capsys.readouterr().err.count("\n") == (0 if code == 130 else 1)


def test_an_unexpected_error_shows_its_trace_only_when_asked(capsys):
    edge.guarded(failing(RuntimeError("odd")), Session())
    assert capsys.readouterr().err == "vidwatchd: internal error: odd; run with --verbose\n"
    edge.guarded(failing(RuntimeError("odd")), Session(verbose=True))
    assert "Traceback" in capsys.readouterr().err


def test_what_a_command_returns_is_the_status():
    assert [edge.guarded(lambda code=code: code, Session()) for code in (None, 0, 1)] == [0, 0, 1]


def test_names_in_messages_are_made_harmless(capsys):
    edge.told("the folder a\nb\x1b[31m\udcff does not exist", 2)
    assert capsys.readouterr().err == "vidwatchd: the folder a\\nb\\x1b[31m\\xff does not exist\n"


def test_a_reader_who_leaves_is_no_error(made):
    vw, folder = made
    reading, writing = os.pipe()
    os.close(reading)
    with vw.start("report", folder, "--output-format", "json", stdout=writing, stderr=subprocess.PIPE) as process:
        os.close(writing)
        _, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert (process.returncode, err) == (141, b"")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
@pytest.mark.parametrize("words", [["list"], ["--help"]])
def test_a_full_disk_under_the_output_is_said(made, words):
    vw, folder = made
    with open("/dev/full", "wb") as full:
        process = vw.start(*words, folder, stdout=full, stderr=subprocess.PIPE)
        _, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 1
    assert err.decode().count("\n") == 1
    assert "No space left on device" in err.decode()


def test_any_encoding_can_be_printed_to(vw, folder):
    (folder / "beach.mp4").rename(folder / "浜.mp4")
    vw.env["PYTHONIOENCODING"] = "latin-1"
    done = vw.alone("list", folder)
    assert (done.code, done.out) == (0, "broken.mp4\n\\u6d5c.mp4\n")


def test_closed_streams_are_no_error(vw, folder):
    command = f'exec "{os.sys.executable}" -m vidwatchd list "$0" >&- 2>&-'
    done = subprocess.run(["sh", "-c", command, folder], env={**os.environ, **vw.env}, cwd=os.getcwd(), check=False)
    assert done.returncode == 0
