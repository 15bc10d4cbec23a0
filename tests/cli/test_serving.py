"""test_serving: serve in a process of its own."""

import json
import signal
import socket
import subprocess
import urllib.request

from tests.waiting import PATIENCE_SECONDS


def test_serve_says_where_and_stops_when_told(vw, folder):
    words = ("serve", folder, "--port", "0")
    with vw.start(*words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline()
        try:
            assert line.startswith("Dashboard: http://127.0.0.1:"), process.communicate(timeout=PATIENCE_SECONDS)
            with urllib.request.urlopen(f"{line.split()[1].rstrip('/')}/health", timeout=PATIENCE_SECONDS) as answer:
                assert answer.status == 200
        finally:
            process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert (process.returncode, out) == (0, ""), err


def test_an_address_in_use_is_one_sentence(vw):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = vw.alone("serve", "--port", taken.getsockname()[1])
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)


def test_an_open_address_needs_a_password(vw):
    done = vw.alone("serve", "--host", "0.0.0.0", "--port", "0")
    assert (done.code, done.out) == (2, "")
    assert "--password-file" in done.err


def test_a_wrong_folder_is_one_sentence(vw):
    done = vw.alone("serve", "/nowhere", "--port", "0")
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)


def test_the_device_of_one_start(vw, folder):
    with vw.start("serve", folder, "--port", "0", "--device", "cpu", stdout=subprocess.PIPE, text=True) as process:
        try:
            address = process.stdout.readline().split()[1].rstrip("/")
            with urllib.request.urlopen(f"{address}/api/settings", timeout=PATIENCE_SECONDS) as answer:
                rows = [row for group in json.load(answer)["groups"] for row in group["settings"]]
        finally:
            process.send_signal(signal.SIGTERM)
    assert [row["value"] for row in rows if row["key"] == "device"] == ['"cpu"']
    done = vw.alone("serve", "--device", "gpu", "--port", "0")
    assert (done.code, done.out) == (2, "")
    assert "cuda" in done.err
