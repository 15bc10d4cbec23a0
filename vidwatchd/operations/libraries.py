"""libraries: add, list and remove root folders; tell which library a folder belongs to; notice when one is gone."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from vidwatchd import artifacts, jobs
from vidwatchd import config as settings
from vidwatchd.disk import PATIENCE_SECONDS, hangs
from vidwatchd.errors import Conflict, LibraryOffline, NotFound, UsageError
from vidwatchd.library import WITNESSES, new_uuid, offline_reason, read_marker, readable_folder, write_marker
from vidwatchd.model import Library, native, portable
from vidwatchd.operations import Context


@dataclass(frozen=True, slots=True)
class Place:
    """A folder as a library sees it: the library, and the portable folder inside it ("" for all of it)."""

    library: Library
    folder: str = ""


def add(ctx: Context, path: str, name: str = "") -> dict[str, Any]:
    """Watch a folder from now on: a row, a marker, and an entry in the settings file.

    ``notice`` says what an installed service still needs. Raises InvalidDirectory, Conflict (it lies in, or around, a
    folder that is watched already).
    """
    root = readable_folder(path)
    known = ctx.index.libraries.by_root(root)
    if not (known and known.watched):
        _refuse_overlap(ctx, root)
    # The settings first: what a person added must not live in the index only.
    _save(ctx, lambda entries: _with_entry(entries, root, name))
    library = _enter(ctx, root, name=name, watched=True)
    for inner in ctx.index.libraries.all():
        if inner.root.startswith(library.root.rstrip("/") + "/"):  # named on a command line once, not watched
            ctx.index.libraries.absorb(library, inner)
    ctx.notify("library", {"id": library.id})
    advice = " ".join(ctx.advise(ctx.config))
    return {**one(ctx, library.id), **({"notice": advice} if advice else {})}


def remove(ctx: Context, library_id: int) -> None:
    """Stop watching and forget the rows. No video, artifact or sidecar is touched. Raises NotFound."""
    library = ctx.index.libraries.get(library_id)
    _save(ctx, lambda entries: [entry for entry in entries if _root_of(entry) != library.root])
    ctx.index.libraries.remove(library_id)
    ctx.notify("library", {"id": library_id})


def change(
    ctx: Context, library_id: int, *, skip: Collection[str] | None = None, stored: bool | None = None
) -> dict[str, Any]:
    """Say which kinds are not made by themselves in a library: all of them with ``skip``, or those that outlast their
    video with ``stored``. What waits of these is taken back, what was made stays.

    Raises NotFound (library, kind), Conflict (a library that is in no settings file).
    """
    library = ctx.index.libraries.get(library_id)
    if not any(_root_of(entry) == library.root for entry in settings.saved_libraries(ctx.config)):
        raise Conflict(f"{library.root} is not watched", hint=f"vidwatchd library add {library.root}")
    before = jobs.kinds_for(ctx.config, library)
    _save(ctx, lambda entries: [_skipping(each, library.root, skip, stored=stored) for each in entries])
    after = jobs.kinds_for(ctx.config, library)
    ctx.index.jobs.take_back(library.id, [kind for kind in before if kind not in after])
    jobs.owe(ctx.index, ctx.config, [kind for kind in after if kind not in before], library_id=library.id)
    ctx.notify("library", {"id": library.id, "settings": True})
    ctx.notify("jobs", {})
    return one(ctx, library.id)


def reread(ctx: Context) -> None:
    """Another process changed what the settings file says of the libraries."""
    with ctx.changing_settings:
        ctx.config = ctx.config.model_copy(update={"libraries": tuple(settings.saved_libraries(ctx.config))})


def listing(ctx: Context) -> list[dict[str, Any]]:
    """Every library with its counts, for people and programs; ``skip``: the kinds that are not made there by themselves,
    ``stored``: whether stored forms are."""
    rows = ctx.index.libraries.with_counts()
    return [{**_shown(row), **_wanted(ctx, row["id"]), **ctx.live(row["id"])} for row in rows]


def one(ctx: Context, library_id: int) -> dict[str, Any]:
    """One library with its counts. Raises NotFound."""
    found = [row for row in listing(ctx) if row["id"] == library_id]
    if not found:
        raise NotFound(f"there is no library {library_id}", hint="vidwatchd library list")
    return found[0]


def find(ctx: Context, which: str) -> Library:
    """A library by id, name or folder. Raises NotFound."""
    full = real(which)
    for library in ctx.index.libraries.all():
        if which in (str(library.id), library.name) or library.root == full != "":
            return library
    raise NotFound(f"there is no library {which!r}", hint="vidwatchd library list")


def found(ctx: Context, which: str) -> Library:
    """``find``, for a command: the settings' libraries count too when no daemon has entered them yet. Raises NotFound."""
    configured(ctx)
    return find(ctx, which)


def unentered(ctx: Context) -> Iterator[tuple[str, settings.LibraryConfig | None]]:
    """What ``configured`` would write: roots whose rows differ from the settings, or are missing, with what these say
    (None: that it is not watched)."""
    known = {library.root: library for library in ctx.index.libraries.all()}
    wanted = {_answered_root(ctx, entry): entry for entry in ctx.config.libraries}
    others = [root for root, library in known.items() if library.watched and root not in wanted]
    # Where a link leads is not known while its disk hangs, or wakes up: it may be any of the others.
    hidden = {root for root in wanted if others and root not in known and not ctx.pulse.beats(native(root))}
    yield from ((root, None) for root in others if not hidden)
    for root, entry in wanted.items():
        row = known.get(root)
        if root not in hidden and (
            row is None or (entry.watch and not row.watched) or entry.name not in ("", row.name)
        ):
            yield root, entry


def configured(ctx: Context, extra: str = "") -> list[Library]:
    """Bring the rows in line with the settings (plus a folder named on the command line); a folder that is not there
    now, or does not answer, keeps its row and is offline."""
    for root, entry in list(unentered(ctx)):
        known = ctx.index.libraries.by_root(root)
        if entry is None:
            ctx.index.libraries.update(known.id if known else 0, watched=False)
        elif known or (ctx.pulse.beats(native(root)) and os.path.isdir(native(root))):
            _enter(ctx, root, name=entry.name, watched=entry.watch)
        else:
            _absent(ctx, root, entry.name)
    if extra:
        root = readable_folder(extra)
        inside = place(ctx, root)
        if inside is None:
            add(ctx, root)
    return [library for library in ctx.index.libraries.all() if library.watched]


def place(ctx: Context, root: str) -> Place | None:
    """The known library that holds a folder (itself, or an ancestor), seen through a prefix."""
    for library in sorted(ctx.index.libraries.all(), key=lambda found: -len(found.root)):
        if root == library.root:
            return Place(library)
        if root.startswith(library.root.rstrip("/") + "/"):
            return Place(library, root[len(library.root.rstrip("/")) + 1 :])
    return None


def named(ctx: Context, directory: str) -> Place:
    """The place of a folder named on the command line; a folder of no known library becomes one that is not watched.

    Raises InvalidDirectory.
    """
    root = readable_folder(directory)
    return place(ctx, root) or Place(_enter(ctx, root, name="", watched=False))


def inside(ctx: Context, directory: str) -> Place:
    """A folder named over the network: an absolute path, or one relative to a library; only inside known libraries.

    Raises NotFound for anything else, so that nobody learns what else is on the disk.
    """
    known = ctx.index.libraries.all()
    for root in [directory] if directory.startswith("/") else [f"{library.root}/{directory}" for library in known]:
        full = real(root)
        found = place(ctx, full) if full else None
        if found:
            return found
    raise NotFound(f"there is no library folder {directory!r}", hint="GET /api/libraries lists the folders")


def folder_inside(ctx: Context, directory: str) -> str:
    """``inside`` as the folder's absolute portable path. Raises NotFound."""
    found = inside(ctx, directory)
    return f"{found.library.root.rstrip('/')}/{found.folder}".rstrip("/")


def real(path: str) -> str:
    """The portable real path of an existing folder; "" for anything else."""
    full = os.path.realpath(native(path)) if "\0" not in path else ""
    return portable(full) if full and os.path.isdir(full) else ""


def check_online(ctx: Context, library: Library, patience_seconds: float = PATIENCE_SECONDS) -> Library:
    """Look whether a library is there, and answers in time, and note a change. Raises LibraryOffline with the reason."""
    if ctx.pulse.beats(native(library.root), patience_seconds):
        library = _marked_otherwise(ctx, library)
        reason = offline_reason(library, _witnesses(ctx, library), mark=not ctx.read_only)
    else:
        reason = hangs(native(library.root)).message
    if bool(reason) == library.online or reason != library.problem:
        ctx.index.libraries.update(library.id, online=not reason, problem=reason)
        ctx.notify("library", {"id": library.id})
    if reason:
        raise LibraryOffline(reason, hint="nothing was removed; it comes back by itself")
    return ctx.index.libraries.get(library.id)


def is_as_noted(ctx: Context, library: Library) -> bool:
    """Whether a library is there, and its row says so: then ``check_online`` has nothing to note."""
    if not ctx.pulse.beats(native(library.root)):
        return False
    marker = read_marker(library.root)
    strange = marker and marker != library.uuid and library.layout != "central"
    noted = library.online and not library.problem and not strange
    return noted and not offline_reason(library, _witnesses(ctx, library), mark=False)


def is_online(ctx: Context, library: Library) -> bool:
    """``check_online`` as a yes or no."""
    try:
        check_online(ctx, library)
    except LibraryOffline:
        return False
    return True


def _save(ctx: Context, change: Callable[[Sequence[settings.LibraryConfig]], list[settings.LibraryConfig]]) -> None:
    """Change the settings file's list of libraries; another process may have changed it since it was read here."""
    with ctx.changing_settings:
        known = settings.saved_libraries(ctx.config)
        changed = change(known)
        if changed != known:
            ctx.config = settings.save_libraries(ctx.config, changed)


def _enter(ctx: Context, root: str, *, name: str, watched: bool) -> Library:
    known = ctx.index.libraries.by_root(root) or _rerooted(ctx, root)
    if known:
        values = {"watched": watched or known.watched, "root": root, **({"name": name} if name else {})}
        ctx.index.libraries.update(known.id, **values)
        return ctx.index.libraries.get(known.id)
    uuid, layout = _mark(ctx, root)
    label = name or os.path.basename(root) or root
    return ctx.index.libraries.add(uuid=uuid, root=root, name=label, watched=watched, layout=layout)


def _mark(ctx: Context, root: str) -> tuple[str, str]:
    """The uuid and layout of a root that is new to the index, marked where it can be."""
    central = new_uuid(root, marked=False), "central"
    if ctx.read_only:
        return (read_marker(root), "beside") if read_marker(root) else central
    if ctx.config.artifacts.layout == "central":
        return central
    uuid = read_marker(root)
    if uuid and ctx.index.libraries.by_uuid(uuid) is None:
        return uuid, "beside"
    uuid = new_uuid(root, marked=True)
    return (uuid, "beside") if write_marker(root, uuid) else central


def _rerooted(ctx: Context, root: str) -> Library | None:
    """The library whose marker this root carries, when it is not at its old root any more: the folder itself moved.

    The old root may still be there as an empty folder, as the place of a disk that is mounted elsewhere now.
    """
    uuid = read_marker(root)
    known = ctx.index.libraries.by_uuid(uuid) if uuid else None
    if known and read_marker(known.root) != uuid and offline_reason(known, _witnesses(ctx, known), mark=False):
        return known
    return None


def _marked_otherwise(ctx: Context, library: Library) -> Library:
    """A library whose row was written while its disk was away takes the marker's uuid once the disk is there."""
    uuid = read_marker(library.root)
    if not uuid or uuid == library.uuid or library.layout == "central" or ctx.index.videos.some(library.id, 1):
        return library
    if ctx.index.libraries.by_uuid(uuid) is None:
        ctx.index.libraries.update(library.id, uuid=uuid)
    return ctx.index.libraries.get(library.id)


def _witnesses(ctx: Context, library: Library) -> list[str]:
    return [video.path for video in ctx.index.videos.some(library.id, WITNESSES)]


def _root_of(entry: settings.LibraryConfig) -> str:
    """A configured folder's root: as typed it may end in a slash or lead through a link."""
    return portable(os.path.realpath(entry.folder))


def _answered_root(ctx: Context, entry: settings.LibraryConfig) -> str:
    """``_root_of``, but as typed where its disk hangs."""
    return _root_of(entry) if ctx.pulse.beats(entry.folder) else entry.path.rstrip("/")


def _with_entry(entries: Iterable[settings.LibraryConfig], root: str, name: str) -> list[settings.LibraryConfig]:
    """The settings' libraries with one for this root, which keeps what else a person set there."""
    kept = list(entries)
    for number, entry in enumerate(kept):
        if _root_of(entry) == root:
            kept[number] = entry.model_copy(update={"watch": True, **({"name": name} if name else {})})
            return kept
    return [*kept, settings.LibraryConfig(path=root, name=name)]


def _skipping(
    entry: settings.LibraryConfig, root: str, skip: Collection[str] | None, *, stored: bool | None
) -> settings.LibraryConfig:
    if _root_of(entry) != root:
        return entry
    names = set(entry.skip) if skip is None else {artifacts.kind(name).name for name in skip}
    kept = {kind.name for kind in artifacts.KINDS.values() if kind.kept}
    if stored is not None:
        names = names - kept if stored else names | kept
    update: dict[str, Any] = {"skip": tuple(name for name in artifacts.KINDS if name in names)}
    if stored and entry.kinds is not None:
        update["kinds"] = (*entry.kinds, *(name for name in artifacts.KINDS if name in kept - set(entry.kinds)))
    return entry.model_copy(update=update)


def _wanted(ctx: Context, library_id: int) -> dict[str, Any]:
    wanted = jobs.kinds_for(ctx.config, ctx.index.libraries.get(library_id))
    kept = [kind.name for kind in artifacts.KINDS.values() if kind.kept]
    return {
        "skip": [name for name in artifacts.KINDS if name not in wanted],
        "stored": any(name in wanted for name in kept),
    }


def _absent(ctx: Context, root: str, name: str) -> None:
    uuid = new_uuid(root, marked=False)
    label = name or os.path.basename(root) or root
    if ctx.index.libraries.by_uuid(uuid) is None:
        library = ctx.index.libraries.add(uuid=uuid, root=root, name=label, watched=True, layout="beside")
        ctx.index.libraries.update(library.id, online=False, problem=f"the folder {root} does not exist")


def _refuse_overlap(ctx: Context, root: str) -> None:
    if root == "/":
        raise UsageError("the whole file system cannot be a library", hint="name the folder that holds the videos")
    for library in ctx.index.libraries.all():
        inside = root.startswith(library.root.rstrip("/") + "/")
        around = library.root.startswith(root.rstrip("/") + "/")
        if inside and library.watched:
            raise Conflict(f"{root} lies in the library {library.root}", hint="it is watched already")
        if around and library.watched:
            raise Conflict(f"{root} holds the library {library.root}", hint="remove that library first")


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "watched": bool(row["watched"]), "online": bool(row["online"])}
