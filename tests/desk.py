"""desk: a library, its index and everything around them in a temporary folder, with a runner that makes at once."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

from tests.waiting import PATIENCE_SECONDS
from vidwatchd import artifacts
from vidwatchd.config import parse
from vidwatchd.errors import Cancelled
from vidwatchd.fingerprint import fingerprint
from vidwatchd.index import open_index
from vidwatchd.jobs import Dispatcher
from vidwatchd.model import ArtifactState, FileState, Outcome, VideoFacts, VisitTask, native
from vidwatchd.operations import Context, libraries
from vidwatchd.operations import scan as scans
from vidwatchd.operations.scan import Look

# Few kinds, all of one tier, so that what is owed of a video is made in one visit; see the fixture few_kinds.
KINDS = ("metadata", "thumbs", "sprites")


def make(task: VisitTask) -> list[Outcome]:
    """Every kind of a visit as small files that say what they were made of."""
    made = []
    for kind, _ in task.kinds:
        files = {}
        for suffix in artifacts.kind(kind).suffixes:
            files[suffix] = os.path.join(task.out, kind + suffix)
            os.makedirs(os.path.dirname(files[suffix]), exist_ok=True)
            Path(files[suffix]).write_text(f"{kind} of {Path(task.source).read_bytes()[:40]!r}")
        facts = VideoFacts(12.5, 320, 180, "h264", "aac", "mp4") if kind == "metadata" else None
        made.append(Outcome(kind, ArtifactState.DONE, files, {"kind": kind}, facts, "fake", 0.1))
    return made


class Ticket:
    def __init__(self, task: VisitTask, work: Callable[[VisitTask], list[Outcome]], held: bool) -> None:
        self.task, self.held, self.cancelled = task, held, False
        done = work(task) if held else None  # what is held was made when it began
        self.work = (lambda task: done) if held else work

    def done(self) -> bool:
        return not self.held or self.cancelled

    def result(self) -> list[Outcome]:
        if self.cancelled:
            raise Cancelled("stopped")
        return self.work(self.task)

    def progress(self) -> float:
        return 0.5

    def cancel(self) -> None:
        self.cancelled = True


class FakeRunner:
    """A runner in this process. ``work`` makes; ``hold`` keeps visits on their way until it is taken off."""

    warm = False

    def __init__(self, work: Callable[[VisitTask], list[Outcome]] = make, workers: int = 2) -> None:
        self.work, self.workers, self.hold = work, workers, False
        self.tickets: list[Ticket] = []

    @property
    def kinds(self) -> list[tuple[str, ...]]:
        return [tuple(kind for kind, _ in ticket.task.kinds) for ticket in self.tickets]

    def submit(self, task: VisitTask, *, timeout_seconds: float) -> Ticket:
        self.tickets.append(Ticket(task, lambda task: self.work(task), self.hold))
        return self.tickets[-1]

    def let_go(self) -> None:
        self.hold = False
        for ticket in self.tickets:
            ticket.held = False

    def idle_close(self) -> bool:
        return True

    def close(self, wait_seconds: float = 0.0) -> None:
        pass


class DeskContext(Context):
    """A context whose runner is the fake one."""

    def runner(self, workers: int = 0, most: int = 0):
        return self.held.setdefault("runner", FakeRunner())

    def model_runner(self):
        return self.held.setdefault("models", FakeRunner(workers=1))


class Desk:
    """One library ``box`` beside its data folder."""

    def __init__(self, folder: Path, **settings) -> None:
        self.folder = folder
        self.root = folder / "box"
        self.root.mkdir()
        self.events: list[tuple[str, dict]] = []
        values = {"data_dir": str(folder / "data"), "watch": {"settle_seconds": 0}, "jobs": {"retry_seconds": [0]}}
        self.config = parse({**values, **settings}, folder / "videorc.json")
        self.open()
        self.library_id = libraries.add(self.ctx, str(self.root))["id"]

    def open(self) -> None:
        self.ctx = DeskContext(self.config, open_index(self.config.data_folder))
        self.ctx.notify = lambda type_, data: self.events.append((type_, data))
        self.runner = self.ctx.runner()

    def rebuild(self) -> None:
        """Delete the index and begin anew, as after a loss."""
        self.config = self.ctx.config
        self.close()
        for file in (self.folder / "data").glob("index.db*"):
            file.unlink()
        self.open()
        self.library_id = libraries.configured(self.ctx)[0].id

    def close(self) -> None:
        self.ctx.index.close()

    @property
    def index(self):
        return self.ctx.index

    @property
    def library(self):
        return self.index.libraries.get(self.library_id)

    @property
    def store(self):
        return self.ctx.store(self.library_id)

    def put(self, path: str, content: bytes | str = "") -> Path:
        file = self.root / native(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(
            content.encode() if isinstance(content, str) and content else content or os.fsencode(file) * 50
        )
        return file

    def scan(self, **look) -> scans.Scanned:
        return scans.scan_and_owe(self.ctx, self.library, Look(**look) if look else None)

    def dispatcher(self, runner=None, **options) -> Dispatcher:
        runner = runner or self.runner
        return Dispatcher(self.index, self.ctx.config, runner, self.ctx.store, fingerprint, self.ctx.notify, **options)

    def work(self, runner=None) -> list[tuple[str, ...]]:
        """Do all that is owed; the kinds of each visit."""
        runner = runner or self.runner
        before = len(runner.tickets)
        dispatcher = self.dispatcher(runner)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while dispatcher.step() or self.queued():
            assert time.monotonic() < deadline, "the work does not end"
        dispatcher.stop()
        return runner.kinds[before:]

    def made(self, path: str = "clip.mp4", content: bytes | str = "") -> int:
        """A video with everything made of it; its id."""
        self.put(path, content)
        self.scan()
        self.work()
        return self.id(path)

    def queued(self) -> int:
        return self.index.one("SELECT count(*) FROM jobs WHERE state = 'queued' AND not_before <= ?", time.time())[0]

    def id(self, path: str) -> int:
        found = self.index.videos.at(self.library_id, path)
        assert found, f"no video {path!r}"
        return found.id

    def ids(self) -> dict[str, int]:
        return {v.path: v.id for v in self.index.videos.in_folder(self.library_id, "", recursive=True)}

    def states(self, path: str = "clip.mp4") -> dict[str, str]:
        return {kind: str(found.state) for kind, found in self.index.artifacts.of(self.id(path)).items()}

    def jobs(self) -> list[tuple]:
        return self.index.rows("SELECT kind, state FROM jobs ORDER BY id")

    def beside(self, path: str, suffix: str) -> Path:
        return Path(self.store.file(path, suffix))

    def said(self, path: str) -> dict:
        return json.loads(self.beside(path, ".tags.json").read_text(encoding="utf-8"))


def tree(folder: Path) -> dict[str, bytes]:
    """Every file beneath a folder with its content."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def file(path: str, number: int = 1, size: int | None = None) -> FileState:
    """A made state of a file."""
    return FileState(path, number if size is None else size, number, number, number)
