"""owing: which work is owed: kinds wanted, jobs written, what went stale, what a made entry says."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from vidwatchd import artifacts
from vidwatchd.artifacts.base import Kind
from vidwatchd.config import Config, LibraryConfig
from vidwatchd.index import Index
from vidwatchd.index.jobs import Owing
from vidwatchd.index.later import LAST
from vidwatchd.library import MadeEntry
from vidwatchd.model import Artifact, ArtifactState, Library, VideoFacts, portable

NOW, NEW, BACKFILL = 10, 20, 50  # priorities: a person waits, a file just dropped in, the rest
HEAVY_LATER = 5  # pictures of every waiting video come before the heavy kinds of the first


def caps(config: Config) -> dict[str, int]:
    """How many of each kind may run at once."""
    return {kind.name: getattr(config.workers, kind.name, 1) for kind in artifacts.KINDS.values()}


def kinds_for(config: Config, library: Library) -> tuple[str, ...]:
    """The kinds that are made by themselves in a library, in the order made."""
    entry = _entry(config, library)
    if entry is None:
        return tuple(artifacts.KINDS)
    return tuple(n for n in artifacts.KINDS if n not in entry.skip and (entry.kinds is None or n in entry.kinds))


def _entry(config: Config, library: Library) -> LibraryConfig | None:
    # As typed it may end in a slash or lead through a link; the library's root is the real one. Looking where a link
    # leads touches disks, of which another library's may hang: only where no text tells.
    for means in (lambda entry: entry.path.rstrip("/"), lambda entry: _real(entry.folder)):
        if found := [entry for entry in config.libraries if means(entry) == library.root]:
            return found[0]
    return None


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
            kind = _settings(config, name, over)
            owing = _owing(index, config, kind, priority=priority, asked=asked, force=force, pinned=bool(over))
            if video_ids is not None and (over or kind.ready(config.models_folder) is None):
                index.artifacts.age(owing.kind, owing.version, owing.settings_hash, video_ids, pinned=bool(over))
            owed += index.jobs.owe(owing, library_id=library_id, video_ids=video_ids)
    return owed


def outdated(index: Index, config: Config, video_ids: Collection[int]) -> None:
    """Mark as stale what another version or other settings made of these videos."""
    for making in _makings(config):
        index.artifacts.age(*making, video_ids)


def is_outdated(index: Index, config: Config, video_ids: Collection[int]) -> bool:
    """Whether ``outdated`` would mark anything."""
    return any(index.artifacts.has_aged(*making, video_ids) for making in _makings(config))


def _makings(config: Config) -> Iterator[tuple[str, int, str]]:
    """(kind, version, hash of its settings) of each kind that can be made here."""
    for name, kind in artifacts.KINDS.items():
        instance = _settings(config, name)
        if instance.ready(config.models_folder) is None:  # what cannot be made anew here is better than nothing
            yield name, kind.version, instance.settings_hash


def refresh(index: Index, config: Config) -> None:
    """Find out what went stale or became possible since the last start: new versions, settings, installed extras."""
    for making in _makings(config):
        index.artifacts.age(*making)
    for kind in artifacts.KINDS.values():
        instance = _settings(config, kind.name)
        index.jobs.supersede(kind.name, kind.version, instance.settings_hash)
        if instance.lacks(config.models_folder) is None:
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


def _owing(index: Index, config: Config, kind: Kind, *, priority: int, asked: bool, force: bool, pinned: bool) -> Owing:
    # Whoever asks for one gets it now, of what there is; by themselves they wait for what they are made from.
    requires = () if asked else tuple(name for name in kind.requires if name in artifacts.KINDS)
    return Owing(
        kind.name, kind.tier, kind.version, kind.model_dump(mode="json"), kind.settings_hash, requires,
        _spared(index, config, requires),
        priority=_priority(kind, priority, asked=asked), asked=asked, force=force, pinned=pinned,
    )  # fmt: skip


def _priority(kind: Kind, priority: int, *, asked: bool) -> int:
    if kind.last and not asked:
        return LAST
    return priority + HEAVY_LATER * ((kind.tier != "quick") + kind.last)


def _settings(config: Config, name: str, over: Mapping[str, Any] | None = None) -> Kind:
    return artifacts.settings_for(config, name, over).resolved(config.models_folder)


def _spared(index: Index, config: Config, requires: Collection[str]) -> dict[str, list[int]]:
    """Kind → the libraries in which it is not made by itself: whoever waited for it there would wait for ever."""
    wanted = {library.id: kinds_for(config, library) for library in index.libraries.all()} if requires else {}
    return {kind: [number for number, kinds in wanted.items() if kind not in kinds] for kind in requires}


def _real(folder: str) -> str:
    return portable(os.path.realpath(folder))
