"""follow: videos that moved take what lies beside them along; what a gone one left in their way is put aside."""

from __future__ import annotations

import os
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from vidwatchd.errors import StorageError
from vidwatchd.index.videos import parked
from vidwatchd.library import Store
from vidwatchd.library.store import PEOPLES_SUFFIXES
from vidwatchd.model import FileState, Library, Video, file_name
from vidwatchd.operations import Context, learning, people_files
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
    """Move the files, before the rows say so: after a crash the next scan finds the same moves and moves the rest.

    Returns kind → suffix → file name for each video, None where its artifacts could not follow.
    """
    if ctx.read_only:
        return {}
    tangled = _tangled(library, ways)
    files: dict[int, Files | None] = {}
    for video_id in ways.keys() - tangled:
        way, named = ways[video_id], ctx.index.artifacts.all_files(video_id)
        files[video_id] = _moved(ctx, library, (way.old.library_id, way.old.path), way.path, named)
    if tangled:
        ctx.index.videos.begin_exchange(
            (i, library.id, way.old.library_id, way.old.path, _aside(way.path, i), way.path)
            for i, way in ways.items()
            if i in tangled
        )
        files |= _exchange(ctx, library)
    return files


def resume(ctx: Context, library: Library) -> None:
    """Bring an exchange to its end that a crash cut short."""
    left = ctx.index.videos.exchange(library.id)
    if not left or ctx.read_only:
        return
    ways = {video_id: Step(ctx.index.videos.get(video_id), path) for video_id, _, _, _, path, _ in left}
    files = _exchange(ctx, library)
    with ctx.index.transaction():
        for video_id, way in ways.items():
            old = way.old
            # With the numbers it had: the scan that follows looks at the file itself.
            state = FileState(way.path, old.size_bytes, old.mtime_ns, old.ctime_ns, old.inode)
            ctx.index.videos.move(video_id, library.id, state)
        note(ctx, library, ways, files)


def _exchange(ctx: Context, library: Library) -> dict[int, Files | None]:
    """Where one takes another's place (an exchange, a renumbering) all of them step aside first, so that nothing is
    mixed up; only when all are aside, which is noted, do they go to their new places. Either half can be repeated."""
    left = ctx.index.videos.exchange(library.id)
    for video_id, old_library, old_path, aside, _, all_aside in left:
        if not all_aside:
            _moved(ctx, library, (old_library, old_path), aside, ctx.index.artifacts.all_files(video_id))
    ctx.index.videos.all_aside(library.id)
    files: dict[int, Files | None] = {}
    for video_id, _, _, aside, path, _ in left:
        name = os.path.basename(aside)
        named = ctx.index.artifacts.all_files(video_id)
        waiting = {kind: {suffix: file_name(name, suffix) for suffix in known} for kind, known in named.items()}
        files[video_id] = _moved(ctx, library, (library.id, aside), path, waiting)
    return files


def note(ctx: Context, library: Library, ways: Mapping[int, Step], files: Mapping[int, Files | None]) -> None:
    """Write down in the index where the files are now; the rows have moved."""
    store = ctx.store(library.id)
    for video_id, named in files.items():
        if named is None:
            ctx.index.artifacts.lose([video_id])
            learning.learn(ctx, video_id)
        else:
            ctx.index.artifacts.rename_files(video_id, named)
        for suffix in PEOPLES_SUFFIXES:
            _note_sidecar(ctx, store, ways[video_id].path, suffix)
    ctx.index.videos.end_exchange(library.id)
    people_files.touched(ctx, {library.id, *(way.old.library_id for way in ways.values())} if ways else ())


def _note_sidecar(ctx: Context, store: Store, path: str, suffix: str) -> None:
    try:
        status = os.lstat(store.file(path, suffix))
    except OSError:
        return
    ctx.index.tags.remember_sidecar(store.library.id, FileState.of(store.relative(path, suffix), status))


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


def _moved(ctx: Context, library: Library, old: tuple[int, str], path: str, files: Files) -> Files | None:
    try:
        return ctx.store(library.id).follow(ctx.store(old[0]), old[1], path, files)
    except StorageError:  # a place that cannot be written: they are made again, the words are in the index
        return None
