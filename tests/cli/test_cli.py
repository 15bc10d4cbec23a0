"""test_cli: the root command: its names, its flags, how it starts."""

import re
import subprocess
import sys

import pytest

from tests.sources import ROOT
from vidwatchd import __version__, artifacts

COMMANDS = {
    "serve", "scan", "list", "report", "finish", "batch", "dupes", "similar", "codecs", "transcode",
    "compare", "tags", "transcript", "rename", "library", "models", "service", "doctor", "search", "searches",
    "people", "listing", "store", "reconstitute", "settings",
}  # fmt: skip


def test_the_version_is_the_packages(vw):
    assert (vw("--version").code, vw("--version").out) == (0, f"vidwatchd, version {__version__}\n")


def test_list_commands_prints_names_only(vw):
    done = vw("--list-commands")
    assert done.code == 0
    assert set(done.out.split()) == COMMANDS | set(artifacts.KINDS) | {"meta", "embed", "queue", "phash-dupes"}


def test_help_lists_every_command_and_flag(vw):
    done = vw("--help")
    listed = set(re.findall(r"^  (\w+)  ", done.out.partition("Commands:")[2], re.MULTILINE))
    assert listed == COMMANDS | set(artifacts.KINDS)
    assert "--list-commands" in done.out


def test_without_a_word_it_helps(vw):
    done = vw()
    assert done.code == 2
    assert "Usage:" in done.err


@pytest.mark.system
def test_python_dash_m_is_the_command(vw):
    done = vw.alone("--version")
    assert (done.code, done.out) == (0, f"vidwatchd, version {__version__}\n")


@pytest.mark.system
def test_starting_loads_no_operation(tmp_path):
    code = "import sys, vidwatchd.cli; print(*sys.modules, sep='\\n')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = set(done.stdout.split())
    assert {"vidwatchd.operations", "sqlite_utils", "pebble", "rich", "flask", "PIL"} & loaded == set()
