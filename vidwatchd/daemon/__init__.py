"""daemon: watch, scan, make and serve in one process; start, reload, stop."""

from __future__ import annotations

import contextlib
import logging
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from types import FrameType
from typing import Any, Protocol

from apscheduler.schedulers.background import BackgroundScheduler

from vidwatchd import jobs, operations
from vidwatchd.config import Config
from vidwatchd.daemon.errands import Errands
from vidwatchd.daemon.follower import Follower
from vidwatchd.daemon.tending import Tender
from vidwatchd.daemon.work import Work
from vidwatchd.errors import NotFound, VidwatchdError
from vidwatchd.model import native
from vidwatchd.operations import Context, libraries, partings, upkeep
from vidwatchd.operations import jobs as job_operations
from vidwatchd.operations import scan as scans
from vidwatchd.watch import Hints, Watcher
from vidwatchd.webapp import create_app, intake
from vidwatchd.webapp.events import Hub
from vidwatchd.webapp.security import Credentials, may_bind
from vidwatchd.webapp.server import Server

log = logging.getLogger(__name__)

TICK_SECONDS = 1.0
BUSY_TICK_SECONDS = 0.5
STALLED_SECONDS = 120.0
# At the end, over all threads: each may hang in a dead mount, but one that is only slow shall finish what it writes.
PATIENCE_SECONDS = 3.0


class Notifier(Protocol):
    """Whoever started this process and wants to know how it is (systemd)."""

    every_seconds: float

    def ready(self, text: str = "") -> None:
        """Start-up is complete."""

    def alive(self) -> None:
        """Still well."""

    def stopping(self) -> None:
        """On the way out."""


class Silent:
    """A notifier for when nobody asked."""

    every_seconds = 0.0

    def ready(self, text: str = "") -> None:
        """Nobody to tell."""

    def alive(self) -> None:
        """Nobody to tell."""

    def stopping(self) -> None:
        """Nobody to tell."""


def serve(
    config: Config,
    *,
    folder: str = "",
    echo: Callable[[str], None] = print,
    notifier: Notifier | None = None,
    reload: Callable[[], Config] | None = None,
    advise: Callable[[Config], Sequence[str]] | None = None,
) -> None:
    """Run until SIGINT or SIGTERM; SIGHUP reads the settings again through ``reload``.

    ``advise`` tells what to do so that an installed service fits changed settings.

    Raises UsageError (address in use, or open to others without a password), InvalidDirectory, IndexUnusable.
    """
    credentials = Credentials.read(config.serve.password_file) if config.serve.password_file else None
    may_bind(config.serve.host, credentials)
    with operations.open(config) as ctx:
        ctx.advise = advise or ctx.advise
        daemon = Daemon(ctx, credentials, notifier or Silent())
        daemon.reread = reload or daemon.reread
        with stopping_on_signals(daemon):
            daemon.start(folder)
            echo(f"Dashboard: {daemon.server.url}")
            daemon.wait()
            daemon.stop()


class Daemon:
    """The running parts, and the events between them."""

    def __init__(self, ctx: Context, credentials: Credentials | None, notifier: Notifier) -> None:
        self.ctx = ctx
        self.notifier = notifier
        self.hub = Hub()
        ctx.notify, ctx.live = self.tell, self.live
        self.reread: Callable[[], Config] = lambda: ctx.config
        self.followed_jobs: dict[str, Any] = {}
        app = create_app(ctx, self.hub, credentials, self.followed_jobs)
        serve = ctx.config.serve
        self.server = Server(app, serve.host, serve.port, intake=intake(ctx, credentials))
        self.work = Work(ctx)
        self.errands = Errands(ctx)
        self.tender = Tender(ctx)
        self.followers: dict[int, Follower] = {}
        self.watcher = self._watcher()
        self.scheduler = BackgroundScheduler(timezone="UTC")
        self._jobs_changed = threading.Event()
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._reloading = threading.Lock()
        self._mail = ctx.index.outbox.last()

    def start(self, folder: str) -> None:
        """Everything up; the dashboard answers before the first look at a library is over."""
        libraries.configured(self.ctx, folder)
        threading.Thread(target=self.server.run, name="web", daemon=True).start()
        self.watcher.start()
        self._match_followers()
        self.work.start()
        self.errands.start()
        self.tender.start()
        self._start_clock()
        self.notifier.ready(f"Dashboard: {self.server.url}")

    def end(self) -> None:
        """Ask for the end, from any thread or signal handler."""
        self._ended.set()

    def wait(self) -> None:
        """Pass on what other processes changed and tell pages of progress, until ``end``."""
        busy = False
        alive_at = 0.0
        while not self._ended.wait(BUSY_TICK_SECONDS if busy else TICK_SECONDS):
            try:
                busy = self._tick()
            except VidwatchdError as error:  # the index is locked or its disk full; that must not end the dashboard
                log.warning("pages are not told: %s", error)
            now = time.monotonic()
            every = self.notifier.every_seconds
            if every and now - alive_at >= every and now - self.work.stepped_at < STALLED_SECONDS:
                alive_at = now
                self.notifier.alive()

    def stop(self) -> None:
        """Gone within five seconds, no child left."""
        self.notifier.stopping()
        followers = list(self.followers.values())
        for halt in (self.work.halt, self.errands.halt, self.tender.halt):
            halt()
        for follower in followers:
            follower.stop()
        self.hub.close()
        self.server.close()
        self.scheduler.shutdown(wait=False)
        until = time.monotonic() + PATIENCE_SECONDS
        for end in (self.work.stop, self.errands.stop, self.tender.stop, self.watcher.stop):
            end(max(0.0, until - time.monotonic()))
        for follower in followers:
            follower.join(max(0.0, until - time.monotonic()))

    def reload_soon(self) -> None:
        """Have the settings read again by a thread: whoever says that they changed need not wait."""
        threading.Thread(target=self._reload, name="reload", daemon=True).start()

    def _reload(self) -> None:
        try:
            with self._reloading:
                with self.ctx.changing_settings:  # what was read is old once somebody else has written
                    self.ctx.config = self.reread()
                self._take_over()
        except VidwatchdError as error:
            log.error("the settings were not taken over: %s", error)

    def _take_over(self) -> None:
        """The libraries at once, the rest for what begins from now on."""
        self.work.dispatcher.config = self.ctx.config
        jobs.refresh(self.ctx.index, self.ctx.config)
        libraries.configured(self.ctx)
        self._match_followers()
        self.tender.wake()

    def live(self, library_id: int) -> dict[str, Any]:
        """What only the running daemon knows of a library."""
        follower = self.followers.get(library_id)
        status = self.watcher.status(library_id)
        watch = {"mode": status.mode, "reason": status.reason, "fix": status.fix, "degraded": status.degraded}
        return {"scanning": bool(follower and follower.scanning), "watch": watch}

    def tell(self, type_: str, data: dict[str, Any]) -> None:
        """An event from any operation, in any thread: act on it, and tell the pages."""
        act = {
            "jobs": self._on_jobs,
            "doubt": self._on_doubt,
            "rescan": self._on_rescan,
            "accept": self._on_accept,
            "library": self._on_library,
            "settings": self._on_settings,
            "video": self._on_video,
        }.get(type_)
        if act:
            act(data)
        if type_ not in ("jobs", "doubt", "rescan", "accept"):
            self.hub.publish(type_, data)

    def _on_jobs(self, data: dict[str, Any]) -> None:
        self._jobs_changed.set()
        if data.get("resumed"):
            self.work.try_now()
        self.work.wake()
        self.errands.wake()

    def _on_doubt(self, data: dict[str, Any]) -> None:
        with contextlib.suppress(VidwatchdError):
            video = self.ctx.index.videos.get(data["video_id"])
            self._hint(Hints(video.library_id, folders=frozenset({video.folder})))

    def _on_rescan(self, data: dict[str, Any]) -> None:
        if follower := self.followers.get(data["id"]):
            follower.look_again()

    def _on_accept(self, data: dict[str, Any]) -> None:
        if follower := self.followers.get(data["id"]):
            follower.look_again(accept_loss=True)

    def _on_library(self, data: dict[str, Any]) -> None:
        if data.get("settings"):
            libraries.reread(self.ctx)
        self.work.dispatcher.config = self.ctx.config
        self._match_followers()

    def _on_settings(self, data: dict[str, Any]) -> None:
        self.reload_soon()

    def _on_video(self, data: dict[str, Any]) -> None:
        # Told when all of a visit is written down, what could not be made too.
        if data.get("why") == "artifact":
            for video_id in data["ids"]:
                partings.consider(self.ctx, video_id)

    def _hint(self, hints: Hints) -> None:
        if follower := self.followers.get(hints.library):
            follower.hint(hints)

    def _owed(self) -> None:
        self._jobs_changed.set()
        self.work.wake()

    def _watcher(self) -> Watcher:
        watch = self.ctx.config.watch
        return Watcher(
            {},
            self._hint,
            rules=scans.rules(self.ctx.config),
            debounce_seconds=watch.debounce_seconds,
            polling=watch.polling,
            poll_seconds=watch.poll_seconds,
        )

    def _match_followers(self) -> None:
        """One follower for each watched library, none for others."""
        with self._lock:
            wanted = {library.id: library for library in self.ctx.index.libraries.all() if library.watched}
            for library_id in self.followers.keys() - wanted.keys():
                self.watcher.remove(library_id)
                self.followers.pop(library_id).stop()
            for library_id in wanted.keys() - self.followers.keys():
                self.watcher.add(library_id, native(wanted[library_id].root))
                self.followers[library_id] = Follower(self.ctx, library_id, self._owed)
                self.followers[library_id].start()

    def _tick(self) -> bool:
        """Mail from other processes, and the numbers of the activity page. Whether there is live progress to tell."""
        for number, type_, data in self.ctx.index.outbox.since(self._mail):
            self._mail = number
            self.tell(type_, data)
        if self._jobs_changed.is_set() and len(self.hub):
            self._jobs_changed.clear()
            self.hub.publish("jobs", job_operations.summary(self.ctx))
        self._tell_followed_jobs()
        return self.errands.busy or bool(self.work.dispatcher.visits)

    def _tell_followed_jobs(self) -> None:
        """Jobs that somebody follows (``/api/jobs/<id>/events``): what is new of them, until they end."""
        for job_id, told in list(self.followed_jobs.items()):
            now = self._job(job_id)
            if now != told:
                self.followed_jobs[job_id] = now
                self.hub.publish("job", now)
            if now["state"] in job_operations.ENDED:
                self.followed_jobs.pop(job_id, None)

    def _job(self, job_id: str) -> dict[str, Any]:
        try:
            return job_operations.get(self.ctx, job_id)
        except NotFound:  # its library was removed, or its video replaced: whoever follows it is told the end
            return {"id": job_id, "state": "cancelled"}

    def _start_clock(self) -> None:
        # Late runs are run, not lost, and never twice at once.
        keep = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        minutes = self.ctx.config.watch.rescan_minutes
        jitter = int(minutes * 6)
        self.scheduler.add_job(self._rescan_all, "interval", minutes=minutes, jitter=jitter, **keep)
        self.scheduler.add_job(self._at_night, "cron", hour=3, minute=random.randrange(60), **keep)
        self.scheduler.start()

    def _rescan_all(self) -> None:
        for follower in list(self.followers.values()):
            follower.look_again()

    def _at_night(self) -> None:
        # In a thread that is not waited for: the scheduler's own would hold up the end if a dead mount holds it.
        threading.Thread(target=self._nightly, name="upkeep", daemon=True).start()

    def _nightly(self) -> None:
        try:
            upkeep.nightly(self.ctx)
        except VidwatchdError as error:
            log.warning("nightly upkeep: %s", error)


@contextlib.contextmanager
def stopping_on_signals(daemon: Daemon) -> Iterator[None]:
    """SIGINT and SIGTERM end the daemon, SIGHUP reloads its settings; the old handlers come back afterwards."""

    def end(number: int, frame: FrameType | None) -> None:
        """SIGINT and SIGTERM."""
        daemon.end()

    def again(number: int, frame: FrameType | None) -> None:
        """SIGHUP."""
        daemon.reload_soon()

    wanted = {signal.SIGINT: end, signal.SIGTERM: end, signal.SIGHUP: again}
    before = {number: signal.signal(number, handler) for number, handler in wanted.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
