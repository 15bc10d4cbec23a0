import contextlib
import http.client
import socket
import threading
import time

import pytest

from vidwatchd.webapp.server import Server


class Running(Server):
    """A real server on a free loopback port, with the ways tests talk to it."""

    def __init__(self, app, **options):
        super().__init__(app, "127.0.0.1", 0, **options)
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def end(self):
        self.close()
        self.thread.join(5)
        assert not self.thread.is_alive()

    def ask(self, path="/", method="GET", headers=None, body=None):
        """(status, headers, body) over a connection of its own."""
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            connection.request(method, path, body=body, headers=headers or {})
            response = connection.getresponse()
            return response.status, response.headers, response.read()

    def connect(self, text="", *, receive_bytes=None):
        """A raw connection that has sent ``text``."""
        sock = socket.socket()
        if receive_bytes:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        sock.settimeout(10)
        try:
            sock.connect(("127.0.0.1", self.port))
            sock.sendall(text.replace("\n", "\r\n").encode())
        except OSError:
            sock.close()
            raise
        return sock


@pytest.fixture
def serve():
    """``serve(app)``: a running server, closed when the test ends."""
    with contextlib.ExitStack() as stack:

        def start(app, **options):
            server = Running(app, **options)
            stack.callback(server.end)
            return server

        yield start


@pytest.fixture
def until():
    """Wait for a condition, with a deadline."""

    def wait(happens, seconds=10):
        deadline = time.monotonic() + seconds
        while not happens():
            assert time.monotonic() < deadline, "it did not happen in time"
            time.sleep(0.005)

    return wait
