"""transfer: one file range on its way to one client, in a thread of its own.

Neither waitress's main loop nor a request thread may read the disk for it: a disk that spins up, or a network mount
that hangs, would hold up every other answer. The bytes go from the page cache to the socket inside the kernel
(sendfile), so the thread costs next to nothing and the interpreter's lock is free meanwhile.
"""

from __future__ import annotations

import errno
import os
import select
import socket
import threading
from collections.abc import Callable

from vidwatchd.webapp.stream import BLOCK_BYTES, FileRange

STEP_BYTES = 4 * 1024 * 1024
STALL_SECONDS = 120.0


class Transfer:
    """Sends ``body`` to ``sock``; calls ``progress`` often, and at the end ``done`` with whether all of it went."""

    def __init__(
        self,
        sock: socket.socket,
        body: FileRange,
        *,
        done: Callable[[bool], None],
        progress: Callable[[], None],
        splice: Callable[[int, int, int, int], int] = os.sendfile,
    ) -> None:
        # A duplicate: closing the connection elsewhere cannot free a number that this thread still writes to.
        self._sock = sock.dup()
        self._sock.setblocking(False)
        self._body = body
        self._done = done
        self._progress = progress
        self._splice = splice
        self._send = self._send_kernel
        self._thread = threading.Thread(target=self._run, name="download", daemon=True)

    def start(self) -> None:
        """Begin; from here on the thread owns ``body``."""
        self._thread.start()

    def abort(self) -> None:
        """Break the connection off; the thread notices as soon as the disk lets it."""
        try:
            self._sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it is gone already, which is what was wanted

    def _run(self) -> None:
        try:
            complete = self._send_all()
        except OSError:
            complete = False
        finally:
            self._sock.close()
            self._body.close()
        self._done(complete)

    def _send_all(self) -> bool:
        while self._body.length:
            try:
                sent = self._send(min(STEP_BYTES, self._body.length))
            except BlockingIOError:
                if not self._writable():
                    return False
                continue
            if not sent:
                return False  # the file became shorter: what is missing must not be made up
            self._body.skip(sent)
            self._progress()
        return True

    def _send_kernel(self, count: int) -> int:
        try:
            return self._splice(self._sock.fileno(), self._body.fd, self._body.start, count)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EOVERFLOW):
                raise
        self._send = self._send_read  # some file systems (FUSE, /proc) cannot be spliced from
        return self._send(count)

    def _send_read(self, count: int) -> int:
        block = os.pread(self._body.fd, min(count, BLOCK_BYTES), self._body.start)
        return self._sock.send(block) if block else 0

    def _writable(self) -> bool:
        poll = select.poll()
        poll.register(self._sock, select.POLLOUT)
        events = poll.poll(STALL_SECONDS * 1000)
        return bool(events) and not events[0][1] & (select.POLLERR | select.POLLHUP | select.POLLNVAL)
