"""test_uploads: films that are sent: cut off, too much, of the wrong sort, twice at once; and the daemon killed meanwhile."""

import base64
import contextlib
import json
import os
import socket
import subprocess
import sys
import threading

import pytest

from tests.faults.disks import fill, small_disk
from tests.live import clip, put, unlike
from tests.sending import TYPE, form, head
from tests.sources import ROOT
from tests.waiting import PATIENCE_SECONDS
from tests.webapp.wire import drain


@pytest.fixture
def sent(daemons, tmp_path):
    """``sent(**settings)``: a daemon, and the folder of its uploads."""

    def start(*libraries, **settings):
        settings = {"store": {"min_free_gb": 0, **settings.pop("store", {})}, **settings}
        daemon = daemons(*libraries, **settings)
        return daemon, tmp_path / "home" / "data" / "uploads"

    return start


def upload(daemon, body, **headers):
    status, _, raw = daemon.ask("/api/store", "POST", body, {"Content-Type": TYPE, **headers}, timeout=PATIENCE_SECONDS)
    return status, raw


@contextlib.contextmanager
def connected(daemon):
    with socket.create_connection(("127.0.0.1", daemon.port), timeout=PATIENCE_SECONDS) as sock:
        yield sock


def litter(folder):
    return [name for name in os.listdir(folder) if name.endswith(".part")] if folder.exists() else []


def files(folder):
    return sorted(name for name in os.listdir(folder) if not name.startswith(".")) if folder.exists() else []


def test_an_upload_is_a_video_like_any_other(sent):
    daemon, uploads = sent()
    with daemon.listen() as events:
        status, raw = upload(daemon, form(clip(), "../../Füße.mp4"))
        assert (status, b"processing" in raw) == (202, True), raw
        daemon.wait_for(lambda: events.of("library") and events.of("video"))
    assert files(uploads) == ["Füße.mp4"]
    assert list(daemon.videos()) == ["Füße.mp4"]
    assert daemon.library("Uploads")["videos"] == 1
    daemon.stop()
    daemon.start()
    assert daemon.library("Uploads")["watched"], "it stands in the settings"
    daemon.stop()


def test_cut_off_midway(sent):
    daemon, uploads = sent()
    with connected(daemon) as sock:
        sock.sendall(head(1_000_000) + form(os.urandom(500_000))[:300_000])
        daemon.wait_for(lambda: litter(uploads))
        assert daemon.videos() == {}
    daemon.wait_for(lambda: not litter(uploads))
    assert files(uploads) == []


def test_the_daemon_is_killed_meanwhile(sent):
    daemon, uploads = sent(store={"max_uploads": 1})
    with connected(daemon) as sock:
        sock.sendall(head(1_000_000) + form(os.urandom(500_000))[:300_000])
        daemon.wait_for(lambda: litter(uploads))
        assert upload(daemon, form(clip()))[0] == 503
        daemon.kill()
    assert litter(uploads)
    daemon.start()
    daemon.wait_for(lambda: not litter(uploads))
    assert upload(daemon, form(clip()))[0] == 202, "its place is free"
    daemon.stop()


def test_the_daemon_ends_meanwhile(sent):
    daemon, uploads = sent()
    with connected(daemon) as sock:
        sock.sendall(head(1_000_000) + form(os.urandom(500_000))[:300_000])
        daemon.wait_for(lambda: litter(uploads))
        daemon.stop()
    if litter(uploads):  # where it was too slow to clear up in the moment it has for its end, the next start does
        daemon.start()
        daemon.wait_for(lambda: not litter(uploads))


def test_the_disk_fills_up(sent, tmp_path):
    with small_disk(tmp_path / "disk", "3m") as disk:
        daemon, _ = sent(store={"uploads_folder": str(disk / "uploads")})
        status, raw = upload(daemon, form(os.urandom(6_000_000)))
        assert (status, b"room" in raw) == (507, True), raw
        with connected(daemon) as sock:  # others take the room while it comes
            body = form(os.urandom(2_000_000))
            sock.sendall(head(len(body)) + body[:200_000])
            daemon.wait_for(lambda: litter(disk / "uploads"))
            ballast = fill(disk)
            sock.sendall(body[200_000:])
            said = drain(sock)
        assert said.startswith(b"HTTP/1.1 507")
        assert b"free some space" in said
        daemon.wait_for(lambda: not litter(disk / "uploads"))
        ballast.unlink()
        assert upload(daemon, form(clip()))[0] == 202
        daemon.stop()


def test_five_gigabytes_where_there_is_one(sent):
    daemon, uploads = sent(store={"max_upload_gb": 1_000_000_000.0})
    with connected(daemon) as sock:
        sock.sendall(head(10**17))
        said = sock.recv(65536)  # nobody waits for the body
    assert said.startswith(b"HTTP/1.1 507")
    assert litter(uploads) == []


def test_no_credentials_and_a_large_body(sent, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("me:word")
    secret.chmod(0o600)
    daemon, uploads = sent(serve={"port": 0, "password_file": str(secret)})
    with connected(daemon) as sock:
        sock.sendall(head(50_000_000_000))
        assert sock.recv(65536).startswith(b"HTTP/1.1 401")
    with connected(daemon) as sock:
        sock.sendall(head(50_000_000_000, Origin="http://elsewhere"))
        assert sock.recv(65536).startswith(b"HTTP/1.1 401")
    assert not uploads.exists()
    known = "Basic " + base64.b64encode(b"me:word").decode()
    assert upload(daemon, form(clip()), Authorization=known)[0] == 202


def test_the_wrong_sort(sent):
    daemon, uploads = sent()
    for data in (b"#EXTM3U\n/etc/passwd\n", b"<svg xmlns='http://www.w3.org/2000/svg'/>"):
        status, raw = upload(daemon, form(data))
        assert (status, b"unsupported_media" in raw) == (415, True), raw
    assert (files(uploads), litter(uploads), daemon.videos()) == ([], [], {})


def test_a_huge_name(sent):
    daemon, uploads = sent()
    assert upload(daemon, form(clip(), "é" * 4000 + ".mp4"))[0] == 202
    (name,) = files(uploads)
    assert 240 < len(name.encode()) <= 255
    assert name.endswith(".mp4")
    daemon.wait_for(lambda: daemon.videos()[name]["artifacts"]["thumbs"] == "done")


def test_one_film_twice_at_the_same_time(sent):
    daemon, uploads = sent()
    said = []
    body = form(clip())
    senders = [threading.Thread(target=lambda: said.append(upload(daemon, body))) for _ in range(3)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert [status for status, _ in said] == [202] * 3
    assert sorted(raw.count(b'"duplicate":true') for _, raw in said) == [0, 1, 1]
    assert files(uploads) == ["film.mp4"]
    assert upload(daemon, form(unlike(1)))[0] == 202
    assert files(uploads) == ["film (2).mp4", "film.mp4"]


def test_a_film_that_a_library_has_already(sent, tmp_path):
    path = put(tmp_path / "box", "mine.mp4", base=clip())
    daemon, uploads = sent(tmp_path / "box")
    daemon.wait_for(lambda: "mine.mp4" in daemon.videos())
    status, raw = upload(daemon, form(path.read_bytes(), keep_original="false"))
    assert (status, b'"duplicate":true' in raw, b'"mine.mp4"' in raw) == (202, True, True), raw
    assert (files(uploads), path.exists()) == ([], True)


def test_settings_changed_while_it_runs(sent):
    daemon, _ = sent()
    daemon.api("/api/settings", {"store.max_upload_gb": 0.000001}, method="PATCH")
    assert upload(daemon, form(bytes(2_000_000)))[0] == 413
    daemon.api("/api/settings", {"store.max_upload_gb": None}, method="PATCH")
    assert upload(daemon, form(clip()))[0] == 202
    command = [sys.executable, "-m", "vidwatchd", "settings", "store.max_upload_gb", "0.000001", "--config"]
    subprocess.run([*command, str(daemon.config)], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    daemon.wait_for(lambda: upload(daemon, form(bytes(2_000_000)))[0] == 413)


@pytest.fixture
def forming(sent, tmp_path):
    """A daemon that makes nothing but stored forms, and quickly; and the folder of its uploads."""
    folder = tmp_path / "home" / "data" / "uploads"
    folder.mkdir(parents=True)
    return sent(folder, kinds=["stored"], t2v={"backend": "keyframes"})


def test_an_original_that_nobody_wants_kept_goes_once_its_form_is_proven(forming):
    daemon, uploads = forming
    found = json.loads(upload(daemon, form(clip(), keep_original="false"))[1])
    item = f"/api/stored/{found['id']}"
    daemon.wait_for(lambda: not daemon.api(item)["has_original"], every=0.2)
    assert files(uploads) == []
    assert daemon.api(item)["status"] == "ready"
    assert daemon.ask(f"/stream/{found['id']}?original=0", timeout=PATIENCE_SECONDS)[0] in (200, 503)
    assert daemon.ask(f"/stream/{found['id']}?original=1")[0] == 410
    daemon.api(f"/api/libraries/{daemon.library('uploads')['id']}/scan", {})
    daemon.wait_idle()
    assert daemon.api(item)["status"] == "ready"


def test_the_index_is_lost_before_the_form_is_ready(forming):
    daemon, uploads = forming
    daemon.api("/api/jobs/pause", {"kind": "stored"})
    found = json.loads(upload(daemon, form(clip(), keep_original="false"))[1])
    (uploads / "mine.mp4").write_bytes(unlike(1))
    daemon.kill()
    for file in daemon.data.glob("index.db*"):
        file.unlink()
    daemon.start()
    item = f"/api/stored/{found['id']}"
    daemon.wait_for(lambda: files(uploads) == ["mine.mp4"], every=0.2)
    daemon.wait_for(lambda: not daemon.api(item)["has_original"])
    assert daemon.api(item)["status"] == "ready"
    daemon.wait_idle()
    assert files(uploads) == ["mine.mp4"], "what a person put there stays"
