"""store: keep films in a few megabytes each, in folders of their own anywhere; the films are only ever read.

What lies in a folder already and is the same film's form, by the same settings, is left; another's is never overwritten
unless that was asked for. A form is made aside and takes its place as a whole.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from vidwatchd import artifacts
from vidwatchd.artifacts.base import Kind
from vidwatchd.errors import Conflict, MediaError, StorageError, Unwritable, UsageError, VidwatchdError
from vidwatchd.fingerprint import fingerprint
from vidwatchd.library import EDITS_SUFFIX, stored
from vidwatchd.library.bench import bench, sweep
from vidwatchd.library.edits import parse_edits
from vidwatchd.library.files import load, write_json
from vidwatchd.library.swap import swap_in
from vidwatchd.model import ArtifactState, Outcome, ProductTask, display, file_name, native, portable
from vidwatchd.operations import Context, forms, libraries, make
from vidwatchd.operations.found import found
from vidwatchd.operations.make import Progress
from vidwatchd.operations.produce import Piece, produce, quiet
from vidwatchd.products.store import Store
from vidwatchd.storing import form as forming
from vidwatchd.storing import manifest
from vidwatchd.storing.manifest import Manifest

NOTE = ".stored.json"
_NAMES = (*manifest.NAMES, NOTE)
# A model may take hours on a processor, and nobody knows how long the films are; what was typed can be stopped.
_LONGEST_SECONDS = 7 * 86400.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """How to go about it; ``settings`` are those of the stored form that differ from the settings file."""

    out: str = ""
    recursive: bool = False
    force: bool = False
    workers: int = 0
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Row:
    """One film: where its form goes, and how it came out (``done there failed``)."""

    path: str
    source: str
    target: str
    state: str = ""
    error: str = ""
    seconds: float = 0.0
    facts: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def fail(self, error: str) -> None:
        """It is not to be had, for this reason."""
        self.state, self.error = "failed", error

    def plain(self, kind: type[Kind]) -> dict[str, Any]:
        """For programs; ``line`` is for people."""
        line = kind.line(self.facts) if self.facts else ""
        told = {"state": self.state, "error": self.error, "notes": self.notes, "seconds": round(self.seconds, 2)}
        return {"path": self.path, "output": portable(self.target), **told, "facts": self.facts, "line": line}


def in_place(sources: Sequence[str], out: str) -> bool:
    """Whether any of it is put beside the videos, as the library's own stored forms are."""
    return not out and any(os.path.isdir(native(path)) for path in sources)


def store(ctx: Context, sources: Sequence[str], wanted: Wanted, *, progress: Progress = quiet) -> dict[str, Any]:
    """``{"files": [{"path", "output", "state", "error", "facts", "line", "notes", "seconds"}], "counts", "seconds"}``.

    A file's form goes to ``out``, by default ``<stem>_stored`` where we are; a folder's videos have theirs made beside
    them, or beneath ``out``. One that fails stops no other. Raises UsageError, InvalidDirectory, ConfigError (settings),
    Unavailable, StorageError.
    """
    began, kind = time.monotonic(), _kind()
    settings = artifacts.settings_for(ctx.config, kind.name, wanted.settings)
    for path in sources:
        if not os.path.exists(native(path)):
            raise UsageError(f"{path} does not exist", hint="name a film, or a folder of films")
    beside = [path for path in sources if os.path.isdir(native(path)) and not wanted.out]
    run = _Run(ctx, kind, settings, wanted, _rows(ctx, [path for path in sources if path not in beside], wanted))
    run.do(progress)
    files = [row.plain(kind) for row in run.rows]
    for folder in beside:
        files += _beside(ctx, kind, folder, wanted, progress)
    counts = dict(Counter(row["state"] for row in files))
    return {"files": files, "counts": counts, "seconds": round(time.monotonic() - began, 2)}


class _Run:
    """One run over films whose forms go to folders of their own."""

    def __init__(self, ctx: Context, kind: type[Kind], settings: Kind, wanted: Wanted, rows: list[Row]) -> None:
        self.ctx, self.kind, self.wanted, self.rows = ctx, kind, wanted, rows
        values = settings.model_dump()
        self.note = {"version": kind.version, "settings": settings.settings_hash}
        self.product = Store(**values, models=ctx.config.models_folder)

    def do(self, progress: Progress) -> None:
        """Make what is not there. Raises Unavailable, StorageError."""
        self._refuse_same_targets()
        todo = [row for row in self.rows if not row.state and not self._is_settled(row)]
        if not todo:
            return
        if lacking := self.product.ready():
            raise lacking
        runner = self.ctx.runner(self.wanted.workers or self.ctx.config.workers.stored, memory_bytes=0, most=len(todo))
        begun: list[tuple[Row, ExitStack]] = []
        try:
            produce(runner, self._pieces(todo, begun), len(todo), lambda n, made: self._take(*begun[n], made), progress)
        finally:
            for _, desk in begun:
                desk.close()

    def _refuse_same_targets(self) -> None:
        rows = [row for row in self.rows if not row.state]
        counted = Counter(row.target.casefold() for row in rows)
        for row in rows:
            if counted[row.target.casefold()] > 1:
                row.fail(f"its folder would be {portable(row.target)}, as another one's: store them one by one")

    def _is_settled(self, row: Row, *, late: bool = False) -> bool:
        """Whether nothing is to be put: it is there, or its place is taken. ``late``: it was free when this was begun, and
        a person's files that came since do no harm."""
        try:
            there = manifest.read(row.target)
            empty = not os.path.lexists(row.target) or (os.path.isdir(row.target) and not os.listdir(row.target))
        except (MediaError, OSError):
            there, empty = None, False
        if why := _in_the_way(row, there):
            row.fail(why)
            return True
        if self.wanted.force:
            return False
        same = there is not None and there.source.fingerprint == _mark(row.source)
        if there and same and load(os.path.join(row.target, NOTE)) == self.note:
            if manifest.damaged(there, row.target):
                return False
            row.state, row.facts = "there", forming.facts(there)
        elif there or not (empty or late):
            what = "a form of it by other settings" if same else "another film's form" if there else "other files"
            way = "--force replaces it" if there else "--force puts the form among them"
            row.fail(f"{portable(row.target)} holds {what}: {way}, --out names another folder")
        return bool(row.state)

    def _pieces(self, todo: Sequence[Row], begun: list[tuple[Row, ExitStack]]) -> Iterator[Piece]:
        """Each at a bench of its own beside its place, so that it gets there by a rename. Raises StorageError."""
        for row in todo:
            parent = os.path.dirname(row.target)
            sweep(parent)
            desk = ExitStack()
            try:
                out = desk.enter_context(bench(parent))
            except Unwritable as error:
                row.fail(str(error))
                continue
            begun.append((row, desk))
            product = self.product.model_copy(update={"lines": _lines(row.source)})
            task = ProductTask(Store.name, product.model_dump(), (row.source,), out)
            yield Piece(display(row.path), task, _LONGEST_SECONDS)

    def _take(self, row: Row, desk: ExitStack, made: Outcome) -> None:
        row.seconds = made.cost_seconds
        with desk:
            if made.state is not ArtifactState.DONE:
                row.fail(made.error)
                return
            try:
                self._place(row, made)
            except (StorageError, Conflict) as error:
                row.fail(str(error))

    def _place(self, row: Row, made: Outcome) -> None:
        form = manifest.from_plain(made.facts)
        if form.source.fingerprint != _mark(row.source):
            row.fail("it changed while it was stored: try again when it is complete")
            return
        if self._is_settled(row, late=True):
            return
        folder = os.path.dirname(made.files[manifest.FILE])
        parent, name = os.path.split(row.target)
        with stored(row.target):
            write_json(os.path.join(folder, NOTE), self.note)
            files = {**made.files, NOTE: os.path.join(folder, NOTE)}
            swap_in(parent, {f"{name}/{each}": path for each, path in files.items()}, _before(row.target))
        row.state, row.facts = "done", forming.facts(form)
        row.notes = [*_gave_way(row.facts), *form.script.notes]


def _gave_way(facts: Mapping[str, Any]) -> list[str]:
    """The better ways to make the picture that did not do, and why."""
    return [f"{way}: {why}" for way, why in (facts.get("fallback_from") or {}).items()]


def _kind() -> type[Kind]:
    kind = forms.kind()
    if kind is None:
        raise UsageError("no stored forms are made here")
    return kind


def _rows(ctx: Context, sources: Sequence[str], wanted: Wanted) -> list[Row]:
    alone = len(sources) == 1
    rows: list[Row] = []
    for path in sources:
        if os.path.isdir(native(path)):
            rows += _inside(ctx, path, wanted)
        else:
            target = native(wanted.out) if wanted.out and alone else os.path.join(native(wanted.out), _stem(path))
            rows.append(Row(path, os.path.abspath(native(path)), os.path.abspath(target)))
    return rows


def _inside(ctx: Context, directory: str, wanted: Wanted) -> Iterator[Row]:
    """The videos of a folder, less what lies in the folder of the forms."""
    out, folder = os.path.abspath(native(wanted.out)), found(ctx, directory, recursive=wanted.recursive)
    stems = Counter(_target(out, each.file.path).casefold() for each in folder.files)
    for each in folder.files:
        if not _is_inside(each.source, out):
            path, plain = each.file.path, _target(out, each.file.path)
            target = plain if stems[plain.casefold()] == 1 else os.path.join(out, native(f"{path}_stored"))
            yield Row(path, each.source, target)
    for path, reason in folder.unreadable.items():
        yield Row(path, "", "", "failed", reason)


def _target(out: str, path: str) -> str:
    return os.path.join(out, os.path.dirname(native(path)), _stem(path))


def _stem(path: str) -> str:
    return f"{os.path.splitext(os.path.basename(native(path)))[0]}_stored"


def _lines(source: str) -> dict[str, list[tuple[float, float, str]]]:
    """What people changed of a film's lines, where that lies beside it; a file that is broken says nothing."""
    folder, name = os.path.split(source)
    path = os.path.join(folder, ".artifacts", native(file_name(portable(name), EDITS_SUFFIX)))
    try:
        found = parse_edits(load(path)).lines
    except ValueError:
        return {}
    return {
        track: [(line.start_seconds, line.end_seconds, line.text) for line in lines] for track, lines in found.items()
    }


def _mark(source: str) -> str:
    """What a file's content is known by; "" for one that cannot be read, which is then said when it is stored."""
    try:
        return fingerprint(source)
    except OSError:
        return ""


def _in_the_way(row: Row, there: Manifest | None) -> str:
    """Why nobody may have a form put there, not even by force: it would take a person's own files; "" when one may."""
    if os.path.lexists(row.target) and not os.path.isdir(row.target):
        return f"{portable(row.target)} is no folder: --out names another"
    if _is_inside(row.source, row.target):
        return f"{portable(row.target)} is the folder of the film itself: --out names another"
    taken = [name for name in _NAMES if os.path.lexists(os.path.join(row.target, name))] if there is None else []
    where = portable(row.target)
    return f"{where} holds a {taken[0]} that was not made here: --out names another folder" if taken else ""


def _is_inside(path: str, folder: str) -> bool:
    return os.path.realpath(path).startswith(os.path.join(os.path.realpath(folder), ""))


def _before(target: str) -> list[str]:
    """The names by which what is to be replaced was ours."""
    try:
        there = manifest.read(target)
    except VidwatchdError:
        there = None
    return [*there.sizes] if there else []


def _beside(
    ctx: Context, kind: type[Kind], folder: str, wanted: Wanted, progress: Progress
) -> Iterator[dict[str, Any]]:
    """A folder's videos have their forms made beside them, as the command of the kind does it."""
    over = {kind.name: wanted.settings} if wanted.settings else {}
    what, began = make.Wanted((kind.name,), force=wanted.force, overrides=over), time.time()
    done = make.make(ctx, folder, what, recursive=wanted.recursive, workers=wanted.workers, progress=progress)
    place = ctx.store(libraries.named(ctx, folder).library.id)
    for item in done.items:
        there = portable(os.path.dirname(place.file(item["path"], kind.kept)))
        told = {"path": item["path"], "output": there, "facts": item["facts"], "line": item["line"]}
        made = {"state": "done", "notes": _gave_way(item["facts"])} if item["made_at"] >= began else {"state": "there"}
        yield {**_NOTHING, **told, **made}
    for line in (*done.failed, *done.unavailable):
        yield {**_NOTHING, "path": line["path"], "state": "failed", "error": line["reason"]}


_NOTHING: Mapping[str, Any] = {"output": "", "error": "", "notes": [], "seconds": 0.0, "facts": {}, "line": ""}
