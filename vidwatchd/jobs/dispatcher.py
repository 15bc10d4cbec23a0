"""dispatcher: owed work is claimed, made by a runner, published and recorded; failures retry, then are set aside.

Only the process that holds the index publishes and records. A daemon and a command may work on one queue: a claim is
atomic, a running row has an owner and a lease.
"""

from __future__ import annotations

import logging
import os
import socket
import time
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from vidwatchd import artifacts
from vidwatchd.config import Config
from vidwatchd.disk import Pulse
from vidwatchd.errors import Cancelled, LibraryOffline, NotFound, StorageError, Unwritable, VidwatchdError, WorkerDied
from vidwatchd.index import Index
from vidwatchd.jobs.dependants import inputs, owe_dependants
from vidwatchd.jobs.leavings import Leavings
from vidwatchd.jobs.outcomes import is_as_known, still, unmade, unpublished
from vidwatchd.jobs.owing import caps, record
from vidwatchd.jobs.room import Room
from vidwatchd.jobs.visits import Visit
from vidwatchd.library import Store
from vidwatchd.model import ArtifactState, FileState, Job, JobState, Outcome, Presence, Video, VisitTask
from vidwatchd.runners import Runner

log = logging.getLogger(__name__)

LEASE_SECONDS = 60.0
RENEW_SECONDS = 15.0
PROGRESS_SECONDS = 0.5
CAPS_SECONDS = 1.0
# After a failed write nothing is claimed for this long; the disk may have room again by then.
BLOCKED_SECONDS = 30.0
# A program that ended took the visits of every worker with it: innocent ones too, so more often than attempts.
# Of 200 random kills no innocent job meets 20 in a row; with 5, one in 30 did.
PROGRAM_ENDS = 20
# A worker that is being ended is given three seconds before it is killed, and may make its workspace anew meanwhile.
CLEARING_SECONDS = 5.0
# A file younger than this that does not open may still be on its way, however complete it looks.
YOUNG_SECONDS = 600.0
# What lies on a disk that does not answer is tried again after so long.
HUNG_SECONDS = 5.0
# Seconds of work for a second of video: 4K HEVC in software on a small NAS, two at once, takes about half of that.
SLOWEST_DECODE = 10.0

Notify = Callable[[str, dict[str, Any]], None]
T = TypeVar("T")


@dataclass(slots=True)
class Blocked:
    """Why nothing is claimed at the moment, and until when."""

    reason: str = ""
    until: float = 0.0


@dataclass(slots=True)
class Dispatcher:
    """Keeps the runners busy with what is owed. One thread calls ``step`` again and again; ``owe`` is for any thread.

    ``models`` is the one for the kinds of the tier ``model``; None: the other makes these too. ``learn`` is told of
    every video and the kinds whose files are new.
    """

    index: Index
    config: Config
    runner: Runner
    store: Callable[[int], Store]
    identify: Callable[[str], str]
    notify: Notify = lambda type_, data: None
    models: Runner | None = None
    learn: Callable[[int, Collection[str]], None] = lambda video_id, kinds: None
    owner: str = field(default_factory=lambda: f"{socket.gethostname()},{os.getpid()},{uuid.uuid4().hex[:8]}")
    request: str = ""
    blocked: Blocked = field(default_factory=Blocked)
    visits: list[Visit] = field(default_factory=list)
    _renewed: float = 0.0
    _told: float = 0.0
    _asked: dict[str, int] = field(default_factory=dict)
    _asked_at: float = 0.0
    pulse: Pulse = field(default_factory=Pulse)
    room: Room = field(init=False)
    leavings: Leavings = field(init=False)

    def __post_init__(self) -> None:
        self.room = Room(self.index, self.store)
        self.leavings = Leavings(self.pulse)

    def step(self) -> bool:
        """One turn: collect what is finished, keep leases, claim more. Whether anything is on its way."""
        self.leavings.sweep()
        self._collect()
        self._keep()
        self._fill()
        return bool(self.visits)

    def wait_seconds(self) -> float:
        """How long nothing can happen by itself: until the next retry, lease end or unblocking."""
        if self.visits:
            return 0.01
        if self.leavings.left:
            return 0.2
        moments = [at for at in (self.index.jobs.next_due(), self.blocked.until) if at]
        return min(60.0, max(0.05, min(moments, default=1e12) - time.time()))

    def stop(self) -> None:
        """End what runs and put it back in the queue, its attempt not counted."""
        for visit in self.visits:
            visit.ticket.cancel()
        self.index.jobs.release(self.owner)
        for visit in self.visits:
            self.leavings.clear(visit.out, visit.store.base)
        self.visits.clear()

    # Claiming

    def _fill(self) -> None:
        if self.blocked.until > time.time():
            return
        self.blocked = Blocked()
        self._reclaim()
        while tiers := self._tiers():
            asked = self._asked_caps()
            jobs = self.index.jobs.claim(
                {kind: cap for kind, cap in (caps(self.config) | asked).items() if _tier(kind) in tiers},
                owner=self.owner,
                lease_seconds=LEASE_SECONDS,
                request=self.request,
                balanced=bool(asked),
                later=self.room.later(self.config),
            )
            if not jobs or not self._begin(jobs):
                return

    def _tiers(self) -> set[str]:
        """The tiers whose runner has a worker free.

        A model at work counts as one of the workers, but neither ever waits for the other: a transcription may take
        hours, and the pictures of a file just dropped in may not.
        """
        pictures = {"quick", "heavy"}
        if self.models is None:
            return pictures | {"model"} if len(self.visits) < self.runner.workers else set()
        modelled = sum(visit.modelled for visit in self.visits)
        room = len(self.visits) - modelled < max(1, self.runner.workers - modelled)
        return (pictures if room else set()) | ({"model"} if modelled < self.models.workers else set())

    def _reclaim(self) -> None:
        with self.index.transaction():
            for job in self.index.jobs.reclaim(PROGRAM_ENDS):
                video = self.index.videos.get(job.video_id or 0)
                reason = "the program ended each time it was made"
                self.index.artifacts.fail(unmade(job, video, ArtifactState.FAILED, reason))

    def _begin(self, jobs: list[Job]) -> bool:
        """Start a visit; whether more may be claimed."""
        by_kind = {job.kind: job for job in jobs}
        try:
            video = self.index.videos.get(jobs[0].video_id or 0)
            store = self.store(video.library_id)
            opened = self._patiently(store, partial(self._opened, video, store))
            if opened is None:
                self._doubt(by_kind, video.id)
                return True
            video, out = self._identified(video, opened[0]), opened[1]
        except NotFound:  # removed this very moment, its jobs with it
            return True
        except LibraryOffline:
            self._put_off(by_kind)
            self.notify("doubt", {"video_id": jobs[0].video_id})
            return True
        except Unwritable as error:
            self._fail_all(video, by_kind, str(error))
            return True
        except StorageError as error:
            self._block(str(error), by_kind)
            return False
        except OSError as error:
            self._fail_all(video, by_kind, f"the file cannot be read: {error.strerror}")
            self.notify("doubt", {"video_id": video.id})
            return True
        kinds = tuple((job.kind, job.settings) for job in jobs)
        given = inputs(self.index, store, video, by_kind)
        task = VisitTask(store.video(video.path), out, kinds, given, video.name, self.config.models_folder)
        runner = self.models if self.models and _tier(jobs[0].kind) == "model" else self.runner
        ticket = runner.submit(task, timeout_seconds=self._patience(video))
        self.visits.append(Visit(video, store, by_kind, out, ticket, runner is self.models))
        self.notify("jobs", {})
        return True

    def _patience(self, video: Video) -> float:
        """How long a visit may take: a film of hours that is decoded whole needs hours on a small machine."""
        return self.config.jobs.timeout_seconds + SLOWEST_DECODE * (video.duration_seconds or 0.0)

    def _asked_caps(self) -> dict[str, int]:
        """The caps that a person gave a batch hold while it lasts, whichever process does its work."""
        now = time.monotonic()
        if now - self._asked_at > CAPS_SECONDS:
            self._asked, self._asked_at = self.index.requests.caps(), now
        return self._asked

    def _opened(self, video: Video, store: Store) -> tuple[str, str] | None:
        """The file's fingerprint and a workspace: what touches the disk. None where the file is not as it is known."""
        path = store.video(video.path)
        if not is_as_known(video, os.stat(path)):
            return None
        mark = video.fingerprint or self.identify(path)
        return mark, store.workspace(f"{self.owner},{uuid.uuid4().hex[:8]}".replace("/", "_"))

    def _patiently(self, store: Store, call: Callable[[], T]) -> T:
        return self.pulse.within(store.root, call, self.config.jobs.hung_seconds)

    def _identified(self, video: Video, mark: str) -> Video:
        if video.fingerprint:
            return video
        self.index.videos.set_fingerprint(video.id, mark)
        return self.index.videos.get(video.id)

    def _fail_all(self, video: Video, jobs: Mapping[str, Job], reason: str) -> None:
        for job in jobs.values():
            self._failed(job, video, reason, permanent=False)

    def _doubt(self, jobs: Mapping[str, Job], video_id: int) -> None:
        """The file is not what the index knows, perhaps still growing: the scan must look before anything is made."""
        wait = max(1.0, self.config.watch.settle_seconds)
        self.index.jobs.release(self.owner, [job.id for job in jobs.values()], after_seconds=wait)
        self.notify("doubt", {"video_id": video_id})

    def _block(self, reason: str, jobs: Mapping[str, Job]) -> None:
        log.warning("work pauses: %s", reason)
        self.blocked = Blocked(reason, time.time() + BLOCKED_SECONDS)
        self._give_back(jobs)
        self.notify("jobs", {})

    def _give_back(self, jobs: Mapping[str, Job]) -> None:
        self.index.jobs.release(self.owner, [job.id for job in jobs.values()])

    def _put_off(self, jobs: Mapping[str, Job]) -> None:
        self.index.jobs.release(self.owner, [job.id for job in jobs.values()], after_seconds=HUNG_SECONDS)

    # Keeping

    def _keep(self) -> None:
        now = time.time()
        if self.models and not any(visit.modelled for visit in self.visits):
            self.models.idle_close()
        if not self.visits:
            self.runner.idle_close()
            return
        if now - self._renewed > RENEW_SECONDS:
            self._renewed = now
            self.index.jobs.renew(self.owner, LEASE_SECONDS, [job.id for v in self.visits for job in v.jobs.values()])
        if now - self._told > PROGRESS_SECONDS:
            self._told = now
            self._tell()

    def _tell(self) -> None:
        known = [(visit, visit.progress(self.pulse, self.config.jobs.hung_seconds)) for visit in self.visits]
        there = [visit for visit, progress in known if progress is not None]
        fractions = {
            job.id: progress for visit, progress in known if progress is not None for job in visit.jobs.values()
        }
        self.index.jobs.progress(fractions)
        held = self.index.jobs.held(list(fractions), self.owner)
        for visit in there:
            for job in visit.jobs.values():
                data = {"job_id": job.id, "video_id": visit.video.id, "kind": job.kind}
                self.notify("progress", {**data, "progress": fractions[job.id]})
            if not held >= {job.id for job in visit.jobs.values()}:
                visit.ticket.cancel()

    # Collecting

    def _collect(self) -> None:
        for visit in [visit for visit in self.visits if visit.ticket.done()]:
            self.visits.remove(visit)
            until = 0.0
            try:
                self._settle(visit, visit.ticket.result())
            except WorkerDied as error:
                until = time.monotonic() + CLEARING_SECONDS
                self._died(visit, error)
            except (Cancelled, LibraryOffline):
                until = time.monotonic() + CLEARING_SECONDS
                self._give_back(visit.jobs)
            except NotFound:  # the video was removed from the index meanwhile, its jobs with it
                log.info("video %d is no longer known", visit.video.id)
            except Unwritable as error:
                self._fail_all(visit.video, visit.jobs, str(error))
            except StorageError as error:
                self._block(str(error), visit.jobs)
            finally:
                self.leavings.clear(visit.out, visit.store.base, until)
                self.notify("jobs", {})

    def _settle(self, visit: Visit, outcomes: list[Outcome]) -> None:
        video = self.index.videos.get(visit.video.id)
        state = self._still_of(visit, video)
        if state is None:
            self._doubt(visit.jobs, video.id)
            return
        held = self.index.jobs.held([job.id for job in visit.jobs.values()], self.owner)
        mine = {outcome.kind: outcome for outcome in outcomes if visit.jobs[outcome.kind].id in held}
        done = {kind: outcome for kind, outcome in mine.items() if outcome.state == ArtifactState.DONE}
        self._publish(visit, video, state, done)
        if (video.library_id, video.path) != (visit.video.library_id, visit.video.path):
            # It moved while it was looked at: what could not be opened there may well open here.
            self._give_back({kind: visit.jobs[kind] for kind in mine.keys() - done.keys()})
            mine = done
        lacking = {kind: outcome for kind, outcome in mine.items() if kind not in done}
        self.leavings.clear(visit.out, visit.store.base)
        # With what waited for it: else all would seem done for a moment, or after a crash.
        with self.index.transaction():
            for kind, outcome in lacking.items():
                self._not_made(visit.jobs[kind], video, outcome)
            self._owe_dependants(visit.store, video, lacking, ())
        self.notify("video", {"ids": [video.id], "why": "artifact"})

    def _still_of(self, visit: Visit, video: Video) -> FileState | None:
        """The state of the file that the index means, if what was made is of it: it may have moved, but not changed.

        Size and mtime can be kept by what replaced it; where more than those differ its content decides.
        """
        if video.presence == Presence.GONE or video.fingerprint not in ("", visit.video.fingerprint):
            return None
        store = self.store(video.library_id)
        try:
            return self._patiently(
                store, partial(still, visit.video, video.path, store.video(video.path), self.identify)
            )
        except OSError:
            return None

    def _publish(self, visit: Visit, video: Video, state: FileState, done: Mapping[str, Outcome]) -> None:
        if not done:
            return
        made = {kind: unpublished(visit.jobs[kind], outcome, visit.video) for kind, outcome in done.items()}
        store = self.store(video.library_id)
        entries = self._patiently(store, partial(store.publish, video.path, made, state))
        # Whoever sees that it is done finds nothing on its way any more.
        self.leavings.clear(visit.out, visit.store.base)
        with self.index.transaction():
            self.index.videos.get(video.id)  # its library may have been removed while this was published
            for kind, entry in entries.items():
                record(self.index, video.id, kind, entry)
                self.index.jobs.finish(visit.jobs[kind].id, JobState.DONE, owner=self.owner)
            self._owe_dependants(visit.store, video, done, done)
        self.learn(video.id, done)

    def _owe_dependants(self, store: Store, video: Video, settled: Collection[str], made: Collection[str]) -> None:
        owed = owe_dependants(self.index, self.config, store, video.id, settled, made)
        if owed and self.request:  # whoever waits for these waits for what comes of them too
            self.index.requests.join(self.request, owed)

    def _not_made(self, job: Job, video: Video, outcome: Outcome) -> None:
        if outcome.state == ArtifactState.UNAVAILABLE:
            if not self.index.artifacts.keep(video.id, job.kind, pinned=job.pinned):
                self.index.artifacts.fail(unmade(job, video, ArtifactState.UNAVAILABLE, outcome.error))
            self.index.jobs.finish(job.id, JobState.DONE, outcome.error, owner=self.owner)
            return
        young = time.time() - video.ctime_ns / 1e9 < YOUNG_SECONDS
        self._failed(job, video, outcome.error, permanent=outcome.permanent and not young)

    def _failed(self, job: Job, video: Video, reason: str, *, permanent: bool) -> None:
        log.info("%s of video %d failed: %s", job.kind, video.id, reason)
        with self.index.transaction():
            self.index.artifacts.fail(unmade(job, video, ArtifactState.FAILED, reason))
            if permanent or job.attempts >= self.config.jobs.attempts:
                self.index.jobs.finish(job.id, JobState.FAILED, reason, owner=self.owner)
                return
            waits = self.config.jobs.retry_seconds or (0.0,)
            wait = waits[min(job.attempts, len(waits)) - 1]
            self.index.jobs.retry(job.id, after_seconds=wait, error=reason, alone=False, owner=self.owner)

    def _died(self, visit: Visit, error: VidwatchdError) -> None:
        if len(visit.jobs) == 1:
            self._fail_all(visit.video, visit.jobs, str(error))
        # With several kinds aboard nobody knows whose fault it was: each is tried again at once, by itself.
        for job in visit.jobs.values() if len(visit.jobs) > 1 else ():
            self.index.jobs.retry(job.id, after_seconds=0.0, error=str(error), alone=True, owner=self.owner)
        self.notify("video", {"ids": [visit.video.id], "why": "artifact"})


def _tier(kind: str) -> str:
    return artifacts.kind(kind).tier
