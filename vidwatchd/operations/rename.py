"""rename: videos under other names: id, tags, people, artifacts and what else lies beside them come along."""

from __future__ import annotations

import errno
import os
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from vidwatchd import scan as look
from vidwatchd.errors import Conflict, NotFound, UsageError, VidwatchdError
from vidwatchd.ignore import Rules
from vidwatchd.library import Store, readable_folder, stored
from vidwatchd.library.companions import Neighbours, folders
from vidwatchd.library.renaming import is_taken
from vidwatchd.library.renaming import rename as rename_file
from vidwatchd.model import FileState, Library, Presence, Video, display, native, portable
from vidwatchd.operations import Context, follow, libraries
from vidwatchd.operations.make import Progress
from vidwatchd.operations.patterns import Step, Substitution, ordered, problem
from vidwatchd.operations.scan import MANY, Look, scan

ALL = "*"
# Work on a video that is being renamed is put off for so long: it would be of a file that is elsewhere a moment later.
PUT_OFF_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Batch:
    """Many renames: where, what becomes of the names, which files, how many at most (0: all), and whether to do it."""

    directory: str
    change: Substitution
    extensions: tuple[str, ...] = ("mp4",)
    recursive: bool = False
    limit: int = 0
    force: bool = False
    show_all: bool = False


@dataclass(frozen=True, slots=True)
class _Film:
    """One video file, and its id where the index knows it."""

    store: Store
    path: str
    video_id: int | None = None


class _Renamer:
    """Does renames one after the other, each whole before the next; what lies in a folder is listed once."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self.extensions = _rules(ctx).extensions
        self.moved: list[int] = []
        self._neighbours: dict[tuple[str, str], Neighbours] = {}

    def move(self, film: _Film, path: str) -> _Film:
        """The file first: after a crash the next scan sees a move, and brings what is left to its end."""
        beside, index = self._beside(film), self.ctx.index
        old, new = (os.path.basename(film.store.video(each)) for each in (film.path, path))
        companions = beside.of(old)
        waiting = index.jobs.set_back(film.video_id, PUT_OFF_SECONDS) if film.video_id else []
        try:
            _rename(film.store.video(film.path), film.store.video(path))
            if film.video_id is None:
                _carry_noted(film, path)
            else:
                _note(self.ctx, film.store.library, index.videos.get(film.video_id), path)
            beside.carry(companions, old, new, folders(film.store, path))
        finally:
            if waiting:
                index.jobs.resume_now(waiting)
        self.moved += [film.video_id] if film.video_id else []
        return replace(film, path=path)

    def tell(self) -> None:
        """Pages hear of all renames together."""
        many = len(self.moved) > MANY
        if self.moved:
            self.ctx.notify("videos" if many else "video", {} if many else {"ids": self.moved, "why": "moved"})

    def _beside(self, film: _Film) -> Neighbours:
        where = folders(film.store, film.path)
        if where not in self._neighbours:
            self._neighbours[where] = Neighbours(film.store, film.path, self.extensions)
        return self._neighbours[where]


def one(ctx: Context, video_id: int, name: str) -> dict[str, Any]:
    """Give a video another name in its folder. Raises NotFound, UsageError, Conflict (it is taken), LibraryOffline."""
    video = ctx.index.videos.get(video_id)
    library = libraries.check_online(ctx, ctx.index.libraries.get(video.library_id))
    if video.presence is Presence.GONE:
        raise NotFound(f"{display(video.path)} is gone")
    target = f"{video.folder}/{name}" if video.folder else name
    _check(ctx, video.path, target, name)
    _alone(ctx, _Film(ctx.store(library.id), video.path, video.id), target)
    return {"id": video.id, "from": video.path, "to": target}


def file(ctx: Context, source: str, target: str) -> dict[str, Any]:
    """Rename one file on the command line; a target without a slash is a name in the same folder.

    Raises UsageError, InvalidDirectory, NotFound, Conflict (it is taken), LibraryOffline, StorageError.
    """
    old = os.path.abspath(native(source))
    if not os.path.isfile(old):
        raise UsageError(f"{display(source)} is not a file", hint="for many files: vidwatchd rename --batch -d FOLDER")
    new = os.path.abspath(native(target)) if "/" in target else os.path.join(os.path.dirname(old), native(target))
    if os.path.isdir(new) or target.endswith("/"):
        raise UsageError(f"{display(target)} is a folder", hint="give the new name too")
    if not _rules(ctx).is_video_name(os.path.basename(old)):
        raise UsageError(
            f"{display(source)} is not a video that is looked at", hint="see scan.extensions in the settings"
        )
    film, path = _placed(ctx, portable(old), portable(new))
    _check(ctx, film.path, path, os.path.basename(path))
    _alone(ctx, film, path)
    return {"from": portable(source), "to": portable(new if "/" in target else target)}


def batch(ctx: Context, asked: Batch, progress: Progress | None = None) -> dict[str, Any]:
    """Rename many files of a folder, or (without ``force``) only say how.

    ``{"total_matches", "planned", "applied", "dry_run", "first", "errors"}``, with ``show_all`` also ``renames``; paths
    are relative to the folder. Raises UsageError, InvalidDirectory, LibraryOffline, MassLoss.
    """
    root = readable_folder(asked.directory)
    rules = _rules(ctx, asked.extensions)
    found = look.changes(
        native(root), look.KnownFiles(), rules=rules, settle_seconds=0.0, only=("",), recursive=asked.recursive
    )
    errors = [{"path": path, "reason": reason} for path, reason in found.unreadable.items()]
    paths = sorted((state.path for state in found.added), key=str.casefold)
    names = asked.change.apply([_name(path) for path in paths])
    wanted = {path: name for path, name in zip(paths, names, strict=True) if name != _name(path)}
    ways = _possible(ctx, root, dict(list(wanted.items())[: asked.limit or None]), errors)
    applied = _apply(ctx, root, ways, errors, progress, recursive=asked.recursive) if asked.force else 0
    renames = [{"from": old, "to": new} for old, new in ways.items()]
    counts = {"total_matches": len(wanted), "planned": len(ways), "applied": applied, "dry_run": not asked.force}
    shown = {**counts, "first": renames[0] if renames else None, "errors": errors}
    return {**shown, "renames": renames} if asked.show_all else shown


def inside(ctx: Context, asked: Batch) -> dict[str, Any]:
    """``batch`` in a library folder named over the network. Raises NotFound, and as ``batch`` does."""
    place = libraries.inside(ctx, asked.directory)
    return batch(ctx, replace(asked, directory=os.path.join(place.library.root, place.folder)))


def _placed(ctx: Context, old: str, new: str) -> tuple[_Film, str]:
    """Where a file lies and shall lie: in one library, or outside all of them."""
    folders = [readable_folder(os.path.dirname(path)) for path in (old, new)]
    here, there = (libraries.place(ctx, folder) for folder in folders)
    if (here and here.library.id) != (there and there.library.id):
        raise UsageError(
            "the new name lies in another library", hint="move the file as you like: what belongs to it follows"
        )
    if here is None or there is None:
        film = _Film(_loose(ctx), f"{folders[0]}/{os.path.basename(old)}".lstrip("/"))
        return film, f"{folders[1]}/{os.path.basename(new)}".lstrip("/")
    scan(ctx, here.library, Look(only={here.folder, there.folder}, recursive=False, settle_seconds=0.0))
    path = "/".join(part for part in (here.folder, os.path.basename(old)) if part)
    video = ctx.index.videos.at(here.library.id, path)
    if video is None:
        raise NotFound(f"{display(old)} is not a video that is looked at", hint="see scan.extensions in the settings")
    target = "/".join(part for part in (there.folder, os.path.basename(new)) if part)
    return _Film(ctx.store(here.library.id), path, video.id), target


def _loose(ctx: Context) -> Store:
    """Where files lie that are in no library: paths are those of the whole file system."""
    return Store(Library(0, "", "/", ""), ctx.config.data_folder)


def _rules(ctx: Context, extensions: Collection[str] = (ALL,)) -> Rules:
    """What is a video, and of these the ones with such endings. Raises UsageError for an ending that no video has."""
    every = Rules.of(ctx.config.scan.extensions, ctx.config.scan.ignore)
    if ALL in extensions:
        return every
    wanted = Rules.of(extensions, ctx.config.scan.ignore)
    if not wanted.extensions or not wanted.extensions <= every.extensions:
        raise UsageError(
            f"{', '.join(extensions)} is no ending of a video", hint=f"{ALL}, or {', '.join(sorted(every.extensions))}"
        )
    return wanted


def _check(ctx: Context, old: str, new: str, name: str) -> None:
    if old == new:
        raise UsageError(f"{display(name)} is its name already")
    if reason := problem(name, _rules(ctx)):
        raise UsageError(f"{display(_name(old))} cannot be renamed: {display(reason)}")


def _possible(ctx: Context, root: str, names: Mapping[str, str], errors: list[dict[str, str]]) -> dict[str, str]:
    """Old path → new path for those new names that can be; why the others cannot is added to ``errors``."""
    rules = _rules(ctx)
    reasons = {old: problem(name, rules) for old, name in names.items()}  # of the names: a path might lead elsewhere
    wanted = {old: _beside(old, name) for old, name in names.items() if not reasons[old]}
    called = Counter(wanted.values())
    for old, new in wanted.items():
        if called[new] > 1:
            reasons[old] = f"{called[new]} files would be called {new}"
    taken = {old: is_taken(_native(root, old), _native(root, new)) for old, new in wanted.items() if not reasons[old]}
    before = -1
    while before != len(taken):  # who stays because of one is in the way of another
        before = len(taken)
        for old in [old for old, there in taken.items() if there and wanted[old] not in taken]:
            reasons[old] = f"{wanted[old]} exists already"
            del taken[old]
    errors += [{"path": old, "reason": reason} for old, reason in reasons.items() if reason]
    return {old: wanted[old] for old in taken}


def _apply(
    ctx: Context,
    root: str,
    ways: Mapping[str, str],
    errors: list[dict[str, str]],
    progress: Progress | None,
    *,
    recursive: bool,
) -> int:
    films, prefix = _films(ctx, root, ways, recursive=recursive)
    renamer, applied = _Renamer(ctx), 0
    try:
        for number, step in enumerate(ordered(ways)):
            if progress:
                progress(min(number, len(ways)), len(ways), [display(_name(step.origin))])
            try:
                films[step.origin] = _stepped(renamer, films[step.origin], step, prefix)
                applied += step.last
            except VidwatchdError as error:
                errors.append({"path": step.origin, "reason": str(error)})
    finally:
        renamer.tell()
    return applied


def _stepped(renamer: _Renamer, film: _Film, step: Step, prefix: str) -> _Film:
    if film.path != prefix + step.source:
        raise Conflict(f"{step.source} was not free to be used")
    try:
        return renamer.move(film, prefix + step.target)
    except VidwatchdError:
        if step.origin != step.source:  # it stepped aside for the others: back to where it was, if that is free
            renamer.move(film, prefix + step.origin)
        raise


def _films(ctx: Context, root: str, paths: Iterable[str], *, recursive: bool) -> tuple[dict[str, _Film], str]:
    """The films at these paths in a folder, and what stands before such a path in their store."""
    place = libraries.place(ctx, root)
    if place is None:
        prefix = f"{root}/".lstrip("/")
        return {path: _Film(_loose(ctx), prefix + path) for path in paths}, prefix
    scan(ctx, place.library, Look(only=(place.folder,), recursive=recursive, settle_seconds=0.0))
    store, prefix = ctx.store(place.library.id), f"{place.folder}/" if place.folder else ""
    known = {path: ctx.index.videos.at(place.library.id, prefix + path) for path in paths}
    return {path: _Film(store, prefix + path, video.id if video else None) for path, video in known.items()}, prefix


def _alone(ctx: Context, film: _Film, path: str) -> None:
    renamer = _Renamer(ctx)
    renamer.move(film, path)
    renamer.tell()


def _rename(source: str, target: str) -> None:
    shown = portable(target)
    try:
        with stored(target):
            try:
                rename_file(source, target)
            except FileExistsError as error:
                raise Conflict(f"{shown} exists already", hint="nothing was renamed") from error
            except FileNotFoundError as error:
                raise NotFound(f"{portable(source)} is not there any more") from error
    except VidwatchdError as error:
        if isinstance(error.__cause__, OSError) and error.__cause__.errno == errno.EXDEV:
            raise UsageError(f"{shown} lies on another disk", hint="copy the file there yourself") from error
        raise


def _carry_noted(film: _Film, path: str) -> None:
    kinds, _, _ = film.store.made(film.path)
    film.store.follow(film.store, film.path, path, {kind: entry.files for kind, entry in kinds.items()})


def _note(ctx: Context, library: Library, video: Video, path: str) -> None:
    """What lies beside the file, then the rows, as a scan does it that finds the file moved."""
    state = _state(ctx.store(library.id).video(path), video, path)
    old = look.LostFile(video.id, native(library.root), video.path, video.size_bytes, video.mtime_ns, video.inode)
    ways = follow.steps(ctx, library, [look.Move(video.id, state, old)])
    files = follow.carry(ctx, library, ways)
    with ctx.index.transaction():
        ctx.index.videos.move(video.id, library.id, state)
        follow.note(ctx, library, ways, files)


def _state(file: str, video: Video, path: str) -> FileState:
    """The file's state now; where it is not as the index knows it the old numbers stay, and the next scan sees that."""
    now = FileState.of(path, os.stat(file))
    before = (video.size_bytes, video.mtime_ns, video.inode)
    if (now.size_bytes, now.mtime_ns, now.inode) == before:
        return now
    return FileState(path, video.size_bytes, video.mtime_ns, video.ctime_ns, video.inode)


def _native(root: str, path: str) -> str:
    return os.path.join(native(root), native(path))


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _beside(path: str, name: str) -> str:
    folder, slash, _ = path.rpartition("/")
    return f"{folder}{slash}{name}"
