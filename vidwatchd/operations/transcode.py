"""transcode: a tree of normalised MP4s from a folder's videos; what fits already stays where it is and is not copied.

Sources are only ever read. In the destination nothing is overwritten that was not put there by a transcode.
"""

from __future__ import annotations

import os
import shutil
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from vidwatchd import config as settings
from vidwatchd.errors import Conflict, Forbidden, StorageError, UsageError
from vidwatchd.library import bench
from vidwatchd.model import ArtifactState, Outcome, ProductTask, display, native, portable
from vidwatchd.operations import Context, libraries, parameters
from vidwatchd.operations.found import Folder, Found, found, read
from vidwatchd.operations.make import Progress
from vidwatchd.operations.outputs import Outputs, names
from vidwatchd.operations.produce import Piece, produce, quiet
from vidwatchd.products.transcode import Transcode as Transcode
from vidwatchd.products.transcode import time_limit

if TYPE_CHECKING:
    from vidwatchd.operations.jobs import Order

_LEAST_FREE_BYTES = 16 * 2**20
_SAME_SECONDS, _SAME_PART = 0.5, 0.01
_PARAMS = {"destination", "dry_run", "workers"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """How to go about it; ``product`` are the settings of the product that differ from its defaults."""

    recursive: bool = False
    force: bool = False
    dry_run: bool = False
    workers: int = 0
    product: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Row:
    """One source: its output, what is done (``transcode fits there failed``) and how it came out."""

    each: Found
    output: str
    action: str = ""
    reasons: list[str] = field(default_factory=list)
    error: str = ""
    state: str = ""
    seconds: float = 0.0
    output_bytes: int | None = None
    copied: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def fail(self, error: str) -> None:
        """It is not to be had, for this reason."""
        self.action, self.state, self.error = "failed", "failed", error

    def plain(self) -> dict[str, Any]:
        """For programs."""
        file = self.each.file
        shown = {name: getattr(self, name) for name in self.__slots__ if name != "each"}
        return {"path": file.path, "size_bytes": file.size_bytes, **shown}


def transcode(
    ctx: Context, directory: str, destination: str, wanted: Wanted, *, progress: Progress = quiet
) -> dict[str, Any]:
    """``{"files": [{"path", "output", "action", "state", "reasons", "error", …}], "counts", …}``; one that fails stops
    no other.

    Raises InvalidDirectory, UsageError (destination, settings), Unavailable (an encoder that does not work),
    StorageError (no room).
    """
    began = time.monotonic()
    product = _product(ctx, wanted)
    target = _destination(directory, destination)
    if not wanted.dry_run and (lacking := product.ready()):
        raise lacking
    run = _Run(ctx, _sources(ctx, directory, target, recursive=wanted.recursive), Outputs(target), product, wanted)
    run.plan(progress)
    if not wanted.dry_run:
        run.do(progress)
    return {
        "directory": run.folder.root,
        "destination": portable(target),
        "dry_run": wanted.dry_run,
        "files": [row.plain() for row in run.rows],
        "counts": dict(Counter(row.state for row in run.rows)),
        "unreadable": dict(run.folder.unreadable),
        "seconds": round(time.monotonic() - began, 2),
    }


def run_task(ctx: Context, order: Order, progress: Progress) -> dict[str, Any]:
    """``transcode`` asked for over the network: from a library folder to one inside a library or the data folder.

    ``params``: ``destination``, ``dry_run``, ``workers`` and the product's settings. Raises NotFound, Forbidden, UsageError.
    """
    destination, wanted = check(ctx, order)
    directory = libraries.folder_inside(ctx, order.directory)
    return transcode(ctx, directory, destination, wanted, progress=progress)


def check(ctx: Context, order: Order) -> tuple[str, Wanted]:
    """Where to, and how to go about it. Raises Forbidden, UsageError for parameters that mean nothing."""
    params = order.params
    destination = _allowed(ctx, parameters.text(params, "destination"))
    product = {name: value for name, value in params.items() if name not in _PARAMS}
    if "ffmpeg_path" in product:  # a program to run is for the settings file to say
        raise Forbidden("ffmpeg_path cannot be set from here", hint="set media.ffmpeg_path in videorc.json")
    parameters.known("transcode", params, {*_PARAMS, *Transcode.model_fields})
    dry_run, workers = parameters.flag(params, "dry_run"), parameters.whole(params, "workers")
    wanted = Wanted(order.recursive, order.force, dry_run, workers, product)
    _product(ctx, wanted)
    return destination, wanted


class _Run:
    """One run: plan, then do."""

    def __init__(self, ctx: Context, folder: Folder, outputs: Outputs, product: Transcode, wanted: Wanted) -> None:
        self.ctx = ctx
        self.folder = folder
        self.outputs = outputs
        self.product = product
        self.wanted = wanted
        called = names(each.file.path for each in folder.files)
        self.rows = [Row(each, called[each.file.path]) for each in folder.files]

    def plan(self, progress: Progress) -> None:
        """Decide what becomes of each."""
        read(self.ctx, self.folder.files, workers=self.ctx.config.workers.codecs, progress=progress)
        self._refuse_same_outputs()
        doubtful = [row for row in self.rows if not row.state and not self._decide(row)]
        there = [Found(row.each.file, self.outputs.path(row.output)) for row in doubtful]
        read(self.ctx, there, workers=self.ctx.config.workers.codecs, progress=progress)
        for row, made in zip(doubtful, there, strict=True):
            self._settle(row, made)

    def do(self, progress: Progress) -> None:
        """Make what was planned."""
        todo = [row for row in self.rows if row.state == "planned"]
        if not todo:
            return
        bench.sweep(self.outputs.destination)
        with bench.bench(self.outputs.destination) as folder:
            workers = min(self.wanted.workers or self.ctx.config.workers.transcode, len(todo))
            # An encoder's memory grows with the picture and the cores: 4K HEVC takes more than a visit is given.
            runner = self.ctx.runner(workers, memory_bytes=0)
            pieces = self._pieces(todo, folder)
            try:
                produce(runner, pieces, len(todo), lambda number, made: self._take(todo[number], made), progress)
            except StorageError as error:
                place, hidden = portable(self.outputs.destination), portable(folder)
                raise StorageError(error.message.replace(hidden, place), hint=error.hint) from error

    def _refuse_same_outputs(self) -> None:
        counted = Counter(row.output.casefold() for row in self.rows)
        for row in self.rows:
            if counted[row.output.casefold()] > 1:
                row.fail(f"its output would be called {row.output}, as another one's: rename one of the sources")

    def _decide(self, row: Row) -> bool:
        """Note what is to be done; False where what lies at the output must be looked into first."""
        if row.each.document is None:
            row.fail(row.each.error or "it cannot be read")
            return True
        row.reasons = self.product.target.misfits(row.each.document)
        if not row.reasons and not self.wanted.force:
            row.action = row.state = "fits"
            return True
        if not os.path.lexists(self.outputs.path(row.output)):
            row.action, row.state = "transcode", "planned"
            return True
        if not self.outputs.is_ours(row.output):
            return False
        same = self.outputs.is_of(row.output, self._source(row), row.each.file, self._codecs) and not self.wanted.force
        row.action, row.state = ("there", "there") if same else ("transcode", "planned")
        return True

    def _settle(self, row: Row, made: Found) -> None:
        """A file of unknown origin at the output: newer than the source and what would be made, it counts as there."""
        target = self.outputs.path(row.output)
        newer = os.lstat(target).st_mtime_ns >= row.each.file.mtime_ns
        fits = made.document is not None and not self.product.target.misfits(made.document)
        if newer and fits and _as_long(row.each, made) and not self.wanted.force:
            row.action = row.state = "there"
        else:
            shown = portable(target)
            row.fail(f"{shown} is there already and was not made of it here: move it away (it was left alone)")

    def _pieces(self, todo: list[Row], folder: str) -> Iterator[Piece]:
        for number, row in enumerate(todo):
            self._check_room(row, folder)
            out = os.path.join(folder, str(number))
            os.mkdir(out)
            given = {**self.product.model_dump(exclude_unset=True), "force": self.wanted.force}
            task = ProductTask(Transcode.name, given, (row.each.source,), out)
            # Twice: what cannot be copied is encoded after that was tried.
            seconds = 2 * time_limit(row.each.duration_seconds or 0.0)
            yield Piece(display(row.each.file.path), task, seconds)

    def _check_room(self, row: Row, folder: str) -> None:
        free = shutil.disk_usage(folder).free
        if free < max(_LEAST_FREE_BYTES, row.each.file.size_bytes // 20):
            place = portable(self.outputs.destination)
            raise StorageError(
                f"{place} has only {free // 2**20} MiB left", hint="free some space; what is done is kept"
            )

    def _take(self, row: Row, made: Outcome) -> None:
        row.seconds = made.cost_seconds
        if made.state is not ArtifactState.DONE:
            row.fail(made.error)
            return
        row.copied, row.notes = list(made.facts["copied"]), list(made.facts["notes"])
        file, target = made.files[".mp4"], self.outputs.path(row.output)
        row.output_bytes = os.path.getsize(file)
        if _changed(row.each):
            row.fail("it changed while it was transcoded: try again when it is complete")
            return
        try:
            bench.place_file(file, target, replaces=self.outputs.is_ours(row.output))
        except Conflict as error:
            row.fail(str(error))
            return
        self.outputs.note(row.output, self._source(row), row.each.file, self._codecs)
        row.state = "done"
        shutil.rmtree(os.path.dirname(file), ignore_errors=True)

    @property
    def _codecs(self) -> tuple[str, str]:
        return self.product.target_v, self.product.target_a

    def _source(self, row: Row) -> str:
        return f"{self.folder.root.rstrip('/')}/{row.each.file.path}"


def _product(ctx: Context, wanted: Wanted) -> Transcode:
    values = {"ffmpeg_path": ctx.config.ffmpeg_path, **wanted.product}
    try:
        return Transcode(**values)
    except ValidationError as error:
        raise _explained(error) from error


def _explained(error: ValidationError) -> UsageError:
    first = error.errors()[0]
    name, type_ = ".".join(map(str, first["loc"])), first["type"]
    if type_ == "string_pattern_mismatch":
        return UsageError(f"{name} must be a bitrate, not {first['input']!r}", hint="as 3000k or 2.5M")
    if type_ == "value_error":
        return UsageError(str(first["ctx"]["error"]))
    return settings.explain(error, Transcode, where="transcode")


def _destination(directory: str, destination: str) -> str:
    if not destination or "\0" in destination:
        raise UsageError("no destination folder was named")
    target = os.path.realpath(native(destination))
    if os.path.lexists(target) and not os.path.isdir(target):
        raise UsageError(f"{destination} is not a folder", hint="name a folder for the new files")
    if target == os.path.realpath(native(directory)):
        raise UsageError("the destination is the folder of the sources", hint="name another folder, perhaps one in it")
    return target


def _sources(ctx: Context, directory: str, target: str, *, recursive: bool) -> Folder:
    """What lies in the folder, less what lies in the destination inside it."""
    folder = found(ctx, directory, recursive=recursive)
    inside = os.path.join(target, "")
    folder.files = [each for each in folder.files if not os.path.realpath(each.source).startswith(inside)]
    return folder


def _allowed(ctx: Context, destination: str) -> str:
    """A destination named over the network. Raises Forbidden outside the libraries and the data folder."""
    if not destination:
        raise UsageError(
            "the transcode names no destination", hint='"params": {"destination": "/a/folder/in/a/library"}'
        )
    full = portable(os.path.realpath(native(destination))) if destination and "\0" not in destination else ""
    data = portable(os.path.realpath(native(ctx.config.data_folder)))
    if not full.startswith("/") or not (libraries.place(ctx, full) or full.startswith(f"{data}/")):
        raise Forbidden("the destination lies in no library", hint="name a folder inside a library")
    return full


def _as_long(source: Found, made: Found) -> bool:
    wanted, is_ = source.duration_seconds, made.duration_seconds
    if wanted is None or is_ is None:
        return False
    return abs(wanted - is_) <= max(_SAME_SECONDS, _SAME_PART * wanted)


def _changed(each: Found) -> bool:
    try:
        now = os.stat(each.source)
    except OSError:
        return True
    return (now.st_size, now.st_mtime_ns) != (each.file.size_bytes, each.file.mtime_ns)
