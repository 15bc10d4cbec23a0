"""test_quiet: a worker that heard or looked and is then killed leaves nothing for Python to tell of."""

import subprocess
import sys
import threading

import pytest

from tests.sources import ROOT
from tests.speech import DOOR, Said, spoken, trained
from vidwatchd.backends import quiet


def test_bars_share_a_lock_of_this_process_alone():
    tqdm = pytest.importorskip("tqdm").tqdm
    quiet.bars()
    assert isinstance(tqdm.get_lock(), type(threading.RLock()))
    with tqdm([1, 2], disable=True) as bar:
        assert list(bar) == [1, 2]


def test_where_there_are_no_bars_nothing_is_done(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    quiet.bars()


@pytest.mark.system
def test_a_command_that_had_speech_heard_says_nothing_else(tmp_path):
    spoken(tmp_path / "door.mp4", Said(DOOR))
    command = [sys.executable, "-m", "vidwatchd", "--data-dir", str(tmp_path / "data"), "subtitles", str(tmp_path)]
    done = subprocess.run([*command, "--model", trained()], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("door.mp4: en: 4 words (faster-whisper)\n")
