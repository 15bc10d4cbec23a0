"""jobs: owed work is claimed, made by a runner, published and recorded; failures retry, then are set aside.

Only the process that holds the index publishes and records. A daemon and a command may work on one queue: a claim is
atomic, a running row has an owner and a lease.
"""

from __future__ import annotations

import logging
import os
import shutil
import socket
import time
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from vidwatchd import artifacts
from vidwatchd.config import Config
from vidwatchd.errors import Cancelled, StorageError, VidwatchdError, WorkerDied
from vidwatchd.index import Index
from vidwatchd.index.jobs import Owing
from vidwatchd.library import MadeEntry, Store, Unpublished
from vidwatchd.model import (
    Artifact,
    ArtifactState,
    Job,
    JobState,
    Library,
    Outcome,
    Video,
    VideoFacts,
    VisitTask,
)
from vidwatchd.runners import Runner, Ticket

log = logging.getLogger(__name__)

LEASE_SECONDS = 60.0
RENEW_SECONDS = 15.0
PROGRESS_SECONDS = 0.5
# After a failed write nothing is claimed for this long; the disk may have room again by then.
BLOCKED_SECONDS = 30.0
# A file younger than this that does not open may still be on its way, however complete it looks.
YOUNG_SECONDS = 600.0

NOW, NEW, BACKFILL = 10, 20, 50  # priorities: a person waits, a file just dropped in, the rest

Notify = Callable[[str, dict[str, Any]], None]


@dataclass(slots=True)
class Visit:
    """A visit on its way: the claimed jobs of one video, and the ticket for the worker that makes them."""

    video: Video
    store: Store
    jobs: dict[str, Job]
    out: str
    ticket: Ticket


@dataclass(slots=True)
class Blocked:
    """Why nothing is claimed at the moment, and until when."""

    reason: str = ""
    until: float = 0.0


@dataclass(slots=True)
class Dispatcher:
    """Keeps the runner busy with what is owed. One thread calls ``step`` again and again; ``owe`` is for any thread."""

    index: Index
    config: Config
    runner: Runner
    store: Callable[[int], Store]
    identify: Callable[[str], str]
    notify: Notify = lambda type_, data: None
    owner: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}")
    only: Collection[int] | None = None
    blocked: Blocked = field(default_factory=Blocked)
    visits: list[Visit] = field(default_factory=list)
    _renewed: float = 0.0
    _told: float = 0.0

    def step(self) -> bool:
        """One turn: collect what is finished, keep leases, claim more. Whether anything is on its way."""
        self._collect()
        self._keep()
        self._fill()
        return bool(self.visits)

    def wait_seconds(self) -> float:
        """How long nothing can happen by itself: until the next retry, lease end or unblocking."""
        if self.visits:
            return 0.01
        moments = [at for at in (self.index.jobs.next_due(), self.blocked.until) if at]
        return min(60.0, max(0.05, min(moments, default=1e12) - time.time()))

    def stop(self) -> None:
        """End what runs and put it back in the queue, its attempt not counted."""
        for visit in self.visits:
            visit.ticket.cancel()
        self.index.jobs.release(self.owner)
        for visit in self.visits:
            shutil.rmtree(visit.out, ignore_errors=True)
        self.visits.clear()

    # Claiming

    def _fill(self) -> None:
        if self.blocked.until > time.time():
            return
        self.blocked = Blocked()
        self.index.jobs.reclaim(self.config.jobs.attempts)
        while len(self.visits) < self.runner.workers:
            jobs = self.index.jobs.claim(
                caps(self.config), owner=self.owner, lease_seconds=LEASE_SECONDS, only=self.only
            )
            if not jobs or not self._begin(jobs):
                return

    def _begin(self, jobs: list[Job]) -> bool:
        video = self.index.videos.get(jobs[0].video_id or 0)
        store = self.store(video.library_id)
        by_kind = {job.kind: job for job in jobs}
        if not self._as_known(video, video):
            self._postpone(by_kind, video)
            return True
        try:
            video = self._identified(video, store)
            out = store.workspace(f"{self.owner}:{uuid.uuid4().hex[:8]}".replace("/", "_"))
        except StorageError as error:
            self._block(str(error), by_kind)
            return False
        except OSError as error:
            self._unreadable(video, by_kind, error)
            return True
        kinds = tuple((job.kind, job.settings) for job in jobs)
        task = VisitTask(store.video(video.path), out, kinds, name=video.name)
        ticket = self.runner.submit(task, timeout_seconds=self.config.jobs.timeout_seconds)
        self.visits.append(Visit(video, store, by_kind, out, ticket))
        self.notify("jobs", {})
        return True

    def _identified(self, video: Video, store: Store) -> Video:
        if video.fingerprint:
            return video
        self.index.videos.set_fingerprint(video.id, self.identify(store.video(video.path)))
        return self.index.videos.get(video.id)

    def _as_known(self, known: Video, now: Video) -> bool:
        """Whether the file at ``now``'s place is what ``known`` describes: it may have moved meanwhile, but not changed.

        A failure to look is no change: making or publishing will say what is wrong.
        """
        try:
            status = os.stat(self.store(now.library_id).video(now.path))
        except FileNotFoundError:
            return False
        except OSError:
            return True
        return (status.st_size, status.st_mtime_ns) == (known.size_bytes, known.mtime_ns)

    def _postpone(self, jobs: Mapping[str, Job], video: Video) -> None:
        """The file is being written, moved or was exchanged: the next scan says which, and until then nothing is made."""
        after = max(1.0, self.config.watch.settle_seconds)
        self.index.jobs.release(self.owner, [job.id for job in jobs.values()], after_seconds=after)
        self.notify("doubt", {"video_id": video.id})

    def _unreadable(self, video: Video, jobs: Mapping[str, Job], error: OSError) -> None:
        reason = f"the file cannot be read: {error.strerror}"
        for job in jobs.values():
            self._failed(job, video, reason, permanent=False)
        self.notify("doubt", {"video_id": video.id})

    def _block(self, reason: str, jobs: Mapping[str, Job]) -> None:
        log.warning("work pauses: %s", reason)
        self.blocked = Blocked(reason, time.time() + BLOCKED_SECONDS)
        self._give_back(jobs)
        self.notify("jobs", {})

    def _give_back(self, jobs: Mapping[str, Job]) -> None:
        self.index.jobs.release(self.owner, [job.id for job in jobs.values()])

    # Keeping

    def _keep(self) -> None:
        now = time.time()
        if not self.visits:
            self.runner.idle_close()
            return
        if now - self._renewed > RENEW_SECONDS:
            self._renewed = now
            self.index.jobs.renew(self.owner, LEASE_SECONDS)
        if now - self._told > PROGRESS_SECONDS:
            self._told = now
            self._tell()

    def _tell(self) -> None:
        fractions = {job.id: v.ticket.progress() for v in self.visits for job in v.jobs.values()}
        self.index.jobs.progress(fractions)
        states = self.index.jobs.states(list(fractions))
        for visit in self.visits:
            for job in visit.jobs.values():
                data = {"job_id": job.id, "video_id": visit.video.id, "kind": job.kind}
                self.notify("progress", {**data, "progress": fractions[job.id]})
            if any(states.get(job.id) != JobState.RUNNING for job in visit.jobs.values()):
                visit.ticket.cancel()

    # Collecting

    def _collect(self) -> None:
        for visit in [visit for visit in self.visits if visit.ticket.done()]:
            self.visits.remove(visit)
            try:
                self._settle(visit, visit.ticket.result())
            except WorkerDied as error:
                self._died(visit, error)
            except Cancelled:
                self._give_back(visit.jobs)
            except StorageError as error:
                self._block(str(error), visit.jobs)
            finally:
                shutil.rmtree(visit.out, ignore_errors=True)
                self.notify("jobs", {})

    def _settle(self, visit: Visit, outcomes: list[Outcome]) -> None:
        video = self.index.videos.get(visit.video.id)
        if video.fingerprint not in ("", visit.video.fingerprint) or not self._as_known(visit.video, video):
            self._postpone(visit.jobs, video)
            return
        done = {o.kind: o for o in outcomes if o.state == ArtifactState.DONE and o.kind in visit.jobs}
        self._publish(visit, video, done)
        for outcome in outcomes:
            if outcome.kind not in done and outcome.kind in visit.jobs:
                self._not_made(visit.jobs[outcome.kind], video, outcome)
        self.notify("video", {"ids": [video.id], "why": "artifact"})

    def _publish(self, visit: Visit, video: Video, done: Mapping[str, Outcome]) -> None:
        if not done:
            return
        made = {kind: Unpublished(o.files, _entry(visit.jobs[kind], o, visit.video)) for kind, o in done.items()}
        entries = self.store(video.library_id).publish(video.path, made, (video.size_bytes, video.mtime_ns))
        with self.index.transaction():
            for kind, entry in entries.items():
                record(self.index, video.id, kind, entry)
                self.index.jobs.finish(visit.jobs[kind].id, JobState.DONE)
        self._owe_dependants(video, done)

    def _owe_dependants(self, video: Video, done: Collection[str]) -> None:
        wanted = kinds_for(self.config, self.store(video.library_id).library)
        waiting = [name for name in wanted if set(artifacts.kind(name).requires) & set(done)]
        if waiting:
            owe(self.index, self.config, waiting, video_ids=[video.id], priority=NEW)

    def _not_made(self, job: Job, video: Video, outcome: Outcome) -> None:
        if outcome.state == ArtifactState.UNAVAILABLE:
            self.index.artifacts.fail(_unmade(job, video, ArtifactState.UNAVAILABLE, outcome.error))
            self.index.jobs.finish(job.id, JobState.DONE, outcome.error)
            return
        young = time.time() - video.ctime_ns / 1e9 < YOUNG_SECONDS
        self._failed(job, video, outcome.error, permanent=outcome.permanent and not young)

    def _failed(self, job: Job, video: Video, reason: str, *, permanent: bool, after: float | None = None) -> None:
        log.info("%s of video %d failed: %s", job.kind, video.id, reason)
        with self.index.transaction():
            self.index.artifacts.fail(_unmade(job, video, ArtifactState.FAILED, reason))
            if permanent or job.attempts >= self.config.jobs.attempts:
                self.index.jobs.finish(job.id, JobState.FAILED, reason)
                return
            waits = self.config.jobs.retry_seconds or (0.0,)
            wait = waits[min(job.attempts, len(waits)) - 1] if after is None else after
            self.index.jobs.retry(job.id, after_seconds=wait, error=reason, alone=after is not None)

    def _died(self, visit: Visit, error: VidwatchdError) -> None:
        # With several kinds aboard nobody knows whose fault it was: each is tried again at once, by itself.
        shared = len(visit.jobs) > 1
        for job in visit.jobs.values():
            self._failed(job, visit.video, str(error), permanent=False, after=0.0 if shared else None)
        self.notify("video", {"ids": [visit.video.id], "why": "artifact"})


def caps(config: Config) -> dict[str, int]:
    """How many of each kind may run at once."""
    return {kind.name: getattr(config.workers, kind.name, 1) for kind in artifacts.KINDS.values()}


def kinds_for(config: Config, library: Library) -> tuple[str, ...]:
    """The kinds that are made by themselves in a library, in the order made."""
    chosen = next((entry.kinds for entry in config.libraries if entry.path == library.root), None)
    names = tuple(artifacts.KINDS)
    return names if chosen is None else tuple(name for name in names if name in chosen)


def owe(
    index: Index,
    config: Config,
    kinds: Collection[str],
    *,
    library_id: int | None = None,
    video_ids: Collection[int] | None = None,
    priority: int = BACKFILL,
    asked: bool = False,
    force: bool = False,
    overrides: Mapping[str, Mapping[str, Any]] | None = None,
) -> list[int]:
    """Write the jobs that these videos lack. ``asked``: a person did, so what was set aside is tried again.

    Returns the ids of the jobs queued now. Raises NotFound for an unknown kind, ConfigError for a bad setting.
    """
    owed: list[int] = []
    with index.transaction():
        for name in kinds:
            over = (overrides or {}).get(name) or {}
            owing = _owing(config, name, over, priority=priority, asked=asked, force=force)
            if over and video_ids is not None:
                index.artifacts.age(name, owing.version, owing.settings_hash, video_ids)
            owed += index.jobs.owe(owing, library_id=library_id, video_ids=video_ids)
    return owed


def refresh(index: Index, config: Config) -> None:
    """Find out what went stale or became possible since the last start: new versions, settings, installed extras."""
    for kind in artifacts.KINDS.values():
        instance = artifacts.settings_for(config, kind.name)
        index.artifacts.age(kind.name, kind.version, instance.settings_hash)
        if instance.ready() is None:
            index.artifacts.available(kind.name)


def record(index: Index, video_id: int, kind: str, entry: MadeEntry) -> None:
    """Note in the index what a made entry says: after publishing, and when a scan finds artifacts it did not know."""
    artifact = Artifact(
        video_id, kind, ArtifactState.DONE, entry.version, entry.settings_hash, entry.fingerprint, (), entry.facts,
        entry.backend, entry.cost_seconds, entry.cost_bytes, "", entry.made_at,
    )  # fmt: skip
    index.artifacts.put(artifact, files=entry.files, pinned=entry.pinned)
    if entry.video:
        index.videos.learn(video_id, VideoFacts(**entry.video))


def _owing(config: Config, name: str, over: Mapping[str, Any], *, priority: int, asked: bool, force: bool) -> Owing:
    kind = artifacts.settings_for(config, name, over)
    return Owing(
        kind.name, kind.tier, kind.version, kind.model_dump(mode="json"), kind.settings_hash, kind.requires,
        priority=priority, asked=asked, force=force, pinned=bool(over),
    )  # fmt: skip


def _entry(job: Job, outcome: Outcome, video: Video) -> MadeEntry:
    about = {n: getattr(outcome.video, n) for n in outcome.video.__slots__} if outcome.video else None
    return MadeEntry(
        job.version, job.settings_hash, video.fingerprint, {}, outcome.facts, about, job.pinned, outcome.backend,
        round(outcome.cost_seconds, 3), 0, time.time(),
    )  # fmt: skip


def _unmade(job: Job, video: Video, state: ArtifactState, reason: str) -> Artifact:
    return Artifact(video.id, job.kind, state, job.version, job.settings_hash, video.fingerprint, error=reason)


def expire_dead(index: Index) -> None:
    """After a kill, what was running need not wait for its lease to end."""
    for owner in index.jobs.owners():
        if not owner_lives(owner):
            index.jobs.expire(owner)


def owner_lives(workspace: str) -> bool:
    """Whether the process that a workspace is named after still runs; one on another machine counts as running."""
    host, _, rest = workspace.partition(":")
    pid = rest.partition(":")[0]
    if host != socket.gethostname() or not pid.isdecimal():
        return host != socket.gethostname()
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
