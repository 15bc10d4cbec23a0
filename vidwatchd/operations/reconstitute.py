"""reconstitute: a stored form as one playable MP4 again; its folder may have been moved anywhere."""

from __future__ import annotations

import os
import stat
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from vidwatchd.errors import Conflict, InvalidDirectory, MediaError, NotFound, UsageError, VidwatchdError
from vidwatchd.fingerprint import fingerprint
from vidwatchd.library.bench import bench, place_file, sweep
from vidwatchd.model import ArtifactState, Outcome, ProductTask, display, file_name, native, portable
from vidwatchd.operations import Context, forms
from vidwatchd.operations.make import Progress
from vidwatchd.operations.produce import Piece, produce, quiet
from vidwatchd.products.reconstitute import Reconstitute
from vidwatchd.storing import manifest
from vidwatchd.storing.parts import Parts, parts

Match = Literal["loop", "pad", "trim"]
FILE = "reconstituted.mp4"
# Copying: what takes longer hangs.
_LONGEST_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """How: what becomes of a picture shorter than the sound, and whether a foreign file may be overwritten."""

    match: Match = "loop"
    force: bool = False


AS_USUAL = Wanted()


def reconstitute(
    ctx: Context, source: str, out: str = "", wanted: Wanted = AS_USUAL, *, progress: Progress = quiet
) -> dict[str, Any]:
    """``{"folder", "out", "seconds", "bytes", "picture", "sound", "picture_seconds", "sound_seconds", "match", "notes"}``.

    ``source`` (portable) is the folder of a stored form, its manifest, a video that has one, or the number or id of
    such a video; ``out`` (empty: ``reconstituted.mp4`` in the folder) is never overwritten unless it was made here or
    ``wanted.force``. Raises InvalidDirectory, NotFound, MediaError, Conflict, StorageError.
    """
    found = parts(_located(ctx, source))
    target = _target(ctx, found, out, force=wanted.force)
    replaces = os.path.lexists(target)
    place = os.path.dirname(target)
    sweep(place)
    with bench(place) as folder:
        path, facts = build(ctx, found, folder, wanted.match, progress)
        size = os.path.getsize(path)
        place_file(path, target, replaces=replaces)
    names = {"picture": os.path.basename(found.picture), "sound": os.path.basename(found.sound)}
    return {
        "folder": portable(found.folder),
        "out": portable(target),
        "bytes": size,
        **{what: portable(name) for what, name in names.items()},
        **facts,
        "match": wanted.match,
        "notes": list(found.notes),
    }


def build(
    ctx: Context, found: Parts, folder: str, match: Match = "loop", progress: Progress = quiet
) -> tuple[str, dict[str, Any]]:
    """Join the parts under ``folder`` (native) in a worker: the file and the facts. Raises MediaError, StorageError."""
    product = Reconstitute(match=match)
    sources = (found.picture, found.sound) if found.sound else (found.picture,)
    task = ProductTask(product.name, product.model_dump(), sources, folder)
    outcomes: list[Outcome] = []
    piece = Piece(display(portable(os.path.basename(found.folder))), task, _LONGEST_SECONDS)
    produce(ctx.runner(1), [piece], 1, lambda number, outcome: outcomes.append(outcome), progress)
    if outcomes[0].state is not ArtifactState.DONE:
        raise MediaError(outcomes[0].error)
    return outcomes[0].files[".mp4"], dict(outcomes[0].facts)


def _located(ctx: Context, source: str) -> str:
    """The folder (native) that is meant."""
    if not source or "\0" in source:
        raise InvalidDirectory("a folder must be named", hint="the folder that a stored form was made in")
    path = os.path.abspath(native(source))
    try:
        mode = os.stat(path).st_mode
    except OSError as error:
        return _known(ctx, source, error)
    if not stat.S_ISREG(mode):
        return path  # of what is no folder either the parts will tell
    if os.path.basename(path) == manifest.FILE:
        return os.path.dirname(path)
    return _beside(ctx, path)


def _known(ctx: Context, source: str, error: OSError) -> str:
    """The folder of the form that the index knows by this number or id."""
    videos = [int(source)] if source.isdecimal() and len(source) < 19 else []
    videos = videos or (ctx.index.forms.videos(source.lower()) if _is_id(source) else [])
    folders = [folder for video in videos if (folder := forms.folder(ctx, video))]
    if folders:
        return folders[0]
    if videos or _is_id(source):
        raise NotFound(f"there is no stored form of {source}", hint="vidwatchd store makes one")
    fix = "name the folder of a stored form, a video that has one, or its number or id"
    raise InvalidDirectory(f"{display(source)} cannot be opened: {error.strerror}", hint=fix) from error


def _beside(ctx: Context, path: str) -> str:
    """The form of a video file: beside it, or where its library keeps what is made."""
    kept = forms.kind()
    folder, name = os.path.split(path)
    if kept:
        beside = os.path.join(folder, ".artifacts", native(file_name(portable(name), kept.kept)))
        if os.path.isfile(beside):
            return os.path.dirname(beside)
        folders = (forms.folder(ctx, video_id) for video_id in _videos_at(ctx, path))
        if known := next(filter(None, folders), ""):
            return known
    raise NotFound(f"{display(portable(name))} has no stored form", hint="vidwatchd store makes one")


def _videos_at(ctx: Context, path: str) -> Iterator[int]:
    """The videos that the index has at a (native) path, in whichever library."""
    for library in ctx.index.libraries.all():
        root = os.path.join(native(library.root), "")
        if path.startswith(root) and (video := ctx.index.videos.at(library.id, portable(path[len(root) :]))):
            yield video.id


def _is_id(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


def _target(ctx: Context, found: Parts, out: str, *, force: bool) -> str:
    target = os.path.abspath(native(out)) if out else os.path.join(found.folder, FILE)
    if "\0" in target or os.path.isdir(target):
        raise UsageError(f"{display(out)} is no name for a file", hint="name a file, such as film.mp4")
    if not os.path.isdir(os.path.dirname(target)):
        raise InvalidDirectory(f"the folder of {display(out)} does not exist", hint="make it first")
    if os.path.lexists(target):
        _check_replaceable(ctx, found, target, force=force)
    return target


def _check_replaceable(ctx: Context, found: Parts, target: str, *, force: bool) -> None:
    """Raises Conflict for what may not be overwritten: what was not made here, and in no case the form or an original."""
    shown = display(portable(os.path.basename(target)))
    own = (found.picture, found.sound, *(os.path.join(found.folder, n) for n in (manifest.FILE, manifest.SCRIPT)))
    if os.path.islink(target) or not os.path.isfile(target):
        raise Conflict(f"{shown} is not a regular file", hint="name another with --out")
    if any(path and os.path.exists(path) and os.path.samefile(path, target) for path in own):
        raise Conflict(f"{shown} belongs to the stored form itself", hint="name another with --out")
    if _is_original(found, target):
        raise Conflict(f"{shown} is the original, which is never overwritten", hint="name another with --out")
    if _is_ours(target):
        return
    if any(_videos_at(ctx, target)):
        raise Conflict(f"{shown} is a video of a library, which is never overwritten", hint="name another with --out")
    if not force:
        raise Conflict(
            f"{shown} is there already and was not made here", hint="name another with --out, or use --force"
        )


def _is_ours(path: str) -> bool:
    from vidwatchd.media.mux import is_ours

    try:
        return is_ours(path)
    except MediaError:
        return False


def _is_original(found: Parts, target: str) -> bool:
    source = found.noted.get("source")
    if not isinstance(source, dict) or source.get("size_bytes") != os.path.getsize(target):
        return False
    try:
        return fingerprint(target) == source.get("fingerprint")
    except (OSError, VidwatchdError):
        return True  # of that very size, and it cannot be told apart
