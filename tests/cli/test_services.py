"""test_services: service install, uninstall and status, with a stand-in for systemctl."""

import json
import os
import subprocess
import sys
import urllib.request

import pytest

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="systemd is Linux's")


@pytest.fixture
def systemctl(vw, tmp_path):
    """A systemctl that answers from a file and writes down what it was asked."""
    folder = tmp_path / "bin"
    folder.mkdir()
    script = folder / "systemctl"
    script.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\ncase "$*" in *is-active*) echo active;; esac\n')
    script.chmod(0o755)
    vw.env["PATH"] = f"{folder}{os.pathsep}{os.environ['PATH']}"
    return tmp_path / "asked"


def test_install_status_uninstall(vw, systemctl):
    installed = vw("service", "install", "--own", "--output-format", "json")
    unit = vw.home / "config" / "systemd" / "user" / "vidwatchd.service"
    assert (installed.code, installed.json["installed"], installed.json["running"]) == (0, True, True)
    assert installed.json["file"] == str(unit)
    assert str(vw.data) in unit.read_text()
    assert vw("service", "status", "--own").out.startswith(f"running: {unit}")
    removed = vw("service", "uninstall", "--own", "--output-format", "json")
    assert (removed.code, removed.json["installed"], unit.exists()) == (0, False, False)
    assert "enable vidwatchd.service" in systemctl.read_text()


def test_a_library_added_later_says_to_install_again(vw, systemctl, folder):
    vw("service", "install", "--own")
    added = vw("library", "add", folder)
    assert added.code == 0
    assert "run vidwatchd service install again" in added.err


def test_no_systemctl_is_said_with_what_to_do(vw, tmp_path):
    vw.env["PATH"] = str(tmp_path)
    done = vw("service", "status", "--own")
    assert (done.code, done.out) == (1, "")
    assert "vidwatchd serve" in done.err


def test_status_in_json(vw, systemctl):
    done = vw("service", "status", "--own", "--output-format", "json")
    assert json.loads(done.out).keys() == {"file", "installed", "running", "stale", "notes"}


@pytest.mark.system
def test_the_dashboard_says_so_too(vw, systemctl, folder):
    vw("service", "install", "--own")
    with vw.start("serve", "--port", "0", stdout=subprocess.PIPE, text=True) as process:
        address = process.stdout.readline().split()[-1]
        body, kind = json.dumps({"path": str(folder)}).encode(), {"Content-Type": "application/json"}
        try:
            with urllib.request.urlopen(urllib.request.Request(f"{address}/api/libraries", body, kind)) as answer:
                assert "vidwatchd service install" in json.load(answer)["notice"]
        finally:
            process.terminate()
