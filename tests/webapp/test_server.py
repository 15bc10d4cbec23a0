import contextlib
import http.client
import socket
import threading
import time

import pytest
from flask import Flask

from tests.waiting import PATIENCE_SECONDS
from tests.webapp.wire import DOWNLOAD, drain
from vidwatchd.errors import UsageError
from vidwatchd.webapp import server as server_module
from vidwatchd.webapp.server import Server

# The door


def test_port_zero_is_known_before_it_runs(small_app):
    server = Server(small_app, "127.0.0.1", 0)
    assert server.address == "127.0.0.1"
    assert server.port > 0
    assert server.url == f"http://127.0.0.1:{server.port}"
    server.close()
    server.run()  # closed before it began: returns at once
    server.close()


def test_names_and_ipv6(small_app):
    for host, start in (("localhost", "http://127.0.0.1:"), ("0.0.0.0", "http://127.0.0.1:"), ("::1", "http://[::1]:")):
        try:
            server = Server(small_app, host, 0)
        except UsageError:
            assert host == "::1"  # a machine without IPv6
            continue
        assert server.url.startswith(start)
        server.close()


def test_a_port_in_use_says_so(small_app):
    with contextlib.closing(Server(small_app, "127.0.0.1", 0)) as first:
        with pytest.raises(UsageError, match="in use") as caught:
            Server(small_app, "127.0.0.1", first.port)
        assert "--port 0" in caught.value.hint


@pytest.mark.parametrize(("host", "port"), [("192.0.2.1", 0), ("127.0.0.1", 70000), ("x" * 300, 0)])
def test_an_address_that_cannot_be(small_app, host, port):
    with pytest.raises(UsageError):
        Server(small_app, host, port)


def test_the_port_is_free_again_after_close(small_app):
    first = Server(small_app, "127.0.0.1", 0)
    first.close()
    with contextlib.closing(Server(small_app, "127.0.0.1", first.port)) as second:
        assert second.port == first.port


def test_a_body_too_large(small_app, serve):
    server = serve(small_app, max_body_bytes=1000)
    assert server.ask("/", "POST", body=b"x" * 999)[2] == b"hi 999"
    assert server.ask("/", "POST", body=b"x" * 5000)[0] == 413


# The end


def test_close_with_streams_and_downloads_open(small_app, hub, serve, until):
    server = serve(small_app)
    with contextlib.ExitStack() as stack:
        streams = server.follow(stack, 30)
        get = DOWNLOAD
        slow = [stack.enter_context(server.connect(get, receive_bytes=4096)) for _ in range(10)]
        for sock in slow:
            sock.recv(10)
        server.end()
        until(lambda: len(hub) == 0)
        for stream in streams:
            with contextlib.suppress(http.client.IncompleteRead):
                stream.read()
        with pytest.raises(ConnectionError):
            server.connect()
    assert hub.publish("video", {})


def test_close_while_a_request_hangs(serve):
    app, entered, let_go = Flask("x"), threading.Event(), threading.Event()
    app.add_url_rule("/", view_func=lambda: (entered.set(), str(let_go.wait(2 * PATIENCE_SECONDS)))[1])
    server = serve(app)
    with server.connect("GET / HTTP/1.1\nHost: localhost\n\n"):
        assert entered.wait(PATIENCE_SECONDS)
        server.end()
    let_go.set()


def test_close_lets_a_running_request_finish(serve, monkeypatch):
    monkeypatch.setattr(server_module, "CLOSE_SECONDS", PATIENCE_SECONDS)
    entered = threading.Event()
    app = Flask("x")

    def slow():
        entered.set()
        time.sleep(0.1)
        return "done"

    app.add_url_rule("/", view_func=slow)
    server = serve(app)
    with server.connect("GET / HTTP/1.1\nHost: localhost\n\n") as sock:
        assert entered.wait(PATIENCE_SECONDS)
        server.end()
        assert drain(sock).endswith(b"done")


# What is refused, as it comes over the wire


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("GET / HTTP/1.1\nHost: localhost\n\n", b"200"),
        ("GET / HTTP/1.1\nHost: evil.example\n\n", b"403"),
        ("GET / HTTP/1.1\n\n", b"403"),
        ("GET / HTTP/1.0\n\n", b"403"),
        ("GET / HTTP/1.1\nHost: localhost\nHost: evil.example\n\n", b"403"),
        ("GET http://localhost/ HTTP/1.1\nHost: evil.example\n\n", b"403"),
        ("GET / HTTP/1.1\nHost: evil.example\nX-Forwarded-Host: localhost\n\n", b"403"),
        ("POST / HTTP/1.1\nHost: localhost\nOrigin: http://evil.example\nContent-Length: 0\n\n", b"403"),
        ("POST / HTTP/1.1\nHost: localhost\nContent-Length: 0\n\n", b"200"),
        ("GET /file/..%2f..%2fetc%2fpasswd HTTP/1.1\nHost: localhost\n\n", b"403"),
        ("GET /file/../../etc/passwd HTTP/1.1\nHost: localhost\n\n", b"403"),
        ("GET /file/%00 HTTP/1.1\nHost: localhost\n\n", b"403"),
        ("nonsense\n\n", b"400"),
    ],
)
def test_over_the_wire(small_app, serve, text, status):
    with serve(small_app).connect(text) as sock:
        sock.shutdown(socket.SHUT_WR)
        assert drain(sock).split()[1] == status
