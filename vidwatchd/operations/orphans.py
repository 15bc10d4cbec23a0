"""orphans: what outlasts its video: kept by every clean-up, found again by a new index, forgotten once it is taken away.

A stored form tells in its manifest what it was made from: that is enough for the row of a video that is gone.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress

from vidwatchd import artifacts, jobs
from vidwatchd.artifacts.base import Kind
from vidwatchd.disk import OS, is_absent
from vidwatchd.errors import MediaError, StorageError
from vidwatchd.library import MadeEntry, Store
from vidwatchd.library.files import load
from vidwatchd.model import (
    ARTIFACTS_FOLDER,
    FileState,
    Library,
    Presence,
    Video,
    VideoFacts,
    file_name,
    native,
    portable,
)
from vidwatchd.operations import Context, learning, people_files
from vidwatchd.storing import form as forming
from vidwatchd.storing import manifest
from vidwatchd.storing.manifest import Manifest

Files = Mapping[str, Mapping[str, str]]


def kept_kinds() -> list[type[Kind]]:
    """The kinds that outlast their video."""
    return [kind for kind in artifacts.KINDS.values() if kind.kept]


def kept(store: Store, video: Video, files: Files) -> set[str]:
    """The kinds of a gone video that stay: of which anything may still be there. ``files``: kind → suffix → name."""
    found = set()
    for kind in kept_kinds():
        own = {kind.kept: file_name(video.name, kind.kept), **files.get(kind.name, {})}
        if not all(_is_lost(store, video, name) for name in own.values()):
            found.add(kind.name)
    return found


def strip(ctx: Context, store: Store, video: Video, keep: Collection[str]) -> None:
    """Remove the artifacts of a video that is long gone, but for these kinds."""
    others = ctx.index.artifacts.of(video.id).keys() - set(keep)
    if others:
        store.discard(video.path, ctx.index.artifacts.all_files(video.id), but=keep)
        ctx.index.artifacts.lose([video.id], others)
        learning.after(ctx, video.id, others)
        people_files.touched(ctx, [video.library_id])


def look(ctx: Context, library: Library, folders: Iterable[str]) -> None:
    """Names came or went in these folders' artifact folders: take over what outlasted its video, forget what went."""
    store, kinds = ctx.store(library.id), kept_kinds()
    if library.layout == "central" and not ctx.index.videos.any(library.id):  # no scan comes by there
        folders = _artifact_folders(store)
    for folder in folders if kinds else ():
        for video in ctx.index.videos.gone_in(library.id, folder):
            _lose_missing(ctx, store, video)
        names = store.names_in(folder)
        for kind in kinds:
            for own in sorted(names):
                if own.endswith(f".{kind.kept}"):
                    _take_over(ctx, store, folder, kind, os.path.dirname(own))


def set_apart(ctx: Context, library: Library, files: Iterable[FileState]) -> list[FileState]:
    """Other films came by the names of gone ones whose stored form is all that there is of them: these go by another name
    from now on, with all that belongs to them. Returns the files whose names are free for a row of their own.
    """
    store, freed = ctx.store(library.id), []
    for file in files if not ctx.read_only else ():
        video = ctx.index.videos.at(library.id, file.path)
        if video is None or video.presence is not Presence.GONE:
            continue
        named = ctx.index.artifacts.all_files(video.id)
        with suppress(StorageError):  # what cannot be moved stays, and gives way once the other's form is made
            if kept(store, video, named) and _set_apart(ctx, store, video, named):
                freed.append(file)
    return freed


def _set_apart(ctx: Context, store: Store, video: Video, files: Files) -> bool:
    stem, ending = os.path.splitext(video.path)
    path = f"{stem} (before {video.fingerprint[-8:]}){ending}"
    if ctx.index.videos.at(video.library_id, path):
        return False
    renamed = store.follow(store, video.path, path, files)
    state = FileState(path, video.size_bytes, video.mtime_ns, video.ctime_ns, video.inode)
    with ctx.index.transaction():
        ctx.index.videos.move(video.id, video.library_id, state)
        ctx.index.artifacts.rename_files(video.id, renamed)
        ctx.index.videos.set_presence(video.library_id, [path], Presence.GONE)
    return True


def check(ctx: Context) -> None:
    """Whether what was kept is still there, whole: what is not is forgotten, and owed again where its video is."""
    kinds = [kind.name for kind in kept_kinds()]
    for video in ctx.index.videos.many(ctx.index.forms.made(kinds)) if kinds else ():
        library = ctx.index.libraries.get(video.library_id)
        if not library.online or not _lose_missing(ctx, ctx.store(library.id), video):
            continue
        if video.presence is Presence.PRESENT:
            wanted = [name for name in jobs.kinds_for(ctx.config, library) if name in kinds]
            jobs.owe(ctx.index, ctx.config, wanted, video_ids=[video.id])


def _artifact_folders(store: Store) -> Iterator[str]:
    """The (portable) folders for which artifacts lie apart from their videos."""
    for inside, names, _ in os.walk(store.base, onerror=None):
        if ARTIFACTS_FOLDER in names:
            folder = portable(os.path.relpath(inside, store.base))
            yield "" if folder == "." else folder


def _lose_missing(ctx: Context, store: Store, video: Video) -> list[str]:
    files, names = ctx.index.artifacts.all_files(video.id), {kind.name for kind in kept_kinds()}
    lost = [
        kind
        for kind, named in files.items()
        if kind in names and any(_is_lost(store, video, name) for name in named.values())
    ]
    if lost:
        ctx.index.artifacts.lose([video.id], lost)
        learning.after(ctx, video.id, lost)
        ctx.notify("video", {"ids": [video.id], "why": "artifact"})
    return lost


def _is_lost(store: Store, video: Video, name: str) -> bool:
    """Proven to be gone: an error of the disk is no absence."""
    return is_absent(OS, store.base, os.path.join(store.folder(video.path), native(name)))


def _take_over(ctx: Context, store: Store, folder: str, kind: type[Kind], own: str) -> None:
    """Take over the folder ``own`` (native name) if it is a stored form whose video is not there."""
    place = os.path.join(store.base, native(folder), ARTIFACTS_FOLDER, own)
    try:
        form = manifest.read(place)
    except MediaError:  # broken, or no manifest at all: it lies there as it is
        return
    name = _video_name(place, own, kind, form) if form else ""
    if form is None or not name:
        return
    path = f"{folder}/{name}" if folder else name
    there = ctx.index.videos.at(store.library.id, path)
    if there is None and is_absent(OS, store.root, store.video(path)):
        there = _returned(ctx, store, path, form) or _gone(ctx, store.library, path, form)
    if there and there.presence is Presence.GONE and kind.name not in ctx.index.artifacts.all_files(there.id):
        _record(ctx, store, there, kind, form)


def _video_name(place: str, own: str, kind: type[Kind], form: Manifest) -> str:
    """What the film is called whose stored form lies in ``place``; "" when nothing tells."""
    plain = portable(own).removesuffix(f".{kind.folder}")
    told = (load(os.path.join(place, manifest.FILE)).get("video"), form.source.name, plain)
    found = (name for name in told if isinstance(name, str) and name and name == os.path.basename(name))
    return next((name for name in found if native(os.path.dirname(file_name(name, kind.kept))) == own), "")


def _returned(ctx: Context, store: Store, path: str, form: Manifest) -> Video | None:
    """The gone video whose stored form this is, carried here by hand: its row follows."""
    for video in ctx.index.videos.of_sizes([form.source.size_bytes]):
        old = ctx.store(video.library_id)
        if (
            video.presence is Presence.GONE
            and video.fingerprint == form.source.fingerprint
            and not kept(old, video, ctx.index.artifacts.all_files(video.id))
        ):
            state = FileState(path, video.size_bytes, video.mtime_ns, video.ctime_ns, video.inode)
            with ctx.index.transaction():
                ctx.index.artifacts.lose([video.id])
                ctx.index.videos.move(video.id, store.library.id, state)
                ctx.index.videos.set_presence(store.library.id, [path], Presence.GONE)
            return ctx.index.videos.get(video.id)
    return None


def _gone(ctx: Context, library: Library, path: str, form: Manifest) -> Video:
    """A row for the video that a stored form was made from."""
    source = form.source
    with ctx.index.transaction():
        (video_id,) = ctx.index.videos.add(library.id, [FileState(path, source.size_bytes, 0, 0, 0)])
        ctx.index.videos.set_presence(library.id, [path], Presence.GONE)
        ctx.index.videos.set_fingerprint(video_id, source.fingerprint)
        about = (source.duration_seconds, source.width, source.height, source.video_codec, source.audio_codec)
        ctx.index.videos.learn(video_id, VideoFacts(*about, source.container))
    return ctx.index.videos.get(video_id)


def _record(ctx: Context, store: Store, video: Video, kind: type[Kind], form: Manifest) -> None:
    """Note what is there: as its made note says, else as the manifest does."""
    noted, _, known = store.made(video.path)
    found = {name: entry for name, entry in noted.items() if entry.fingerprint == known == form.source.fingerprint}
    if kind.name not in found and (entry := _entry(store, video, kind, form)):
        found[kind.name] = entry
    with ctx.index.transaction():
        for name, entry in found.items():
            jobs.record(ctx.index, video.id, name, entry)
    learning.after(ctx, video.id, found.keys())
    ctx.notify("video", {"ids": [video.id], "why": "artifact"})


def _entry(store: Store, video: Video, kind: type[Kind], form: Manifest) -> MadeEntry | None:
    """What the manifest vouches for; None unless all that it names is there. No newer setting makes it stale."""
    inside = (f"{kind.folder}/{name}" for name in (manifest.FILE, *form.sizes))
    files = {suffix: file_name(video.name, suffix) for suffix in inside}
    if not all(kind.owns(suffix) and os.path.isfile(store.file(video.path, suffix)) for suffix in files):
        return None
    backend = form.resultant.backend if form.resultant else ""
    return MadeEntry(
        kind.version, "", form.source.fingerprint, files, forming.facts(form), None, True, backend, form.seconds,
        form.stored_bytes, form.made_at,
    )  # fmt: skip
