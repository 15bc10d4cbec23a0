"""uploads: a film that somebody sent becomes one of a library, and its stored form is made before all else."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from vidwatchd import artifacts, jobs
from vidwatchd.errors import Conflict, StorageError, UnsupportedMedia, UsageError
from vidwatchd.fingerprint import fingerprint, same_content
from vidwatchd.library.bench import place_file
from vidwatchd.library.naming import ending_of, fitting
from vidwatchd.model import ArtifactState, Outcome, Presence, ProductTask, Video, display, native, portable
from vidwatchd.operations import Context, libraries, partings
from vidwatchd.operations.arrivals import Arrival
from vidwatchd.operations.make import Wanted, owe
from vidwatchd.operations.produce import Piece, produce
from vidwatchd.operations.scan import Look, scan
from vidwatchd.products.probe import Probe
from vidwatchd.storing.manifest import form_id

LIBRARY_NAME = "Uploads"
PROBE_SECONDS = 120.0
_MOST_NAMES = 10_000
# A container as the reader calls it → the ending that its files have; what is not here is called as it says itself.
_ENDINGS = {"mov": "mp4", "matroska": "mkv", "mpegts": "ts", "mpeg": "mpg", "asf": "wmv", "ogg": "ogv"}
_WEB_CODECS = frozenset({"vp8", "vp9", "av1", "opus", "vorbis"})
_SAID = {**dict.fromkeys(("1", "true", "yes", "on"), True), **dict.fromkeys(("0", "false", "no", "off"), False)}


def take(ctx: Context, arrival: Arrival) -> dict[str, Any]:
    """Keep what came: ``{"id", "status", "video_id", "name", "duplicate"}``; the arrival is closed in any case.

    The field ``keep_original`` says whether the file stays once its stored form is proven (``store.keep_original``). A
    film that an online library has already is not kept twice.

    Raises UsageError (no file), UnsupportedMedia, StorageError, LibraryOffline, Conflict.
    """
    with arrival:
        keep = _wish(ctx, arrival.fields.get("keep_original", ""))
        if not arrival.name:
            raise UsageError("no file was sent", hint="send it as multipart/form-data, in the field file")
        if not arrival.size_bytes:
            raise UsageError(f"no file was sent: {display(arrival.name)} is empty", hint="send the whole file")
        name = _named(ctx, arrival.name, _examined(ctx, arrival))
        with _turn(ctx):
            mark = fingerprint(arrival.path)
            video = _known(ctx, arrival.path, mark)
            duplicate = video is not None
            video = video or _added(ctx, arrival.path, name, mark)
            _decide(ctx, video, mark, keep=keep, duplicate=duplicate)
    _owe(ctx, video, duplicate=duplicate)
    return {
        "id": form_id(mark), "status": "processing", "video_id": video.id, "name": video.name, "duplicate": duplicate,
    }  # fmt: skip


def _wish(ctx: Context, said: str) -> bool:
    if not said.strip():
        return ctx.config.store.keep_original
    if said.strip().lower() not in _SAID:
        raise UsageError(f"keep_original must be true or false, not {said[:40]!r}")
    return _SAID[said.strip().lower()]


def _examined(ctx: Context, arrival: Arrival) -> Mapping[str, Any]:
    """What a worker reads of it: whatever a file does to its reader, it does to that process. Raises UnsupportedMedia."""
    outcomes: list[Outcome] = []
    piece = Piece(display(arrival.name), ProductTask(Probe.name, {}, (arrival.path,)), PROBE_SECONDS)
    produce(ctx.runner(1), [piece], 1, lambda number, outcome: outcomes.append(outcome))
    (outcome,) = outcomes
    if outcome.state is not ArtifactState.DONE:
        raise UnsupportedMedia(outcome.error, hint="send a video file")
    if not outcome.facts["has_video"]:
        raise UnsupportedMedia(f"{display(arrival.name)} holds no video", hint="send a video file")
    return outcome.facts


def _named(ctx: Context, name: str, facts: Mapping[str, Any]) -> str:
    """The name with an ending that scans look at: its own, else its container's. Raises UnsupportedMedia."""
    seen = {ending.lower().lstrip(".") for ending in ctx.config.scan.extensions}
    if ending_of(name) in seen:
        return name
    ending = _container(facts["document"])
    if ending not in seen:
        raise UnsupportedMedia(
            f"{display(name)} is a video, but files that end in .{ending} are not looked at here",
            hint=f"add {ending} to scan.extensions",
        )
    return fitting(f"{name}.{ending}")


def _container(document: Mapping[str, Any]) -> str:
    known = str(document["format"]["format_name"]).split(",")
    codecs = {stream.get("codec_name") for stream in document["streams"]}
    if "webm" in known and codecs <= _WEB_CODECS:
        return "webm"
    return _ENDINGS.get(known[0], known[0])


@contextmanager
def _turn(ctx: Context) -> Iterator[None]:
    """One upload at a time: two of the same file must not both be new."""
    lock: threading.Lock = ctx.held.setdefault("uploads", threading.Lock())
    with lock:
        yield


def _known(ctx: Context, path: str, mark: str) -> Video | None:
    """The video of this very content in a library that is there, all of both compared."""
    for video in ctx.index.videos.of_sizes([os.path.getsize(path)]):
        if video.presence is Presence.PRESENT and _is_same(ctx, video, path, mark):
            return video
    return None


def _is_same(ctx: Context, video: Video, path: str, mark: str) -> bool:
    other = ctx.store(video.library_id).video(video.path)
    with suppress(OSError, ValueError):  # it is not there, or changed meanwhile: then it is no reason to keep nothing
        return fingerprint(other) == mark and same_content(path, other)
    return False


def _added(ctx: Context, path: str, name: str, mark: str) -> Video:
    """The file in its library, and its row. Raises StorageError, LibraryOffline, Conflict, MassLoss."""
    place = _place(ctx)
    target = _placed(ctx, place, path, name, mark)
    relative = f"{place.folder}/{target}" if place.folder else target
    # For whoever else copies into that folder a file is only complete once it is still; this one is complete now.
    scan(ctx, place.library, Look(only=(place.folder,), recursive=False, settle_seconds=0.0))
    video = ctx.index.videos.at(place.library.id, relative)
    if video is None or video.presence is not Presence.PRESENT:
        os.unlink(ctx.store(place.library.id).video(relative))
        raise UsageError(
            f"the folder of uploads hides files such as {display(target)}", hint="look at scan.ignore and .ignore there"
        )
    ctx.index.videos.set_fingerprint(video.id, mark)
    return video


def _place(ctx: Context) -> libraries.Place:
    """Where uploads lie: in a library of their own, entered when the first comes, or in the one around their folder."""
    root = portable(os.path.realpath(ctx.config.uploads_folder))
    found = libraries.place(ctx, root)
    if found is None or (not found.folder and not found.library.watched):
        libraries.add(ctx, root, LIBRARY_NAME)
        found = libraries.place(ctx, root)
    assert found is not None
    libraries.check_online(ctx, found.library)
    return found


def _placed(ctx: Context, place: libraries.Place, path: str, name: str, mark: str) -> str:
    """Give the file a name that is nobody's, and tell it; nothing is ever overwritten. Raises StorageError."""
    folder = os.path.join(native(place.library.root), native(place.folder))
    for number in range(1, _MOST_NAMES):
        target = fitting(name, number=number)
        known = ctx.index.videos.at(place.library.id, f"{place.folder}/{target}" if place.folder else target)
        if known is not None and known.fingerprint != mark:
            continue  # a film that is gone may have left a stored form of that name
        with suppress(Conflict):
            place_file(path, os.path.join(folder, native(target)), replaces=False)
            return target
    raise StorageError(f"{_MOST_NAMES} files are called like {display(name)}", hint="give it another name")


def _decide(ctx: Context, video: Video, mark: str, *, keep: bool, duplicate: bool) -> None:
    """Note what its id leads to, and whether the file goes once that is made: only ever one that came just now."""
    ctx.index.forms.put(video.id, form_id(mark))
    if keep:
        partings.withdraw(ctx, video)
    elif not duplicate:
        partings.wish(ctx, video, mark)


def _owe(ctx: Context, video: Video, *, duplicate: bool) -> None:
    """The stored form before all else, also in a library that leaves it out; the rest as for any new file."""
    usual = jobs.kinds_for(ctx.config, ctx.index.libraries.get(video.library_id))
    forms = [kind for kind in artifacts.KINDS.values() if kind.kept]
    first = [name for kind in forms for name in kind.requires if name in usual]
    # One after the other: what a scan owed meanwhile must be hastened before a worker can take the form, which uses it.
    for kinds in (tuple(first), tuple(kind.name for kind in forms)):
        owe(ctx, Wanted(kinds, keep=duplicate), [video.id])
    if not duplicate:
        jobs.owe(ctx.index, ctx.config, usual, video_ids=[video.id], priority=jobs.NEW)
    partings.consider(ctx, video.id)
    ctx.notify("jobs", {})
