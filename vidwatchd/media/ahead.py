"""ahead: what comes next is worked out in a thread of its own while the one before is dealt with."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, Full, Queue
from threading import Event
from typing import TypeVar

T = TypeVar("T")

_LOOK_SECONDS = 0.1


def ahead(items: Iterator[T], depth: int) -> Generator[T, None, None]:
    """``items``, up to ``depth`` of them worked out before they are asked for. Raises what they raise.

    Close it to stop early: the thread is gone then, and whatever ``items`` used may be used again.
    """
    queue: Queue[T] = Queue(depth)
    stop = Event()

    def work() -> None:
        """In the thread."""
        for item in items:
            while not _put(queue, item):
                if stop.is_set():
                    return

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(work)
        try:
            while not (running.done() and queue.empty()):
                try:
                    item = queue.get(timeout=_LOOK_SECONDS if not running.done() else 0)
                except Empty:
                    continue
                yield item
        finally:
            stop.set()
        running.result()


def _put(queue: Queue[T], item: T) -> bool:
    try:
        queue.put(item, timeout=_LOOK_SECONDS)
    except Full:
        return False
    return True
