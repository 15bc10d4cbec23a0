import contextlib
import errno
import http.client
import os
import queue
import socket
import threading

import pytest

from tests.waiting import PATIENCE_SECONDS
from tests.webapp.wire import BIG, DOWNLOAD, drain
from vidwatchd.webapp.stream import FileRange
from vidwatchd.webapp.transfer import Transfer


def test_slow_readers_hold_nobody_up(small_app, folder, serve, until):
    server = serve(small_app, threads=2)
    with contextlib.ExitStack() as stack:
        get = DOWNLOAD
        readers = [stack.enter_context(server.connect(get, receive_bytes=4096)) for _ in range(20)]
        for reader in readers:
            assert reader.recv(100).startswith(b"HTTP/1.1 200")
        for _ in range(20):
            assert server.ask()[0] == 200
        assert len(server.ask("/file/big.mp4")[2]) == BIG
        until(lambda: sum(thread.name == "download" for thread in threading.enumerate()) == 20)
    until(lambda: not any(thread.name == "download" for thread in threading.enumerate()))


def test_a_file_that_shrinks_ends_the_connection(small_app, folder, serve):
    path = folder / "shrinking.mp4"
    path.write_bytes(b"x" * BIG)
    server = serve(small_app)
    with server.connect("GET /file/shrinking.mp4 HTTP/1.1\nHost: localhost\n\n", receive_bytes=4096) as sock:
        head = sock.recv(4096)
        assert b"Content-Length: " + str(BIG).encode() in head
        os.truncate(path, 1000)
        with contextlib.suppress(ConnectionResetError):
            assert len(drain(sock)) < BIG - 4096
    assert server.ask()[0] == 200


def test_a_file_deleted_while_it_is_sent_is_still_the_file(small_app, folder, serve):
    path = folder / "deleted.mp4"
    path.write_bytes(b"x" * BIG)
    server = serve(small_app)
    with contextlib.closing(
        http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_SECONDS)
    ) as connection:
        connection.request("GET", "/file/deleted.mp4")
        response = connection.getresponse()
        path.unlink()
        assert response.read() == b"x" * BIG


def transfer(tmp_path, length, **options):
    """(what the client gets, whether all of it was said to have gone) for a file of 300,000 bytes."""
    path = tmp_path / "film.mp4"
    path.write_bytes(b"0123456789" * 30_000)
    here, there = socket.socketpair()
    finished = queue.SimpleQueue()
    body = FileRange(os.open(path, os.O_RDONLY), 5, length)
    Transfer(here, body, done=finished.put, progress=lambda: None, **options).start()
    here.close()  # the transfer has its own
    with there:
        return drain(there), finished.get(timeout=PATIENCE_SECONDS)


def cannot_splice(*_):
    raise OSError(errno.EINVAL, "Invalid argument")


def broken_disk(*_):
    raise OSError(errno.EIO, "Input/output error")


def test_a_range_from_the_middle(tmp_path):
    assert transfer(tmp_path, 200_000) == (b"5678901234" * 20_000, True)


def test_a_file_system_that_cannot_splice_is_read(tmp_path):
    assert transfer(tmp_path, 200_000, splice=cannot_splice) == (b"5678901234" * 20_000, True)


def test_a_disk_error_ends_the_connection(tmp_path):
    assert transfer(tmp_path, 200_000, splice=broken_disk) == (b"", False)


@pytest.mark.parametrize("splice", [os.sendfile, cannot_splice])
def test_a_file_shorter_than_promised(tmp_path, splice):
    got, complete = transfer(tmp_path, 400_000, splice=splice)
    assert (len(got), complete) == (299_995, False)
