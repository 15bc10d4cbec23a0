"""dependants: kinds that are made from other kinds' files: what they are handed, and what makes them due again."""

from __future__ import annotations

import os
from collections.abc import Collection

from vidwatchd import artifacts
from vidwatchd.config import Config
from vidwatchd.index import Index
from vidwatchd.jobs.owing import NEW, kinds_for, owe
from vidwatchd.library import Store
from vidwatchd.model import Video, native


def inputs(index: Index, store: Store, video: Video, kinds: Collection[str]) -> dict[str, dict[str, str]]:
    """Kind → suffix → native path, of the published files that these kinds require."""
    required = {name for kind in kinds for name in artifacts.kind(kind).requires}
    if not required:
        return {}
    folder, files = store.folder(video.path), index.artifacts.all_files(video.id)
    return {
        kind: {suffix: os.path.join(folder, native(name)) for suffix, name in files[kind].items()}
        for kind in required & files.keys()
    }


def owe_dependants(
    index: Index,
    config: Config,
    store: Store,
    video_id: int,
    settled: Collection[str],
    made: Collection[str] | None = None,
) -> list[int]:
    """What was made from these kinds' files before is stale, and what waited for them is due. Returns the jobs' ids.

    Not what a person had made with settings of its own. ``made`` are those of which there are new files (None: all).
    """
    wanted = kinds_for(config, store.library)
    waiting = [name for name in wanted if set(artifacts.kind(name).requires) & set(settled)]
    if not waiting:
        return []
    with index.transaction():
        changed = settled if made is None else made
        stale = [name for name in waiting if set(artifacts.kind(name).requires) & set(changed)]
        index.artifacts.outdate([video_id], stale)
        index.jobs.forgive([video_id], stale)
        return owe(index, config, waiting, video_ids=[video_id], priority=NEW)
