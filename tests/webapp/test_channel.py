import contextlib
import http.client
import os

from tests.waiting import PATIENCE_SECONDS
from tests.webapp.wire import BIG, DOWNLOAD, EVENTS, drain


def test_a_connection_serves_files_and_pages_in_turn(small_app, folder, serve):
    server = serve(small_app)
    big = (folder / "big.mp4").read_bytes()
    with contextlib.closing(
        http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_SECONDS)
    ) as connection:
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


def test_head_of_a_stream_subscribes_nobody(small_app, hub, serve, until):
    assert serve(small_app).ask("/events", "HEAD")[0] == 200
    until(lambda: len(hub) == 0)


def test_http_1_0_gets_no_chunks(small_app, hub, serve, until):
    server = serve(small_app)
    with server.connect("GET /events HTTP/1.0\nHost: localhost\n\n") as sock:
        until(lambda: len(hub) == 1)
        hub.publish("last", {})
        head, _, body = drain(sock).partition(b"\r\n\r\n")
    assert b"chunked" not in head
    assert body.startswith(b"retry: ") and body.endswith(b"event: last\ndata: {}\n\n")


def test_requests_behind_a_stream_are_not_mixed_into_it(small_app, hub, serve, until):
    server = serve(small_app)
    with server.connect(EVENTS + "GET / HTTP/1.1\nHost: localhost\n\n") as sock:
        until(lambda: len(hub) == 1)
        sock.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        hub.publish("last", {})
        with contextlib.suppress(ConnectionResetError):
            assert drain(sock).count(b"HTTP/1.1") == 1
    assert server.ask()[0] == 200


def test_requests_behind_a_file_are_dropped_not_mixed_into_it(small_app, folder, serve):
    server = serve(small_app, threads=1)
    get = DOWNLOAD
    with server.connect(get * 3) as sock:
        assert sock.recv(100).startswith(b"HTTP/1.1 200")
        assert server.ask()[0] == 200
        _, _, body = (b"H" + drain(sock)).partition(b"\r\n\r\n")
    assert body == (folder / "big.mp4").read_bytes()


def test_nothing_stays_open(small_app, hub, serve, until):
    server = serve(small_app)
    server.ask()
    before = len(os.listdir("/dev/fd"))
    with contextlib.ExitStack() as stack:
        server.follow(stack, 10)
        for _ in range(10):
            stack.enter_context(server.connect(DOWNLOAD)).recv(10)
    until(lambda: len(hub) == 0)
    until(lambda: len(os.listdir("/dev/fd")) <= before + 3)  # the streams' thread has its own three
