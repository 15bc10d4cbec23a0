"""making: one visit or product, made and verified in a temporary folder; what a worker runs, knowing no index.

The file is opened once; each kind is apart from the others, so that what goes wrong in one is its own outcome.
"""

from __future__ import annotations

import contextlib
import errno
import os
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from vidwatchd import artifacts, products
from vidwatchd.artifacts import beside
from vidwatchd.artifacts.base import FrameKind, Kind, Made, MakeContext, Out
from vidwatchd.errors import Cancelled, MediaError, StorageError, Unavailable, Unreadable, UsageError, VidwatchdError
from vidwatchd.model import ArtifactState, MediaInfo, Outcome, ProductTask, VisitTask, Wants, portable
from vidwatchd.products.base import Produced, ProductContext

if TYPE_CHECKING:
    from PIL.Image import Image

    from vidwatchd.media.probe import Media
    from vidwatchd.media.visit import VisitFacts

PROGRESS_FILE = "progress"
_PROGRESS_EVERY_SECONDS = 0.25
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


def make_visit(task: VisitTask, progress: Callable[[float], None] | None = None) -> list[Outcome]:
    """Make every kind of ``task`` in one opening of its file; one outcome each, in the order asked.

    Without ``progress`` it is written to the file ``progress`` in the task's out folder. Raises StorageError when
    nothing can be written there, MemoryError when memory runs out, Cancelled when stopped: no kind is to blame then.
    """
    report = progress or _ProgressFile(os.path.join(task.out, PROGRESS_FILE)).write
    try:
        with ExitStack() as stack:
            return _Making(task, report, stack).run()
    except StorageError as error:
        place = portable(os.path.dirname(task.out))
        raise StorageError(f"{place}: {error.message}", hint="free some space; work resumes by itself") from error


def make_product(task: ProductTask, progress: Callable[[float], None] | None = None) -> list[Outcome]:
    """Make one product; its one outcome, of the product's name.

    Without ``progress`` it is written as a visit's is, when the task has an out folder. Raises as ``make_visit`` does.
    """
    report = progress or (_ProgressFile(os.path.join(task.out, PROGRESS_FILE)).write if task.out else lambda done: None)
    piece = _Piece(task.product, Out(task.out, ""))
    try:
        made: Produced | None = piece.attempt(lambda: _produced(task, report))
    except StorageError as error:
        place = portable(os.path.dirname(task.out)) or "the temporary folder"
        raise StorageError(f"{place}: {error.message}", hint="free some space and try again") from error
    if made is not None:
        piece.made = Made(made.files, made.facts)
        report(1.0)
    return [piece.outcome()]


def _produced(task: ProductTask, report: Callable[[float], None]) -> Produced:
    made = products.product(task.product)(**task.settings).make(task.sources, task.out, ProductContext(report))
    _check_files(task.product, task.out, made.files)
    return made


def read_progress(out: str) -> float:
    """How far the visit that writes under ``out`` has come, 0 to 1; 0 before it has said anything."""
    try:
        with open(os.path.join(out, PROGRESS_FILE), encoding="ascii") as file:
            return float(file.read())
    except (OSError, ValueError):
        return 0.0


@dataclass(slots=True)
class _Piece:
    """One kind of the visit: what is to be made, how far it is, what went wrong, and its own time."""

    name: str
    out: Out
    kind: Kind | None = None
    made: Made | None = None
    error: Exception | None = None
    own_seconds: float = 0.0
    shared_seconds: float = 0.0
    visit: dict[str, Any] = field(default_factory=dict)
    beside: dict[str, Any] = field(default_factory=dict)

    def attempt(self, work: Callable[[], Any]) -> Any:
        """Do ``work``, keeping its time and, unless nobody's kind is to blame, its error."""
        began = time.perf_counter()
        try:
            return work()
        except MemoryError as error:
            raise MemoryError(str(error)) from None  # PyAV's own kind of it cannot travel between processes
        except (Cancelled, StorageError):
            raise
        except Exception as error:  # noqa: BLE001  the worker's edge: recorded as this kind's outcome
            self.error = self.error or _blamed(error)
        finally:
            self.own_seconds += time.perf_counter() - began
        return None

    @property
    def going(self) -> bool:
        """Whether it may still be made."""
        return self.kind is not None and self.error is None

    def outcome(self) -> Outcome:
        """What became of it."""
        cost = round(self.own_seconds + self.shared_seconds, 4)
        if self.made is None:
            return _failure(self.name, self.error or MediaError("nothing was made"), cost)
        return Outcome(
            kind=self.name,
            state=ArtifactState.DONE,
            files=dict(self.made.files),
            facts={**self.made.facts, **self.visit, **self.beside},
            video=self.made.video,
            backend=self.made.backend,
            cost_seconds=cost,
        )


class _Tap:
    """A frame kind as the visit sees it; its errors end its own part only."""

    def __init__(self, piece: _Piece, kind: FrameKind, again: Wants | None = None) -> None:
        self._piece = piece
        self._kind = kind
        self._again = again

    def wants(self, info: MediaInfo) -> Wants | None:
        """What the kind wants, in a second look what it said then; nothing when asking it fails."""
        wanted: Wants | None = self._again or self._piece.attempt(lambda: self._kind.wants(info))
        return wanted

    def take(self, at_seconds: float, image: Image) -> None:
        """Hand the kind one picture unless it has failed."""
        if self._piece.going:
            self._piece.attempt(lambda: self._kind.take(at_seconds, image))


class _Making:
    def __init__(self, task: VisitTask, report: Callable[[float], None], stack: ExitStack) -> None:
        self._task = task
        self._report = report
        self._stack = stack
        self._media: Media | None = None
        self._cannot_open: VidwatchdError | None = None
        self._pieces = [self._piece(name) for name, _ in task.kinds]

    def run(self) -> list[Outcome]:
        """Make all, first what needs no frames."""
        for piece, (_, settings) in zip(self._pieces, self._task.kinds, strict=True):
            self._prepare(piece, settings)
        framed = [piece for piece in self._pieces if piece.going and isinstance(piece.kind, FrameKind)]
        plain = [piece for piece in self._pieces if piece.going and piece not in framed]
        whole = len(plain) + 4 * len(framed)
        for number, piece in enumerate(plain):
            self._make(piece, self._between(number / whole, (number + 1) / whole))
            self._report((number + 1) / whole)
        if framed:
            self._visit(framed, len(plain) / whole)
        self._report(1.0)
        return [piece.outcome() for piece in self._pieces]

    def _piece(self, name: str) -> _Piece:
        folder = os.path.join(self._task.out, name.replace(os.sep, "_"))
        try:
            os.mkdir(folder)
        except FileExistsError:
            pass
        except FileNotFoundError as error:  # stopped before this worker had begun: what was cleared away must stay away
            raise Cancelled("the visit was stopped") from error
        return _Piece(name, Out(folder, self._task.name or portable(os.path.basename(self._task.source))))

    def _prepare(self, piece: _Piece, settings: Any) -> None:
        kind = piece.attempt(lambda: artifacts.kind(piece.name)(**settings))
        if kind is not None:
            piece.kind = kind
            piece.error = kind.ready(self._task.models)
            if kind.reads:  # before any is read: what changes meanwhile makes it stale
                piece.beside = {"beside": beside.state(self._task.source, kind.reads)}

    def _open(self) -> Media:
        """The file, opened once; what went wrong the first time is told to all who ask."""
        from vidwatchd.media.probe import open_media

        if self._cannot_open:
            raise self._cannot_open
        if self._media is None:
            try:
                self._media = self._stack.enter_context(open_media(self._task.source))
            except MediaError as error:
                self._cannot_open = error
                raise
        return self._media

    def _context(self, piece: _Piece, progress: Callable[[float], None] = lambda done: None) -> MakeContext:
        return MakeContext(self._open, self._task.inputs, self._task.models, piece.out.folder, progress)

    def _make(self, piece: _Piece, progress: Callable[[float], None]) -> None:
        kind, context = piece.kind, self._context(piece, progress)
        assert kind is not None
        made = piece.attempt(lambda: kind.make(self._task.source, piece.out, context))
        self._accept(piece, made)

    def _visit(self, pieces: list[_Piece], done_before: float) -> None:
        from vidwatchd.media.visit import visit

        began = time.perf_counter()
        framed = [(piece, piece.kind) for piece in pieces if isinstance(piece.kind, FrameKind)]
        for piece, kind in framed:
            piece.attempt(partial(kind.begin, self._context(piece)))
        taps = [_Tap(piece, kind) for piece, kind in framed if piece.going]
        conductor = _Piece("visit", pieces[0].out)
        facts = conductor.attempt(lambda: visit(self._open(), taps, progress=self._between(done_before, 0.98)))
        if conductor.error is None:
            self._look_again(pieces)
        _share(pieces, time.perf_counter() - began)
        for piece in pieces:
            piece.error = piece.error or conductor.error
            piece.visit = _told(facts)
            if piece.going and isinstance(piece.kind, FrameKind):
                self._accept(piece, piece.attempt(partial(piece.kind.finish, piece.out)))

    def _look_again(self, pieces: list[_Piece]) -> None:
        """The second look of the kinds that ask for one, in one visit of their own: its failure is theirs alone."""
        from vidwatchd.media.visit import visit

        asking: list[tuple[_Piece, _Tap]] = []
        for piece in pieces:
            kind = piece.kind
            if piece.going and isinstance(kind, FrameKind) and (wants := piece.attempt(kind.again)):
                asking.append((piece, _Tap(piece, kind, wants)))
        if not asking:
            return
        conductor = _Piece("second look", asking[0][0].out)
        conductor.attempt(lambda: visit(self._open(), [tap for _, tap in asking]))
        for piece, _ in asking:
            piece.error = piece.error or conductor.error

    def _between(self, start: float, end: float) -> Callable[[float], None]:
        return lambda done: self._report(start + (end - start) * done)

    def _accept(self, piece: _Piece, made: Made | None) -> None:
        if made is not None:
            piece.attempt(lambda: _verify(piece, made))
            piece.made = None if piece.error else made


def _verify(piece: _Piece, made: Made) -> None:
    """Refuse what is not there, empty, not asked for or outside the kind's folder: an exit code of 0 proves nothing."""
    assert piece.kind is not None
    for suffix in made.files:
        if not piece.kind.owns(suffix):
            raise RuntimeError(f"{piece.name} made {suffix} where it may not")
    _check_files(piece.name, piece.out.folder, made.files)


def _check_files(maker: str, out: str, files: Mapping[str, str]) -> None:
    folder = os.path.join(os.path.abspath(out), "")
    for suffix, path in files.items():
        if not os.path.abspath(path).startswith(folder):
            raise RuntimeError(f"{maker} made {suffix} where it may not")
        if not os.path.isfile(path) or not os.path.getsize(path):
            raise RuntimeError(f"{maker} made an empty {suffix}")


def _share(pieces: list[_Piece], seconds: float) -> None:
    """Split what the visit cost beyond each kind's own part evenly."""
    shared = max(seconds - sum(piece.own_seconds for piece in pieces), 0.0)
    for piece in pieces:
        piece.shared_seconds = shared / len(pieces)


def _told(facts: VisitFacts | None) -> dict[str, Any]:
    if facts is None:
        return {}
    told: dict[str, Any] = {"visit": {"plan": facts.plan, "why": facts.why, "frames_decoded": facts.frames_decoded}}
    if facts.ended_early_seconds is not None:
        told["ended_early_seconds"] = facts.ended_early_seconds
    return told


def _blamed(error: Exception) -> Exception:
    if isinstance(error, OSError) and error.errno in _DISK_FULL:
        raise StorageError(f"nothing can be written: {error.strerror}") from error
    return error


def _failure(name: str, error: Exception, cost_seconds: float) -> Outcome:
    """Why a kind is missing; permanent when the file or the settings must change before it can be made."""
    permanent = isinstance(error, MediaError | UsageError) and not isinstance(error, Unreadable)
    return Outcome(
        kind=name,
        state=ArtifactState.UNAVAILABLE if isinstance(error, Unavailable) else ArtifactState.FAILED,
        cost_seconds=cost_seconds,
        error=str(error) if isinstance(error, VidwatchdError) else f"{type(error).__name__}: {error}",
        permanent=permanent,
    )


class _ProgressFile:
    """Progress as a tiny file, replaced whole: a parent may read it at any time and a killed writer leaves no lock."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._next = 0.0

    def write(self, done: float) -> None:
        """Note how far it is, at most a few times a second; where nothing can be written what is made will say so."""
        now = time.monotonic()
        if now < self._next and done < 1:
            return
        self._next = now + _PROGRESS_EVERY_SECONDS
        beside = self._path + ".new"
        with contextlib.suppress(OSError):
            with open(beside, "w", encoding="ascii") as file:
                file.write(f"{done:.3f}")
            os.replace(beside, self._path)
