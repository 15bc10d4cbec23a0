import contextlib
import http.client
import os
import socket
import threading
import time

import pytest
from flask import Flask, Response, request

from vidwatchd.errors import UsageError
from vidwatchd.webapp import problems, security
from vidwatchd.webapp.events import Hub
from vidwatchd.webapp.server import Server
from vidwatchd.webapp.stream import inside, send_file_range

BIG = 24 * 1024 * 1024  # more than the kernel buffers of one connection hold
FOLLOW = "GET /events HTTP/1.1\nHost: localhost\n\n"


@pytest.fixture
def hub():
    return Hub(max_bytes=64 * 1024)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("library")
    (folder / "big.mp4").write_bytes(os.urandom(1 << 16) * (BIG >> 16))
    (folder / "small.jpg").write_bytes(b"picture")
    return folder


@pytest.fixture
def app(hub, folder):
    app = Flask("x")
    security.protect(app)
    problems.install(app)

    @app.get("/events")
    def events():
        stream = hub.subscribe(request.headers.get("Last-Event-ID"), until=lambda type, data: type == "last")
        return Response(stream, mimetype="text/event-stream", direct_passthrough=True)

    @app.get("/file/<path:path>")
    def file(path):
        return send_file_range(inside(str(folder), path))

    @app.route("/", methods=["GET", "POST"])
    def hi():
        return f"hi {len(request.get_data())}"

    return app


def follow(server, stack, count):
    """``count`` open event streams, their headers and first words read."""
    streams = []
    for _ in range(count):
        connection = stack.enter_context(
            contextlib.closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=10))
        )
        connection.request("GET", "/events")
        response = stack.enter_context(connection.getresponse())
        assert response.readline().startswith(b"retry:")
        streams.append(response)
    return streams


def next_event(response):
    while not (line := response.readline()).startswith(b"event:"):
        assert line, "the stream ended"
    return line.split()[1].decode()


def drain(sock):
    found = b""
    while block := sock.recv(65536):
        found += block
    return found


# The door


def test_port_zero_is_known_before_it_runs(app):
    server = Server(app, "127.0.0.1", 0)
    assert server.address == "127.0.0.1"
    assert server.port > 0
    assert server.url == f"http://127.0.0.1:{server.port}"
    server.close()
    server.run()  # closed before it began: returns at once
    server.close()


def test_names_and_ipv6(app):
    for host, start in (("localhost", "http://127.0.0.1:"), ("0.0.0.0", "http://127.0.0.1:"), ("::1", "http://[::1]:")):
        try:
            server = Server(app, host, 0)
        except UsageError:
            assert host == "::1"  # a machine without IPv6
            continue
        assert server.url.startswith(start)
        server.close()


def test_a_port_in_use_says_so(app):
    with contextlib.closing(Server(app, "127.0.0.1", 0)) as first:
        with pytest.raises(UsageError, match="in use") as caught:
            Server(app, "127.0.0.1", first.port)
        assert "--port 0" in caught.value.hint


@pytest.mark.parametrize(
    ("host", "port"), [("no such host", 0), ("192.0.2.1", 0), ("127.0.0.1", 70000), ("x" * 300, 0)]
)
def test_an_address_that_cannot_be(app, host, port):
    with pytest.raises(UsageError):
        Server(app, host, port)


def test_the_port_is_free_again_after_close(app):
    first = Server(app, "127.0.0.1", 0)
    first.close()
    with contextlib.closing(Server(app, "127.0.0.1", first.port)) as second:
        assert second.port == first.port


def test_a_body_too_large(app, serve):
    server = serve(app, max_body_bytes=1000)
    assert server.ask("/", "POST", body=b"x" * 999)[2] == b"hi 999"
    assert server.ask("/", "POST", body=b"x" * 5000)[0] == 413


# Event streams


def test_many_streams_hold_no_request_thread(app, hub, serve, until):
    server = serve(app, threads=2)
    with contextlib.ExitStack() as stack:
        streams = follow(server, stack, 120)
        for _ in range(20):
            assert server.ask()[0] == 200
        hub.publish("video", {"id": 1})
        assert {next_event(stream) for stream in streams} == {"video"}
        assert len(hub) == 120
    until(lambda: len(hub) == 0)  # every one of them left, and is noticed without anything being published


def test_a_reconnecting_client_resumes(app, hub, serve):
    server = serve(app)
    ids = [hub.publish("video", {"id": n}) for n in range(3)]
    hub.publish("last", {})
    status, headers, body = server.ask("/events", headers={"Last-Event-ID": ids[1]})
    assert status == 200
    assert headers["Content-Type"].startswith("text/event-stream")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert body.count(b"event: ") == 2
    assert ids[2].encode() in body


def test_the_last_event_ends_the_stream_properly(app, hub, serve, until):
    server = serve(app)
    with contextlib.ExitStack() as stack:
        (stream,) = follow(server, stack, 1)
        hub.publish("last", {"state": "done"})
        assert stream.read().endswith(b'data: {"state":"done"}\n\n')  # an unfinished body would raise
    until(lambda: len(hub) == 0)


def test_heartbeats(app, serve):
    server = serve(app, heartbeat_seconds=0.05)
    with contextlib.ExitStack() as stack:
        (stream,) = follow(server, stack, 1)
        lines = [stream.readline() for _ in range(8)]
        assert lines.count(b":\n") >= 3


def test_a_client_that_does_not_read_is_dropped_and_others_are_not(app, hub, serve, until):
    server = serve(app)
    with contextlib.ExitStack() as stack:
        (reader,) = follow(server, stack, 1)
        slow = stack.enter_context(server.connect(FOLLOW, receive_bytes=4096))
        until(lambda: len(hub) == 2)
        seen = 0
        while len(hub) == 2:
            hub.publish("video", {"text": "x" * 20_000})
            assert next_event(reader) == "video"
            seen += 1
            assert seen < 2000
        assert len(hub) == 1
        assert b"event: video" in drain(slow)
        hub.publish("video", {})
        assert next_event(reader) == "video"


def test_http_1_0_gets_no_chunks(app, hub, serve, until):
    server = serve(app)
    with server.connect("GET /events HTTP/1.0\nHost: localhost\n\n") as sock:
        until(lambda: len(hub) == 1)
        hub.publish("last", {})
        head, _, body = drain(sock).partition(b"\r\n\r\n")
    assert b"chunked" not in head
    assert body.startswith(b"retry: ") and body.endswith(b"event: last\ndata: {}\n\n")


def test_head_of_a_stream_subscribes_nobody(app, hub, serve, until):
    assert serve(app).ask("/events", "HEAD")[0] == 200
    until(lambda: len(hub) == 0)


def test_requests_behind_a_stream_are_not_mixed_into_it(app, hub, serve, until):
    server = serve(app)
    with server.connect(FOLLOW + "GET / HTTP/1.1\nHost: localhost\n\n") as sock:
        until(lambda: len(hub) == 1)
        sock.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        hub.publish("last", {})
        with contextlib.suppress(ConnectionResetError):
            assert drain(sock).count(b"HTTP/1.1") == 1
    assert server.ask()[0] == 200


# Files


def test_a_connection_serves_files_and_pages_in_turn(app, folder, serve):
    server = serve(app)
    big = (folder / "big.mp4").read_bytes()
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)) as connection:
        for path, expected in (
            ("/file/big.mp4", big),
            ("/", b"hi 0"),
            ("/file/big.mp4", big),
            ("/file/small.jpg", b"picture"),
        ):
            connection.request("GET", path)
            assert connection.getresponse().read() == expected
        connection.request("GET", "/file/big.mp4", headers={"Range": f"bytes={BIG - 5000}-"})
        response = connection.getresponse()
        assert (response.status, response.read()) == (206, big[-5000:])


def test_slow_readers_hold_nobody_up(app, folder, serve, until):
    server = serve(app, threads=2)
    with contextlib.ExitStack() as stack:
        get = "GET /file/big.mp4 HTTP/1.1\nHost: localhost\n\n"
        readers = [stack.enter_context(server.connect(get, receive_bytes=4096)) for _ in range(20)]
        for reader in readers:
            assert reader.recv(100).startswith(b"HTTP/1.1 200")
        for _ in range(20):
            assert server.ask()[0] == 200
        assert len(server.ask("/file/big.mp4")[2]) == BIG
        downloads = sum(thread.name == "download" for thread in threading.enumerate())
        assert downloads == 20
    until(lambda: not any(thread.name == "download" for thread in threading.enumerate()))


def test_requests_behind_a_file_are_dropped_not_mixed_into_it(app, folder, serve):
    server = serve(app, threads=1)
    get = "GET /file/big.mp4 HTTP/1.1\nHost: localhost\n\n"
    with server.connect(get * 3) as sock:
        assert sock.recv(100).startswith(b"HTTP/1.1 200")
        assert server.ask()[0] == 200
        _, _, body = (b"H" + drain(sock)).partition(b"\r\n\r\n")
    assert body == (folder / "big.mp4").read_bytes()


def test_a_file_that_shrinks_ends_the_connection(app, folder, serve):
    path = folder / "shrinking.mp4"
    path.write_bytes(b"x" * BIG)
    server = serve(app)
    with server.connect("GET /file/shrinking.mp4 HTTP/1.1\nHost: localhost\n\n", receive_bytes=4096) as sock:
        head = sock.recv(4096)
        assert b"Content-Length: " + str(BIG).encode() in head
        os.truncate(path, 1000)
        with contextlib.suppress(ConnectionResetError):
            assert len(drain(sock)) < BIG - 4096
    assert server.ask()[0] == 200


def test_a_file_deleted_while_it_is_sent_is_still_the_file(app, folder, serve):
    path = folder / "deleted.mp4"
    path.write_bytes(b"x" * BIG)
    server = serve(app)
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)) as connection:
        connection.request("GET", "/file/deleted.mp4")
        response = connection.getresponse()
        path.unlink()
        assert response.read() == b"x" * BIG


def test_nothing_stays_open(app, hub, serve, until):
    server = serve(app)
    server.ask()
    before = len(os.listdir("/dev/fd"))
    with contextlib.ExitStack() as stack:
        follow(server, stack, 10)
        for _ in range(10):
            stack.enter_context(server.connect("GET /file/big.mp4 HTTP/1.1\nHost: localhost\n\n")).recv(10)
    until(lambda: len(hub) == 0)
    until(lambda: len(os.listdir("/dev/fd")) <= before + 3)  # the streams' thread has its own three


# The end


def test_close_with_streams_and_downloads_open(app, hub, serve):
    server = serve(app)
    with contextlib.ExitStack() as stack:
        streams = follow(server, stack, 30)
        get = "GET /file/big.mp4 HTTP/1.1\nHost: localhost\n\n"
        slow = [stack.enter_context(server.connect(get, receive_bytes=4096)) for _ in range(10)]
        for sock in slow:
            sock.recv(10)
        began = time.monotonic()
        server.close()
        server.thread.join(5)
        assert time.monotonic() - began < 2
        assert not server.thread.is_alive()
        assert len(hub) == 0
        for stream in streams:
            with contextlib.suppress(http.client.IncompleteRead):
                stream.read()
        with pytest.raises(ConnectionError):
            server.connect()
    assert hub.publish("video", {})


def test_close_while_a_request_hangs(serve):
    app, let_go = Flask("x"), threading.Event()
    app.add_url_rule("/", view_func=lambda: str(let_go.wait(10)))
    server = serve(app)
    with server.connect("GET / HTTP/1.1\nHost: localhost\n\n"):
        began = time.monotonic()
        server.end()
        assert time.monotonic() - began < 2
    let_go.set()


def test_close_lets_a_running_request_finish(serve):
    entered = threading.Event()
    app = Flask("x")

    def slow():
        entered.set()
        time.sleep(0.1)
        return "done"

    app.add_url_rule("/", view_func=slow)
    server = serve(app)
    with server.connect("GET / HTTP/1.1\nHost: localhost\n\n") as sock:
        assert entered.wait(5)
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
def test_over_the_wire(app, serve, text, status):
    with serve(app).connect(text) as sock:
        sock.shutdown(socket.SHUT_WR)
        assert drain(sock).split()[1] == status
