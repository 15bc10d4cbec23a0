"""test_receiving: an upload is judged by its head, goes to the disk as it comes, and leaves nothing when it breaks off."""

import base64
import contextlib
import http.client
import json
import os
import threading

import pytest
from flask import Flask, request

from tests.sending import TYPE, chunked, form, head
from tests.waiting import PATIENCE_SECONDS
from tests.webapp.wire import Running, drain
from vidwatchd import operations
from vidwatchd.config import parse
from vidwatchd.operations.arrivals import begin_apart
from vidwatchd.webapp import problems, receiving, security
from vidwatchd.webapp.security import Credentials, Guard

USER = Credentials("me", "secret")
KNOWN = "Basic " + base64.b64encode(b"me:secret").decode()


class Desk:
    """An app that tells what came, on a server that takes uploads."""

    def __init__(self, folder, credentials=None, **store):
        self.uploads = folder / "data" / "uploads"
        values = {"data_dir": str(folder / "data"), "store": {"min_free_gb": 0, **store}}
        self.opened = operations.open(parse(values, folder / "videorc.json"))
        self.ctx = self.opened.__enter__()
        self.begun = 0
        guard = Guard((), credentials)
        self.app = Flask("x")
        security.protect(self.app, guard)
        problems.install(self.app)
        self.app.add_url_rule("/", "hi", lambda: "hi")
        self.app.add_url_rule("/other", "other", lambda: f"{len(request.get_data())}", methods=["POST"])
        self.app.add_url_rule("/api/store", view_func=self.store, methods=["POST"])
        self.server = Running(self.app, max_body_bytes=2000, intake=receiving.Intake(guard, self.begin))

    def begin(self, length):
        self.begun += 1
        return begin_apart(self.ctx, length)

    def store(self):
        with receiving.arrival(request, self.begin) as found, open(found.path, "rb") as file:
            return {"name": found.name, "bytes": len(file.read()), "fields": found.fields}

    def litter(self):
        return os.listdir(self.uploads) if self.uploads.exists() else []

    def send(self, body, **headers):
        return self.server.ask("/api/store", "POST", {"Content-Type": TYPE, **headers}, body)

    def close(self):
        self.server.end()
        self.opened.__exit__(None, None, None)


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.setattr(receiving, "LINGER_SECONDS", PATIENCE_SECONDS)
    made = []
    yield lambda **options: made.append(Desk(tmp_path, **options)) or made[-1]
    for each in made:
        each.close()


def answer(sock):
    """(status, body) of what comes until the other side closes."""
    first, _, body = drain(sock).partition(b"\r\n\r\n")
    return int(first.split()[1]), body


def test_a_body_of_any_size_is_written_as_it_comes(desk):
    here = desk()
    data = os.urandom(5_000_000)
    assert here.send(form(data))[0] == 200
    assert here.server.ask("/other", "POST", body=b"x" * 5000)[0] == 413, "all else keeps its limit"
    assert here.litter() == []


def test_a_connection_goes_on_after_an_upload(desk):
    here = desk()
    with contextlib.closing(
        http.client.HTTPConnection("127.0.0.1", here.server.port, timeout=PATIENCE_SECONDS)
    ) as connection:
        for _ in range(3):
            connection.request("POST", "/api/store", form(b"abc", keep_original="0"), {"Content-Type": TYPE})
            said = connection.getresponse()
            assert (said.status, b'"bytes":3' in said.read()) == (200, True)
        connection.request("GET", "/")
        assert connection.getresponse().read() == b"hi"


def test_chunks(desk):
    here = desk()
    with here.server.connect() as sock:
        sock.sendall(head() + chunked(form(b"x" * 10_000)))
        status, body = answer(sock)
    assert (status, b'"bytes":10000' in body) == (200, True)


@pytest.mark.parametrize(
    "body", [b"nonsense\r\n", b"5" * 100_000, b"3\r\nabcdef\r\n", b"1\r\nx\r\n0\r\n" + b"y" * 100_000]
)
def test_broken_chunks(desk, body, until):
    here = desk()
    with here.server.connect() as sock:
        sock.sendall(head() + body)
        assert answer(sock)[0] == 400
    until(lambda: here.litter() == [])


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": KNOWN, "Origin": "http://elsewhere"}, 403),
        ({"Authorization": KNOWN, "Host": "elsewhere"}, 403),
        ({"Authorization": KNOWN, "Content_Type": "application/json"}, 400),
        ({"Authorization": KNOWN, "Expect": "100-continue", "Origin": "http://elsewhere"}, 403),
    ],
)
@pytest.mark.parametrize("length", [5_000_000_000, None])
def test_a_refused_head_is_answered_before_the_body(desk, headers, status, length):
    here = desk(credentials=USER)
    text = head(length, **headers)
    if "Content_Type" in headers:
        text = text.replace(f"Content-Type: {TYPE}\r\n".encode(), b"")
    if "Host" in headers:
        text = text.replace(b"Host: localhost\r\n", b"")
    with here.server.connect() as sock:
        sock.sendall(text)
        found, body = answer(sock)
    assert found == status, body
    assert here.begun == 0


def test_what_stands_behind_a_refused_head_is_no_request(desk):
    here = desk()
    with here.server.connect() as sock:
        sock.sendall(head(100, Origin="http://elsewhere") + b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert drain(sock).count(b"HTTP/1.1") == 1


def test_what_is_too_large_or_has_no_room_is_refused_before_the_body(desk):
    here = desk(max_upload_gb=1)
    with here.server.connect() as sock:
        sock.sendall(head(1_100_000_000))
        status, body = answer(sock)
    assert (status, b"store.max_upload_gb" in body) == (413, True)
    here.ctx.config = parse({"data_dir": here.ctx.config.data_dir, "store": {"min_free_gb": 1e9}})
    with here.server.connect() as sock:
        sock.sendall(head(1000))
        status, body = answer(sock)
    assert (status, b"no room" in body) == (507, True)


def test_a_sender_who_goes_on_sees_why_it_was_refused(desk, until):
    here = desk(max_upload_gb=0.001)
    with here.server.connect() as sock:
        sock.sendall(head() + chunked(form(os.urandom(8_000_000)), 100_000))
        status, body = answer(sock)
    assert (status, b"0.001 GB" in body) == (413, True)
    until(lambda: here.litter() == [])


def test_who_asks_first_is_told_to_go_on(desk):
    here = desk()
    body = form(b"abc")
    with here.server.connect() as sock:
        sock.sendall(head(len(body), Expect="100-continue", Connection="close"))
        assert sock.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        sock.sendall(body)
        assert answer(sock)[0] == 200


def test_an_upload_behind_another_request_waits_its_turn(desk):
    here = desk()
    body = form(b"abc")
    with here.server.connect() as sock:
        get = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
        sock.sendall(get + head(len(body), Connection="close") + body)
        said = drain(sock)
    assert said.count(b"HTTP/1.1 200") == 2
    assert said.index(b"hi") < said.index(b'"bytes":3')


def test_cut_off(desk, until):
    here = desk()
    with here.server.connect() as sock:
        sock.sendall(head(1_000_000) + form(b"x" * 10_000)[:5000])
        until(lambda: here.litter())
    until(lambda: here.litter() == [])
    body = form(b"x" * 100)
    with here.server.connect() as sock:  # as long as was said, and no whole form
        sock.sendall(head(len(body) - 10, Connection="close") + body[:-10])
        assert answer(sock)[0] == 400
    until(lambda: here.litter() == [])
    assert here.server.ask()[0] == 200


def test_who_stalls_is_dropped(desk, until):
    here = desk()
    here.server._waitress.adj.channel_timeout = 0.3
    with here.server.connect() as sock:
        sock.sendall(head(1_000_000) + form(b"x" * 10_000)[:5000])
        assert drain(sock) == b""
    until(lambda: here.litter() == [])


def test_several_at_once_hold_no_request_thread(desk, until):
    here = desk(max_uploads=12)
    body = form(b"x" * 100_000)
    with contextlib.ExitStack() as stack:
        socks = [stack.enter_context(here.server.connect()) for _ in range(12)]
        for sock in socks:
            sock.sendall(head(len(body), Connection="close") + body[:50_000])
        until(lambda: here.begun == 12)
        assert here.server.ask()[0] == 200
        for sock in socks:
            sock.sendall(body[50_000:])
        assert [answer(sock)[0] for sock in socks] == [200] * 12


def test_one_too_many_is_refused_before_its_body_and_a_place_is_free_again(desk, until):
    here = desk(max_uploads=2)
    body = form(b"x" * 100_000)
    with contextlib.ExitStack() as stack:
        first, second = (stack.enter_context(here.server.connect()) for _ in range(2))
        for number, sock in enumerate((first, second), 1):
            sock.sendall(head(len(body), Connection="close") + body[:50_000])
            until(lambda wanted=number: len(here.litter()) == wanted)
        with here.server.connect() as late:
            late.sendall(head(5_000_000_000))
            text, _, said = drain(late).partition(b"\r\n\r\n")
        assert (text.split()[1], b"\r\nRetry-After: 5\r\n" in text) == (b"503", True)
        assert json.loads(said) == {
            "error": "2 films are being uploaded already", "code": "busy",
            "hint": "send it again in a moment; store.max_uploads is the limit",
        }  # fmt: skip
        first.close()
        until(lambda: len(here.litter()) == 1)
        until(lambda: here.send(form(b"abc"))[0] == 200)
        second.sendall(body[50_000:])
        assert answer(second)[0] == 200
    assert [here.send(form(b"abc"))[0] for _ in range(3)] == [200] * 3, "whoever was refused took no place"


def test_the_end_of_the_server_leaves_nothing(desk, until):
    here = desk()
    with here.server.connect() as sock:
        sock.sendall(head(1_000_000) + form(b"x" * 10_000)[:5000])
        until(lambda: here.litter())
        here.server.end()
        until(lambda: here.litter() == [])
        until(lambda: not [thread for thread in threading.enumerate() if thread.name == "upload"])


def test_nothing_stays_open(desk, until):
    here = desk(max_upload_gb=0.001)
    here.send(form(b"x"))
    before = len(os.listdir("/dev/fd"))
    for _ in range(8):
        here.send(form(b"x"))
        with here.server.connect() as sock:
            sock.sendall(head(5_000_000_000))
            assert answer(sock)[0] == 413
        with here.server.connect() as sock:
            sock.sendall(head(1000) + b"x")
    # SQLite keeps descriptors of closed connections until others let go of the file.
    until(lambda: len(os.listdir("/dev/fd")) <= before + 6)


def test_without_the_server_the_stream_is_read(desk):
    here = desk()
    client = here.app.test_client()
    found = client.post("/api/store", data=form(b"x" * 5000, keep_original="no"), content_type=TYPE)
    assert found.json == {"name": "film.mp4", "bytes": 5000, "fields": {"keep_original": "no"}}
    assert client.post("/api/store", data=form(b"x" * 5000)[:100], content_type=TYPE).status_code == 400
    assert client.post("/api/store", json={}).status_code == 400
    assert here.litter() == []
