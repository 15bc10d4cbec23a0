"""wire: a real server and the ways tests talk to it."""

import contextlib
import http.client
import socket
import threading

from tests.waiting import PATIENCE_SECONDS
from vidwatchd.webapp.server import Server

EVENTS = "GET /events HTTP/1.1\nHost: localhost\n\n"
DOWNLOAD = "GET /file/big.mp4 HTTP/1.1\nHost: localhost\n\n"
BIG = 24 * 1024 * 1024  # more than the kernel buffers of one connection hold


class Running(Server):
    """A real server on a free loopback port, with the ways tests talk to it."""

    def __init__(self, app, **options):
        super().__init__(app, "127.0.0.1", 0, **options)
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def end(self):
        self.close()
        self.thread.join(PATIENCE_SECONDS)
        assert not self.thread.is_alive()

    def ask(self, path="/", method="GET", headers=None, body=None):
        """(status, headers, body) over a connection of its own."""
        with contextlib.closing(
            http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        ) as connection:
            connection.request(method, path, body=body, headers=headers or {})
            response = connection.getresponse()
            return response.status, response.headers, response.read()

    def connect(self, text="", *, receive_bytes=None):
        """A raw connection that has sent ``text``."""
        sock = socket.socket()
        if receive_bytes:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        sock.settimeout(PATIENCE_SECONDS)
        try:
            sock.connect(("127.0.0.1", self.port))
            sock.sendall(text.replace("\n", "\r\n").encode())
        except OSError:
            sock.close()
            raise
        return sock

    def follow(self, stack, count):
        """``count`` open event streams, their headers and first words read; closed with ``stack``."""
        streams = []
        for _ in range(count):
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
            stack.enter_context(contextlib.closing(connection))
            connection.request("GET", "/events")
            streams.append(stack.enter_context(connection.getresponse()))
            assert streams[-1].readline().startswith(b"retry:")
        return streams


def next_event(response):
    """The type of the next event on an open stream."""
    while not (line := response.readline()).startswith(b"event:"):
        assert line, "the stream ended"
    return line.split()[1].decode()


def drain(sock):
    """All that comes until the other side closes."""
    found = b""
    while block := sock.recv(65536):
        found += block
    return found
