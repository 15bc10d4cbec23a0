"""found: the videos of a folder as they are on disk now, and what each says of itself; nothing is written.

What the metadata artifact holds is taken from there while the file is the same; the rest is read by workers.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vidwatchd import scan
from vidwatchd.artifacts.metadata import Metadata
from vidwatchd.ignore import Rules
from vidwatchd.library import Store, readable_folder
from vidwatchd.library.files import load
from vidwatchd.model import ArtifactState, FileState, Outcome, ProductTask, Video, display, native
from vidwatchd.operations import Context, libraries
from vidwatchd.operations.make import Progress
from vidwatchd.operations.produce import Piece, produce, quiet
from vidwatchd.products import fits
from vidwatchd.products.probe import Probe

_AHEAD = 8  # a header is read in less time than the next file takes to be handed over


@dataclass(slots=True)
class Found:
    """One file (its path relative to the folder), its native path, and its document or why there is none."""

    file: FileState
    source: str
    document: fits.Document | None = None
    error: str = ""

    @property
    def duration_seconds(self) -> float | None:
        """How long it says it is."""
        told = (self.document or {}).get("format", {}).get("duration")
        return round(float(told), 3) if told else None


@dataclass(slots=True)
class Folder:
    """What lies in a folder: its absolute portable path, its videos by path, and what could not be read (path → why)."""

    root: str
    files: list[Found] = field(default_factory=list)
    unreadable: Mapping[str, str] = field(default_factory=dict)


def found(ctx: Context, directory: str, *, recursive: bool = False) -> Folder:
    """The videos of a folder, with the documents that are known. Raises InvalidDirectory."""
    root = readable_folder(directory)
    rules = Rules.of(ctx.config.scan.extensions, ctx.config.scan.ignore)
    look = scan.changes(
        native(root), scan.KnownFiles(), rules=rules, settle_seconds=0.0, only=("",), recursive=recursive
    )
    files = [Found(file, os.path.join(native(root), native(file.path))) for file in look.added]
    folder = Folder(root, sorted(files, key=lambda each: each.file.path.casefold()), look.unreadable)
    _recall(ctx, folder, recursive=recursive)
    return folder


def read(ctx: Context, files: Sequence[Found], *, workers: int, progress: Progress = quiet) -> None:
    """Have workers read the documents that are not known yet."""
    unread = [each for each in files if each.document is None and not each.error]
    if not unread:
        return

    def take(number: int, outcome: Outcome) -> None:
        """One file was read, or not."""
        unread[number].document = outcome.facts.get("document")
        unread[number].error = outcome.error

    runner = ctx.runner(min(workers, len(unread)))
    seconds = ctx.config.jobs.timeout_seconds
    tasks = ((each, ProductTask(Probe.name, {}, (each.source,))) for each in unread)
    pieces = (Piece(display(each.file.path), task, seconds) for each, task in tasks)
    produce(runner, pieces, len(unread), take, progress, ahead=_AHEAD)


def _recall(ctx: Context, folder: Folder, *, recursive: bool) -> None:
    place = libraries.place(ctx, folder.root)
    if place is None:
        return
    cut, store = len(place.folder) + 1 if place.folder else 0, ctx.store(place.library.id)
    videos = ctx.index.videos.in_folder(place.library.id, place.folder, recursive=recursive)
    known = {video.path[cut:]: video for video in videos}
    for each in folder.files:
        video = known.get(each.file.path)
        if video is not None and _is_same(video, each.file):
            each.document = _document(ctx, store, video)


def _is_same(video: Video, file: FileState) -> bool:
    names = ("size_bytes", "mtime_ns", "ctime_ns", "inode")
    return all(getattr(video, name) == getattr(file, name) for name in names)


def _document(ctx: Context, store: Store, video: Video) -> dict[str, Any] | None:
    """What the metadata artifact holds; None where there is none, or it found something wrong: then a look is due."""
    made = ctx.index.artifacts.of(video.id).get(Metadata.name)
    if made is None or made.state is not ArtifactState.DONE or made.facts.get("notes") or made.facts.get("stub"):
        return None
    document = load(store.file(video.path, Metadata.suffixes[0]))
    return document if fits.is_document(document) else None
