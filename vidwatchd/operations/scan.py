"""scan: look at a library's folder and bring the index in line with it, losing nothing on a doubt."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, fields
from typing import Any

from vidwatchd import jobs
from vidwatchd import scan as look
from vidwatchd.config import Config
from vidwatchd.disk import OS, is_absent
from vidwatchd.errors import MassLoss
from vidwatchd.fingerprint import fingerprint
from vidwatchd.ignore import Rules
from vidwatchd.model import FileState, Library, Presence, native
from vidwatchd.operations import Context, adopt, companions, follow, libraries, orphans, people_files
from vidwatchd.operations.known import IndexKnown

# Beyond this many changed videos the pages are told to look again as a whole.
MANY = 200
# A disk that slept needs so long until it answers.
WAKING_SECONDS = 10.0


@dataclass(slots=True)
class Scanned:
    """What one scan did, in numbers and video ids."""

    seen: int = 0
    added: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    moved: list[int] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    back: list[int] = field(default_factory=list)
    outdated: list[int] = field(default_factory=list)
    """Videos beside which something changed that they are made from."""
    unreadable: dict[str, str] = field(default_factory=dict)
    unsettled: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def fresh(self) -> list[int]:
        """Videos that may lack artifacts now."""
        return [*self.added, *self.changed, *self.back, *self.moved, *self.outdated]

    def plain(self) -> dict[str, Any]:
        """The numbers, for people and programs."""
        counts = {name: len(getattr(self, name)) for name in ("added", "changed", "moved", "gone", "back", "unsettled")}
        return {"seen": self.seen, **counts, "unreadable": self.unreadable, "seconds": round(self.seconds, 3)}


@dataclass(frozen=True, slots=True)
class Look:
    """How to look: where, how deep, how long a file must have been still, and whether a mass loss is accepted."""

    only: Collection[str] | None = None
    recursive: bool = True
    trees: Collection[str] = ()
    settle_seconds: float | None = None
    accept_loss: bool = False
    pending: look.Pending | None = None
    cancelled: Callable[[], bool] = lambda: False


def rules(config: Config) -> Rules:
    """What is looked at in a library: videos, and what lies beside them that something is made from."""
    return Rules.of(config.scan.extensions, config.scan.ignore, companions.endings())


def scan(ctx: Context, library: Library, how: Look | None = None) -> Scanned:
    """Bring the index in line with what is on disk now.

    Raises LibraryOffline (nothing is changed), MassLoss (most of the library would be lost: nothing is changed and the
    library is held until a person accepts it).
    """
    how = how or Look()
    library = libraries.check_online(ctx, library, WAKING_SECONDS)
    follow.resume(ctx, library)
    found = _changes(ctx, library, how)
    _brake(ctx, library, found, how)
    done = _apply(ctx, library, found)
    if how.only is None:
        ctx.index.libraries.update(library.id, last_scan_at=time.time(), scan_seconds=found.seconds)
    _tell(ctx, library, done)
    return done


def would_change_nothing(ctx: Context, library: Library, how: Look) -> bool:
    """Whether ``scan`` would find all as the index knows it. Raises LibraryOffline."""
    if ctx.index.videos.exchange(library.id):
        return False
    found = _changes(ctx, library, how)
    # That a folder is to be listed again, or no longer, is nothing that anybody sees.
    names = {field.name for field in fields(found)} - {"folders", "fingerprints", "seen", "bytes", "seconds"}
    return not any(getattr(found, name) for name in names)


def _changes(ctx: Context, library: Library, how: Look) -> look.Changes:
    settle = ctx.config.watch.settle_seconds if how.settle_seconds is None else how.settle_seconds
    return look.changes(
        native(library.root),
        IndexKnown(ctx.index, library, ctx.pulse.beats),
        rules=rules(ctx.config),
        settle_seconds=settle,
        only=how.only,
        recursive=how.recursive,
        trees=how.trees,
        pending=how.pending,
        cancelled=how.cancelled,
    )


def scan_and_owe(ctx: Context, library: Library, how: Look | None = None) -> Scanned:
    """``scan``, and write the jobs that the library's videos lack: all of them after a full look, else the fresh ones'."""
    how = how or Look()
    done = scan(ctx, library, how)
    kinds = jobs.kinds_for(ctx.config, library)
    if how.only is None:
        jobs.owe(ctx.index, ctx.config, kinds, library_id=library.id)
    elif done.fresh:
        jobs.owe(ctx.index, ctx.config, kinds, video_ids=done.fresh, priority=jobs.NEW)
    return done


def _brake(ctx: Context, library: Library, found: look.Changes, how: Look) -> None:
    lost, known = len(found.gone) + len(found.hidden), ctx.index.videos.count(library.id)
    limits = ctx.config.scan
    if how.accept_loss or lost <= limits.loss_minimum or lost <= limits.loss_fraction * known:
        if library.held and (how.accept_loss or how.only is None):
            ctx.index.libraries.update(library.id, held="")
        return
    held = f"{lost} of {known} videos are missing from {library.root}"
    ctx.index.libraries.update(library.id, held=held)
    ctx.notify("library", {"id": library.id})
    raise MassLoss(held, hint=f"nothing was removed; if it is right: vidwatchd scan {library.root} --accept-loss")


def _apply(ctx: Context, library: Library, found: look.Changes) -> Scanned:
    """Files beside moved videos first, then rows, then what else lies beside the videos, then the digests that let the
    next scan pass over it all: after a crash anywhere the next scan finds the same again."""
    done = Scanned(found.seen, unreadable=found.unreadable, unsettled=found.unsettled, seconds=found.seconds)
    same, replaced = _sort_changed(ctx, library, found)
    apart = orphans.set_apart(ctx, library, replaced)
    replaced = [file for file in replaced if file not in apart]
    added = [*found.added, *apart]
    left = {video.library_id for video in ctx.index.videos.many([move.video_id for move in found.moved])}
    ways = follow.steps(ctx, library, found.moved)
    files = follow.carry(ctx, library, ways)
    with ctx.index.bulk():
        for move in found.moved:
            ctx.index.videos.move(move.video_id, library.id, move.new)
            done.moved.append(move.video_id)
        follow.note(ctx, library, ways, files)
        back = [*found.back, *_returned(ctx, library, same)]
        ctx.index.videos.touch(library.id, [*same, *found.back], replaced=False)
        done.back = _ids(ctx, library, back)
        done.changed = _replace(ctx, library, replaced)
        done.added = ctx.index.videos.add(library.id, added)
        for path, value in found.fingerprints.items():
            if video := ctx.index.videos.at(library.id, path):
                ctx.index.videos.set_fingerprint(video.id, value)
        done.gone = _apply_lost(ctx, library, found)
    _relieve(ctx, left - {library.id})
    adopted = adopt.added(ctx, library, [*added, *back])
    adopted += adopt.verify(ctx, library, found.artifact_folders, but=done.moved if ctx.read_only else ())
    orphans.look(ctx, library, found.artifact_folders)
    done.outdated = companions.apply(ctx, library, found, [*adopted, *done.moved, *done.back])
    adopt.sidecars(ctx, library, found.sidecars, found.sidecars_gone)
    ctx.index.libraries.remember_folders(library.id, {path: digest for path, digest in found.folders.items() if digest})
    forgotten = [path for path, digest in found.folders.items() if not digest]
    ctx.index.libraries.forget_folders(library.id, [*forgotten, *found.folders_gone])
    return done


def _sort_changed(ctx: Context, library: Library, found: look.Changes) -> tuple[list[FileState], list[FileState]]:
    """The changed files with the content that is known (touched, copied back), and those with another.

    Only the fingerprint tells, and only where it is known. A file that cannot be read now is doubtful, not changed.
    """
    store = ctx.store(library.id)
    same: list[FileState] = []
    replaced: list[FileState] = []
    for file in found.changed:
        known = ctx.index.videos.at(library.id, file.path)
        if not (known and known.fingerprint and known.size_bytes == file.size_bytes):
            replaced.append(file)
            continue
        try:
            (same if fingerprint(store.video(file.path)) == known.fingerprint else replaced).append(file)
        except OSError as error:
            found.unreadable[file.path] = f"it cannot be read: {error.strerror}"
            found.folders[file.path.rpartition("/")[0]] = ""
    return same, replaced


def _returned(ctx: Context, library: Library, files: Collection[FileState]) -> list[FileState]:
    known = {file.path: ctx.index.videos.at(library.id, file.path) for file in files}
    return [file for file in files if (video := known[file.path]) and video.presence is not Presence.PRESENT]


def _replace(ctx: Context, library: Library, files: Collection[FileState]) -> list[int]:
    ctx.index.videos.touch(library.id, files, replaced=True)
    ids = _ids(ctx, library, files)
    ctx.index.artifacts.outdate(ids)
    ctx.index.jobs.drop(ids)
    return ids


def _apply_lost(ctx: Context, library: Library, found: look.Changes) -> list[int]:
    gone = ctx.index.videos.set_presence(library.id, found.gone, Presence.GONE)
    gone += ctx.index.videos.set_presence(library.id, found.hidden, Presence.GONE, "hidden by an ignore rule")
    ctx.index.jobs.drop(gone)
    for path, reason in found.unreadable.items():
        under = [v.path for v in ctx.index.videos.in_folder(library.id, path, recursive=True)] if path else []
        ctx.index.videos.set_presence(library.id, [path, *under], Presence.UNKNOWN, reason)
    return gone


def _relieve(ctx: Context, library_ids: Collection[int]) -> None:
    """Videos that these libraries seemed to lose are found: one that is held for it looks again."""
    for library_id in library_ids:
        if ctx.index.libraries.get(library_id).held:
            ctx.notify("rescan", {"id": library_id})


def _ids(ctx: Context, library: Library, files: Collection[FileState]) -> list[int]:
    return [video.id for file in files if (video := ctx.index.videos.at(library.id, file.path))]


def _tell(ctx: Context, library: Library, done: Scanned) -> None:
    groups = {"added": [*done.added, *done.back], "changed": done.changed, "moved": done.moved, "gone": done.gone}
    groups["artifact"] = done.outdated
    if sum(map(len, groups.values())) > MANY:
        ctx.notify("videos", {})
        groups = {}
    for why, ids in groups.items():
        if ids:
            ctx.notify("video", {"ids": ids, "why": why})
    if any(groups.values()) or not groups:
        ctx.notify("library", {"id": library.id})


def folder(ctx: Context, directory: str, *, accept_loss: bool = False) -> Scanned:
    """Look now at a folder named on the command line with all beneath it, and owe what its videos lack.

    Raises InvalidDirectory, LibraryOffline, MassLoss.
    """
    place = libraries.named(ctx, directory)
    only = (place.folder,) if place.folder else None
    return scan_and_owe(ctx, place.library, Look(only=only, settle_seconds=0.0, accept_loss=accept_loss))


def whole(ctx: Context, which: str, *, accept_loss: bool = False) -> Scanned:
    """Look now at a whole library named by a person, and owe what its videos lack. Raises NotFound, LibraryOffline, MassLoss."""
    library = libraries.found(ctx, which)
    return scan_and_owe(ctx, library, Look(settle_seconds=0.0, accept_loss=accept_loss))


def accept_loss(ctx: Context, library_id: int) -> dict[str, Any]:
    """A person says that what is missing is really gone: the daemon looks again without the brake. Raises NotFound."""
    library = ctx.index.libraries.get(library_id)
    ctx.notify("accept", {"id": library.id})
    return libraries.one(ctx, library.id)


def rescan(ctx: Context, library_id: int) -> dict[str, Any]:
    """Have the daemon look at a whole library now. Raises NotFound."""
    library = ctx.index.libraries.get(library_id)
    ctx.notify("rescan", {"id": library.id})
    return libraries.one(ctx, library.id)


def clean(ctx: Context) -> int:
    """Forget videos whose grace is over, with their artifacts; what people said of them stays on disk. Returns how many.

    What outlasts its video stays, and the row with it, until a person takes the files away.

    Looks again at the moment of acting: a library that is not there, or a file that is back, is left alone.
    """
    removed = 0
    for video in ctx.index.videos.expired(time.time() - ctx.config.scan.grace_days * 86_400):
        store = ctx.store(video.library_id)
        # An I/O error is no absence: only what is proven to be gone loses its artifacts.
        if libraries.is_online(ctx, store.library) and is_absent(OS, store.root, store.video(video.path)):
            files = ctx.index.artifacts.all_files(video.id)
            if keep := orphans.kept(store, video, files):
                orphans.strip(ctx, store, video, keep)
                continue
            store.discard(video.path, files)
            ctx.index.videos.forget([video.id])
            people_files.touched(ctx, [video.library_id])
            removed += 1
    return removed
