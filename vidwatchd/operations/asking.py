"""asking: turns what people look for into vectors: a worker of its own, which stays while there are questions.

Not the worker that makes: a transcription may hold that for hours, and whoever searches does not wait for it. It loads
half a model (the words' tower), starts with the first question and leaves with the others after ``models.idle_seconds``.
"""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Sequence

from vidwatchd.errors import Unavailable, VidwatchdError
from vidwatchd.model import ArtifactState, ProductTask
from vidwatchd.runners import Runner, Ticket

# A first question loads the model; one that is given up meanwhile finds it loaded the next time.
TIMEOUT_SECONDS = 300.0
_POLL_SECONDS = 0.01
_REMEMBERED = 500

Key = tuple[str, str]


class Asker:
    """Asks the worker, one question at a time, and remembers the last answers."""

    def __init__(self, runner: Runner, device: str) -> None:
        self._runner = runner
        self._device = device
        self._lock = threading.Lock()
        self._known: dict[Key, bytes] = {}
        self._waiting: tuple[list[Key], Ticket] | None = None

    def vectors(self, folder: str, mark: str, texts: Sequence[str], patience_seconds: float) -> list[bytes]:
        """The float16 vector of each text by the model in a (native) folder, whose identity is ``mark``.

        Raises Unavailable when that takes too long, or cannot be done; it goes on meanwhile and is quick the next time.
        """
        deadline = time.monotonic() + patience_seconds
        wanted = [(mark, text) for text in texts]
        if not self._lock.acquire(timeout=patience_seconds):
            raise _loading()
        try:
            while lacking := [key for key in dict.fromkeys(wanted) if key not in self._known]:
                if self._waiting is None:
                    self._waiting = lacking, self._submit(folder, [text for _, text in lacking])
                self._await(*self._waiting, deadline)
            return [self._known[key] for key in wanted]
        finally:
            self._forget(keep=len(wanted))
            self._lock.release()

    def close(self) -> None:
        """Let the worker go at once."""
        self._runner.close()

    def _submit(self, folder: str, texts: Sequence[str]) -> Ticket:
        task = ProductTask("embed", {"texts": tuple(texts), "device": self._device}, (folder,))
        return self._runner.submit(task, timeout_seconds=TIMEOUT_SECONDS)

    def _await(self, keys: Sequence[Key], ticket: Ticket, deadline: float) -> None:
        while not ticket.done():
            if time.monotonic() > deadline:
                raise _loading()
            time.sleep(_POLL_SECONDS)
        self._waiting = None
        self._known |= zip(keys, _answer(ticket), strict=True)

    def _forget(self, keep: int) -> None:
        """The oldest answers make room; the last ``keep`` are those just given."""
        for key in list(self._known)[: max(0, len(self._known) - _REMEMBERED - keep)]:
            del self._known[key]


def _answer(ticket: Ticket) -> list[bytes]:
    try:
        (outcome,) = ticket.result()
    except VidwatchdError as error:
        raise Unavailable(f"the search by meaning failed: {error}", hint="vidwatchd doctor") from error
    if outcome.state is not ArtifactState.DONE:
        raise Unavailable(outcome.error)
    size, blob = 2 * int(outcome.facts["dimensions"]), base64.b64decode(outcome.facts["vectors"])
    return [blob[start : start + size] for start in range(0, len(blob), size)]


def _loading() -> Unavailable:
    return Unavailable("the model for the search by meaning is being loaded", hint="ask again in a moment")
