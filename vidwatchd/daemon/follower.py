"""follower: one thread a library that looks where hints point, when files have settled, and at everything now and then."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from vidwatchd.errors import Cancelled, LibraryOffline, MassLoss, NotFound, VidwatchdError
from vidwatchd.operations import Context
from vidwatchd.operations.scan import Look, Scanned, scan_and_owe
from vidwatchd.scan import Pending
from vidwatchd.watch import Hints

log = logging.getLogger(__name__)

OFFLINE_SECONDS = 3.0
HELD_SECONDS = 2.0
# A file is looked at this much after it should have settled, so that one look is enough.
MARGIN_SECONDS = 0.05


class Follower:
    """Keeps the index in line with one library. Hints come from any thread; a hung disk holds up this library only."""

    def __init__(self, ctx: Context, library_id: int, owed: Callable[[], None]) -> None:
        self.ctx = ctx
        self.library_id = library_id
        self.scanning = False
        self._owed = owed
        self._wake = threading.Condition()
        self._stop = False
        self._full, self._accept = True, False
        self._folders: set[str] = set()
        self._trees: set[str] = set()
        self._later: dict[str, float] = {}
        self._pending = Pending()
        self._thread = threading.Thread(target=self._run, name=f"library-{library_id}", daemon=True)

    def start(self) -> None:
        """Look at the whole library, then follow."""
        self._thread.start()

    def hint(self, hints: Hints) -> None:
        """Look where something may have changed."""
        with self._wake:
            self._full = self._full or hints.full
            self._folders |= hints.folders
            self._trees |= hints.trees
            self._wake.notify()

    def look_again(self, *, accept_loss: bool = False) -> None:
        """Look at the whole library; ``accept_loss`` lifts the brake once."""
        with self._wake:
            self._full, self._accept = True, self._accept or accept_loss
            self._wake.notify()

    def stop(self) -> None:
        """Tell the thread to end; it is not waited for here."""
        with self._wake:
            self._stop = True
            self._wake.notify()

    def join(self, seconds: float) -> None:
        """Wait for the end; a thread that hangs in a dead mount is left behind."""
        self._thread.join(seconds)

    def _run(self) -> None:
        while (look := self._next()) is not None:
            try:
                self._look(look)
            except VidwatchdError as error:
                if isinstance(error, NotFound) and not self._is_known():
                    return  # the library was removed
                log.warning("library %d: %s", self.library_id, error)
                self._retry_later(look)
            except Exception:  # a thread's edge: a library must not go unwatched for one file nobody thought of
                log.exception("library %d could not be looked at", self.library_id)
                self._retry_later(look)

    def _is_known(self) -> bool:
        return any(library.id == self.library_id for library in self.ctx.index.libraries.all())

    def _look(self, look: Look) -> None:
        library = self.ctx.index.libraries.get(self.library_id)
        try:
            self.scanning = True
            found = scan_and_owe(self.ctx, library, look)
        except LibraryOffline as error:
            if library.online:  # said once, not every few seconds for as long as a disk is away
                log.warning("library %d: %s", self.library_id, error)
            self._retry_later(look)
            return
        except MassLoss as error:
            if not library.held:  # they may be on their way to another library, whose own look comes a moment later
                log.warning("library %d: %s", self.library_id, error)
                self._retry_later(look, HELD_SECONDS)
            return
        except Cancelled:
            return
        finally:
            self.scanning = False
        self._settle_later(found)
        self._owed()

    def _next(self) -> Look | None:
        """Wait until there is somewhere to look; None at the end."""
        with self._wake:
            while not self._stop:
                self._take_settled()
                if self._full or self._folders or self._trees:
                    return self._take()
                self._wake.wait(self._seconds_left())
        return None

    def _take(self) -> Look:
        only = None if self._full else frozenset(self._folders)
        trees = frozenset() if self._full else frozenset(self._trees)
        look = Look(
            only=only, recursive=only is None, trees=trees, accept_loss=self._accept,
            pending=self._pending, cancelled=lambda: self._stop,
        )  # fmt: skip
        self._full = self._accept = False
        self._folders.clear()
        self._trees.clear()
        return look

    def _take_settled(self) -> None:
        now = time.monotonic()
        for folder in [folder for folder, at in self._later.items() if at <= now]:
            del self._later[folder]
            if folder == "*":
                self._full = True
            else:
                self._folders.add(folder)

    def _seconds_left(self) -> float | None:
        return max(0.0, min(self._later.values()) - time.monotonic()) if self._later else None

    def _settle_later(self, found: Scanned) -> None:
        with self._wake:
            for path, seconds in found.unsettled.items():
                at = time.monotonic() + seconds + MARGIN_SECONDS
                folder = path.rpartition("/")[0]
                self._later[folder] = min(at, self._later.get(folder, at))

    def _retry_later(self, look: Look, seconds: float | None = None) -> None:
        with self._wake:
            at = time.monotonic() + (OFFLINE_SECONDS if seconds is None else seconds)
            for folder in ["*"] if look.only is None else [*look.only, *look.trees]:
                self._later[folder] = at
