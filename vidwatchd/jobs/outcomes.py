"""outcomes: what becomes of a claimed job, as it is written down."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from vidwatchd import artifacts
from vidwatchd.library import MadeEntry, Unpublished
from vidwatchd.model import Artifact, ArtifactState, FileState, Job, Outcome, Video


def unpublished(job: Job, outcome: Outcome, video: Video) -> Unpublished:
    """What a worker made, as the library publishes it."""
    return Unpublished(outcome.files, _entry(job, outcome, video), whole=bool(artifacts.kind(job.kind).kept))


def unmade(job: Job, video: Video, state: ArtifactState, reason: str) -> Artifact:
    """Why there is none, for the index."""
    return Artifact(video.id, job.kind, state, job.version, job.settings_hash, video.fingerprint, error=reason)


def is_as_known(video: Video, status: os.stat_result) -> bool:
    """Whether a file looks as the index knows it."""
    return (status.st_size, status.st_mtime_ns) == (video.size_bytes, video.mtime_ns)


def _entry(job: Job, outcome: Outcome, video: Video) -> MadeEntry:
    about = {n: getattr(outcome.video, n) for n in outcome.video.__slots__} if outcome.video else None
    return MadeEntry(
        job.version, job.settings_hash, video.fingerprint, {}, outcome.facts, about, job.pinned, outcome.backend,
        round(outcome.cost_seconds, 3), 0, time.time(),
    )  # fmt: skip


def still(known: Video, path: str, file: str, identify: Callable[[str], str]) -> FileState | None:
    """The state of a (native) file at ``path``, if it is the known video: size and mtime can be kept by what replaced it.

    Raises OSError.
    """
    status = os.stat(file)
    same = is_as_known(known, status) and identify(file) == known.fingerprint
    return FileState.of(path, status) if same else None
