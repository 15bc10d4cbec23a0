"""adopt: take over what lies beside the videos: artifacts made before this index, what people wrote."""

from __future__ import annotations

import logging
import os
from collections import defaultdict
from collections.abc import Collection, Iterable
from contextlib import suppress

from vidwatchd import jobs
from vidwatchd.errors import Conflict, StorageError
from vidwatchd.fingerprint import fingerprint
from vidwatchd.library import PARTING_SUFFIX, TAGS_SUFFIX, Store, read_edits
from vidwatchd.library.store import EDITS_SUFFIX, MADE_SUFFIX
from vidwatchd.model import ARTIFACTS_FOLDER, FileState, Library, Tags, Video, file_name, native
from vidwatchd.operations import Context, learning, partings, people_files

log = logging.getLogger(__name__)


def added(ctx: Context, library: Library, files: Iterable[FileState]) -> list[int]:
    """For files new to the index: every artifact their notes vouch for, and every word people said of them.

    Returns the videos whose artifacts were taken over.
    """
    store, adopted = ctx.store(library.id), []
    for folder, names in _by_folder(files).items():
        beside = store.names_in(folder)
        for name in names if beside else ():
            video = ctx.index.videos.at(library.id, f"{folder}/{name}" if folder else name)
            # What people said comes first: a video whose artifacts are there is shown as complete.
            if video and native(file_name(name, TAGS_SUFFIX)) in beside:
                _tags(ctx, store, video)
            if video and native(file_name(name, MADE_SUFFIX)) in beside and _made(ctx, store, video):
                adopted.append(video.id)
            if video and native(file_name(name, PARTING_SUFFIX)) in beside:
                partings.recall(ctx, video)
    _taken_over(ctx, adopted)
    return adopted


def verify(ctx: Context, library: Library, folders: Iterable[str], but: Collection[int] = ()) -> list[int]:
    """Names came or went in these folders' artifact folders: forget artifacts whose files are lost, adopt new ones.

    ``but``: videos whose files lie elsewhere just now. Returns the videos whose artifacts were taken over.
    """
    store, adopted = ctx.store(library.id), []
    for folder in folders:
        names = store.names_in(folder)
        if not ctx.read_only:
            store.tidy_folder(folder)
        for video in ctx.index.videos.in_folder(library.id, folder, recursive=False):
            files = ctx.index.artifacts.all_files(video.id)
            lost = [kind for kind, named in files.items() if not {native(n) for n in named.values()} <= names]
            if lost and video.id not in but:
                ctx.index.artifacts.lose([video.id], lost)
                learning.after(ctx, video.id, lost)
                ctx.notify("video", {"ids": [video.id], "why": "artifact"})
            if not files and native(file_name(video.name, MADE_SUFFIX)) in names and _made(ctx, store, video):
                adopted.append(video.id)
    _taken_over(ctx, adopted)
    return adopted


def sidecars(ctx: Context, library: Library, changed: Iterable[FileState], gone: Collection[str]) -> None:
    """People's sidecars that differ from what was last read or written here, and those that vanished."""
    store = ctx.store(library.id)
    for file in changed:
        if video := _video_of(ctx, library, file.path, TAGS_SUFFIX):
            _tags(ctx, store, video)
            ctx.notify("video", {"ids": [video.id], "why": "tags"})
        elif video := _video_of(ctx, library, file.path, EDITS_SUFFIX):
            _edits(ctx, store, video)
            _tell_words(ctx, video)
        elif file.path == people_files.PATH:
            people_files.adopt(ctx, library)
        else:
            ctx.index.tags.remember_sidecar(library.id, file)
    ctx.index.tags.forget_sidecars(library.id, gone)
    people_files.look(ctx, library)
    if people_files.PATH in gone:
        people_files.vanished(ctx, library)
    for path in gone:
        _restore(ctx, store, _video_of(ctx, library, path, TAGS_SUFFIX))
        if video := _video_of(ctx, library, path, EDITS_SUFFIX):
            log.warning("%s is gone: what was changed of the subtitles and chapters is as made again", path)
            _tell_words(ctx, video)


def _taken_over(ctx: Context, video_ids: Collection[int]) -> None:
    if video_ids:
        jobs.refresh(ctx.index, ctx.config)
    learning.after_all(ctx, video_ids)


def _tell_words(ctx: Context, video: Video) -> None:
    learning.learn(ctx, video.id)
    ctx.notify("video", {"ids": [video.id], "why": "words"})


def _made(ctx: Context, store: Store, video: Video) -> bool:
    """Take over what the note vouches for, if the file is the one it was made of; whether there was anything."""
    kinds, stamp, known = store.made(video.path)
    if not kinds or not known:
        return False
    if stamp != (video.size_bytes, video.mtime_ns, video.ctime_ns, video.inode):
        try:
            if fingerprint(store.video(video.path)) != known:
                return False
        except OSError:
            return False
    with ctx.index.transaction():
        ctx.index.videos.set_fingerprint(video.id, known)
        for kind, entry in kinds.items():
            if entry.fingerprint == known:  # another was made of what the file held before
                jobs.record(ctx.index, video.id, kind, entry)
    return True


def _tags(ctx: Context, store: Store, video: Video) -> None:
    path = store.relative(video.path, TAGS_SUFFIX)
    try:
        found = store.read_tags(video.path)
    except (Conflict, StorageError) as error:
        state = _state(os.path.join(store.base, native(path)), path)
        if state:
            ctx.index.tags.remember_sidecar(store.library.id, state, str(error))
        return
    if found:
        said, state = found
        with ctx.index.transaction():
            ctx.index.tags.put(video.id, said)
            ctx.index.tags.remember_sidecar(store.library.id, state)


def _edits(ctx: Context, store: Store, video: Video) -> None:
    """Note which state of the file is known, and what is wrong with it: the words themselves are read when needed."""
    path, problem = store.relative(video.path, EDITS_SUFFIX), ""
    try:
        read_edits(store, video.path)
    except (Conflict, StorageError) as error:
        problem = str(error)
    if state := _state(os.path.join(store.base, native(path)), path):
        ctx.index.tags.remember_sidecar(store.library.id, state, problem)


def _restore(ctx: Context, store: Store, video: Video | None) -> None:
    """A sidecar was deleted, its video was not: what people said is written again."""
    if video is None or not os.path.lexists(store.video(video.path)) or ctx.read_only:
        return
    said = ctx.index.tags.of(video.id)
    if said != Tags():
        with suppress(StorageError):  # a place that cannot be written now: the words stay in the index
            ctx.index.tags.remember_sidecar(store.library.id, store.write_tags(video.path, said))


def _video_of(ctx: Context, library: Library, sidecar: str, suffix: str) -> Video | None:
    folder, _, name = sidecar.rpartition("/")
    where = folder.removesuffix(ARTIFACTS_FOLDER).rstrip("/")
    if not name.endswith(suffix):
        return None
    stem = name.removesuffix(suffix)
    exact = ctx.index.videos.at(library.id, f"{where}/{stem}" if where else stem)
    if exact or "~" not in stem:
        return exact
    beside = ctx.index.videos.in_folder(library.id, where, recursive=False)
    return next((video for video in beside if file_name(video.name, suffix) == name), None)


def _state(file: str, path: str) -> FileState | None:
    try:
        return FileState.of(path, os.lstat(file))
    except OSError:
        return None


def _by_folder(files: Iterable[FileState]) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for file in files:
        folder, _, name = file.path.rpartition("/")
        found[folder].append(name)
    return found
