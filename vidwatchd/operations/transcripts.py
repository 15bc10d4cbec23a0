"""transcripts: what is said in a video, as made and as people changed it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from vidwatchd import artifacts
from vidwatchd.cues import NO_EDITS, Edits, Passage
from vidwatchd.errors import Conflict, StorageError
from vidwatchd.library import Store, read_edits
from vidwatchd.model import Video, native
from vidwatchd.operations import Context


def edits_of(store: Store, video: Video) -> Edits:
    """What people changed of a video; nothing where their file cannot be read now."""
    try:
        found = read_edits(store, video.path)
    except (Conflict, StorageError):
        return NO_EDITS
    return found[0] if found else NO_EDITS


def passages(ctx: Context, video: Video) -> list[Passage]:
    """All timed words of a video that can be searched, of whatever kind."""
    store = ctx.store(video.library_id)
    edits = edits_of(store, video)
    return [
        passage
        for kind, values in _spoken(ctx, store, video)
        for passage in artifacts.KINDS[kind].passages(values, edits)
    ]


def _spoken(ctx: Context, store: Store, video: Video) -> Iterator[tuple[str, Any]]:
    """The kinds that hold words of this video, and what their files say; a file that is broken says nothing."""
    named = ctx.index.artifacts.all_files(video.id)
    for name, kind in artifacts.KINDS.items():
        file = named.get(name, {}).get(kind.spoken, "") if kind.spoken else ""
        if file:
            try:
                with open(f"{store.folder(video.path)}/{native(file)}", encoding="utf-8") as text:
                    yield name, json.load(text)
            except (OSError, ValueError):
                continue
