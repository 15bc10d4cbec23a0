"""follow: videos that moved take what lies beside them along; what a gone one left in their way is put aside."""

from __future__ import annotations

import os
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from vidwatchd.errors import StorageError
from vidwatchd.index.videos import parked
from vidwatchd.library import TAGS_SUFFIX
from vidwatchd.model import FileState, Library, Video
from vidwatchd.operations import Context
from vidwatchd.scan import Move

Files = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Step:
    """One video's way: as it was, and its new path in the library that was scanned."""

    old: Video
    path: str


def steps(ctx: Context, library: Library, moves: Collection[Move]) -> dict[int, Step]:
    """Video id → its way, for moved videos and for the gone ones whose place they take."""
    found = {move.video_id: Step(ctx.index.videos.get(move.video_id), move.new.path) for move in moves}
    for move in moves:
        there = ctx.index.videos.at(library.id, move.new.path)
        if there and there.id not in found:
            found[there.id] = Step(there, parked(there))
    return found


def carry(ctx: Context, library: Library, ways: Mapping[int, Step]) -> dict[int, Files | None]:
    """Move the files, before the rows say so: a crash in between is made good by the next scan, which finds the same
    moves again. Returns kind → suffix → file name for each video, None where its artifacts could not follow.
    """
    if ctx.read_only:
        return {}
    files: dict[int, Files | None] = {video_id: ctx.index.artifacts.all_files(video_id) for video_id in ways}
    # Where one takes another's place (an exchange, a renumbering) all of them step aside first: nothing is mixed up.
    aside = {video_id: _aside(ways[video_id].path, video_id) for video_id in _tangled(library, ways)}
    for video_id, path in aside.items():
        old = ways[video_id].old
        files[video_id] = _moved(ctx, library, old.library_id, old.path, path, files[video_id])
    for video_id, way in ways.items():
        start = (library.id, aside[video_id]) if video_id in aside else (way.old.library_id, way.old.path)
        files[video_id] = _moved(ctx, library, *start, way.path, files[video_id])
    return files


def note(ctx: Context, library: Library, ways: Mapping[int, Step], files: Mapping[int, Files | None]) -> None:
    """Write down in the index where the files are now; the rows have moved."""
    store = ctx.store(library.id)
    for video_id, named in files.items():
        if named is None:
            ctx.index.artifacts.lose([video_id])
        else:
            ctx.index.artifacts.rename_files(video_id, named)
        path = ways[video_id].path
        try:
            status = os.lstat(store.file(path, TAGS_SUFFIX))
        except OSError:
            continue
        state = FileState.of(store.relative(path, TAGS_SUFFIX), status)
        ctx.index.tags.remember_sidecar(library.id, state)


def _tangled(library: Library, ways: Mapping[int, Step]) -> set[int]:
    left = {(way.old.library_id, way.old.path) for way in ways.values()}
    taken = {(library.id, way.path) for way in ways.values()}
    return {
        video_id
        for video_id, way in ways.items()
        if (way.old.library_id, way.old.path) in taken or (library.id, way.path) in left
    }


def _aside(path: str, video_id: int) -> str:
    folder, _, _ = path.rpartition("/")
    name = f".moving-{video_id}-{uuid.uuid4().hex[:8]}"
    return f"{folder}/{name}" if folder else name


def _moved(
    ctx: Context, library: Library, old_library: int, old_path: str, path: str, files: Files | None
) -> Files | None:
    try:
        return (
            ctx.store(library.id).follow(ctx.store(old_library), old_path, path, files or {})
            if files is not None
            else None
        )
    except StorageError:  # a place that cannot be written: they are made again, the words are in the index
        return None
