"""conftest: the command line, run in this process or in one of its own, with a home and an index of its own."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass

import pytest
from click.testing import CliRunner

from tests.sources import ROOT
from tests.waiting import PATIENCE_SECONDS
from vidwatchd import artifacts
from vidwatchd.cli import group


@dataclass(frozen=True)
class Done:
    """What came of one run."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        """The one JSON document on standard output."""
        return json.loads(self.out)


# What can be made here; the others are told to be unavailable, for want of a model.
READY = tuple(name for name, kind in artifacts.KINDS.items() if kind().ready("") is None)


class Program:
    """Runs commands; everything the program keeps lies under ``home``."""

    def __init__(self, home):
        self.home = home
        self.data = home / "data"
        self.env = {
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_DATA_HOME": str(home / "share"),
            "VIDWATCHD_DATA_DIR": str(self.data),
            "VIDEORC": "",
        }

    def __call__(self, *words, typed=None):
        """Run in this process; ``typed`` is standard input."""
        found = CliRunner(env=self.env).invoke(group, [str(word) for word in words], input=typed)
        if found.exception and not isinstance(found.exception, SystemExit):
            raise found.exception
        return Done(found.exit_code, found.stdout, found.stderr)

    def start(self, *words, **extra):
        """Start a process of its own."""
        command = [sys.executable, "-m", "vidwatchd", *(str(word) for word in words)]
        return subprocess.Popen(command, cwd=ROOT, env={**os.environ, **self.env}, **extra)

    def alone(self, *words):
        """Run in a process of its own, to the end."""
        with self.start(*words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            out, err = process.communicate(timeout=PATIENCE_SECONDS)
        return Done(process.returncode, out, err)


@pytest.fixture
def vw(tmp_path):
    """The program with a fresh home."""
    return Program(tmp_path / "home")


@pytest.fixture
def folder(tmp_path, clips):
    """A folder with a video, another one folder deeper, and a file that only looks like one."""
    return _filled(tmp_path / "videos", clips)


@pytest.fixture(scope="session")
def made(tmp_path_factory, clips):
    """(program, folder) after every kind was made; for tests that write nothing."""
    home = tmp_path_factory.mktemp("made")
    program, videos = Program(home / "home"), _filled(home / "videos", clips)
    assert program("batch", videos, "-r", "--tasks", ",".join(artifacts.KINDS), "--workers", "1").code == 1
    return program, videos


def files_under(*folders):
    """Every file and its time, to see that nothing was written."""
    return {
        (path, path.lstat().st_mtime_ns) for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()
    }


def _filled(videos, clips):
    (videos / "sub").mkdir(parents=True)
    shutil.copy(clips.still(), videos / "beach.mp4")
    shutil.copy(clips.still(), videos / "sub" / "new\nline \x1b[31m.mp4")
    (videos / "broken.mp4").write_bytes(b"no video\n" * 100)
    return videos
