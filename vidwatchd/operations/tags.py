"""tags: what people say of videos: written to the sidecar first, then to the index."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vidwatchd.errors import Conflict, NotFound, StorageError, UsageError
from vidwatchd.index.tags import fold
from vidwatchd.library import TAGS_SUFFIX, parse_tags, readable_folder, tidy
from vidwatchd.model import Tags, Video, native, portable
from vidwatchd.operations import Context, libraries
from vidwatchd.operations.make import videos_in
from vidwatchd.operations.scan import Look, scan

MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of what is said of a video; ``replace`` puts the added names in the place of all others.

    ``rating`` None and ``notes`` None leave them as they are; a rating of 0 takes it away. ``found`` are performers whose
    faces are seen: they are marked as inferred and change nobody who was typed; ``forget_found``: those inferred before go.
    """

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    performers_add: tuple[str, ...] = ()
    performers_remove: tuple[str, ...] = ()
    replace: bool = False
    clear_performers: bool = False
    found: tuple[str, ...] = ()
    forget_found: bool = False
    rating: int | None = None
    notes: str | None = None

    @property
    def empty(self) -> bool:
        """Whether it changes nothing: then it is a question."""
        return self == Edit()


def edit(ctx: Context, video_id: int, change: Edit) -> dict[str, Any]:
    """Apply a change and give what is said now; ``notice`` tells when a hand edit was met and kept.

    Raises NotFound, UsageError, Conflict (the sidecar is broken), LibraryOffline, StorageError; then nothing was changed.
    """
    _check(change)
    video = ctx.index.videos.get(video_id)
    store = ctx.store(libraries.check_online(ctx, ctx.index.libraries.get(video.library_id)).id)
    # Two who change the same video take turns, in whatever process they are: neither's words are lost.
    with store.locked(video.path), ctx.index.transaction():
        found = store.read_tags(video.path)
        said, state = found if found else (ctx.index.tags.of(video_id), None)
        last = ctx.index.tags.sidecar(video.library_id, store.relative(video.path, TAGS_SUFFIX))
        edited = state is not None and last != (state.mtime_ns, state.size_bytes)
        now = _applied(said, change, union=edited)
        written = store.write_tags(video.path, now)
        ctx.index.tags.put(video_id, now)
        ctx.index.tags.remember_sidecar(video.library_id, written)
    ctx.notify("video", {"ids": [video_id], "why": "tags"})
    notice = "the tags file had been edited by hand: both edits were kept" if edited and change.replace else ""
    return {**plain(video, now), **({"notice": notice} if notice else {})}


def edit_all(ctx: Context, video_ids: Sequence[int], change: Edit) -> list[dict[str, Any]]:
    """The same change for several videos; an unknown id among them changes nothing. Raises as ``edit`` does."""
    for video_id in video_ids:
        ctx.index.videos.get(video_id)
    return [edit(ctx, video_id, change) for video_id in video_ids]


def of(ctx: Context, video_id: int) -> dict[str, Any]:
    """What is said of one video. Raises NotFound."""
    return plain(ctx.index.videos.get(video_id), ctx.index.tags.of(video_id))


def targets(ctx: Context, target: str, *, recursive: bool = False) -> list[Video]:
    """The videos that a path on the command line means: one file, or a folder's. Raises NotFound, InvalidDirectory."""
    if ctx.index.looking and (video := known(ctx, target)):
        return [video]
    full = os.path.abspath(native(target))
    if os.path.isdir(full):
        return videos_in(ctx, target, recursive=recursive)[1]
    if not os.path.lexists(full):
        raise UsageError(f"{portable(target)} does not exist", hint="give a video file or a folder")
    place = libraries.named(ctx, portable(os.path.dirname(full)))
    scan(ctx, place.library, Look(only=(place.folder,), recursive=False, settle_seconds=0.0))
    path = "/".join(part for part in (place.folder, portable(os.path.basename(full))) if part)
    video = ctx.index.videos.at(place.library.id, path)
    if video is None:
        raise NotFound(
            f"{portable(target)} is not a video that is looked at", hint="see scan.extensions in the settings"
        )
    return [video]


def known(ctx: Context, target: str) -> Video | None:
    """The video of a path, without a scan: None unless it, and what is said beside it, are as the index knows them.

    Raises InvalidDirectory.
    """
    full = os.path.abspath(native(target))
    if not os.path.isfile(full):
        return None
    place = libraries.place(ctx, readable_folder(portable(os.path.dirname(full))))
    if place is None:
        return None
    path = "/".join(part for part in (place.folder, portable(os.path.basename(full))) if part)
    video, status = ctx.index.videos.at(place.library.id, path), os.stat(full)
    if video is None or (video.size_bytes, video.mtime_ns) != (status.st_size, status.st_mtime_ns):
        return None
    return video if _said_is_known(ctx, video) else None


def _said_is_known(ctx: Context, video: Video) -> bool:
    store = ctx.store(video.library_id)
    try:
        found = store.read_tags(video.path)
    except (Conflict, StorageError):
        return False
    now = (found[1].mtime_ns, found[1].size_bytes) if found else None
    return ctx.index.tags.sidecar(video.library_id, store.relative(video.path, TAGS_SUFFIX)) == now


def apply(ctx: Context, target: str, change: Edit, *, recursive: bool = False) -> dict[str, Any]:
    """Change what is said of a file, or of a folder's videos, and give it; an empty change only gives it.

    Answers and raises as ``apply_each`` does, and NotFound, InvalidDirectory.
    """
    return apply_each(ctx, target, targets(ctx, target, recursive=recursive), lambda video: change)


def apply_each(
    ctx: Context, target: str, videos: Sequence[Video], change_of: Callable[[Video], Edit]
) -> dict[str, Any]:
    """The same with a change for each of the target's videos.

    A file's answer is ``{"video", "tags", "performers", …}``, a folder's ``{"videos": […], "failed": […]}``. Raises
    UsageError; for a file also Conflict and StorageError.
    """
    if not os.path.isdir(native(target)):
        return _changed(ctx, videos[0], change_of(videos[0]))
    shown, failed = [], []
    for video in videos:
        try:
            shown.append(_changed(ctx, video, change_of(video)))
        except (Conflict, StorageError) as error:
            failed.append({"path": video.path, "kind": "tags", "reason": str(error)})
    return {"videos": shown, "failed": failed}


def names(ctx: Context, kind: str, prefix: str = "", limit: int = 20) -> list[dict[str, Any]]:
    """Tags in use, or performers and people who are seen, for completion."""
    if kind not in ("tag", "performer"):
        raise UsageError(f"no tags of kind {kind!r}", hint="tag or performer")
    return ctx.index.tags.names(kind, prefix, limit)


def export(ctx: Context, videos: Iterable[Video]) -> dict[str, Any]:
    """Everything said of these videos, in the form that ``import_`` takes."""
    return {"videos": ctx.index.tags.export([video.id for video in videos])}


def import_(ctx: Context, videos: Iterable[Video], entries: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Add exported tags to the videos of the same paths. Returns how many were updated and which paths are unknown.

    A rating or note of the export takes the place of another. Raises UsageError, as ``edit`` does.
    """
    by_path = {video.path: video.id for video in videos}
    updated, unknown = 0, []
    listed = list(entries)
    for entry in listed:  # all are looked at before anything is changed
        _addition(entry)
    for entry in listed:
        video_id = by_path.get(str(entry.get("video", "")))
        if video_id is None:
            unknown.append(entry.get("video"))
            continue
        edit(ctx, video_id, _addition(entry))
        updated += 1
    return {"updated": updated, "unknown": unknown}


def inside(ctx: Context, directory: str, *, recursive: bool = False) -> list[Video]:
    """The videos of a library folder named over the network. Raises NotFound."""
    place = libraries.inside(ctx, directory)
    return ctx.index.videos.in_folder(place.library.id, place.folder, recursive=recursive)


def plain(video: Video, said: Tags) -> dict[str, Any]:
    """For programs: the sidecar's own members and the video's id."""
    shown = {"id": video.id, "video": video.path, "tags": list(said.tags), "performers": list(said.performers)}
    return {**shown, "rating": said.rating, "notes": said.notes, "inferred": list(said.inferred)}


def _changed(ctx: Context, video: Video, change: Edit) -> dict[str, Any]:
    found = of(ctx, video.id) if change.empty else edit(ctx, video.id, change)
    return {name: value for name, value in found.items() if name != "id"}  # a look's ids are its own


def _check(change: Edit) -> None:
    for name in (*change.add, *change.performers_add):
        if len(name) > MAX_NAME:
            raise UsageError(f"a tag of {len(name)} characters is too long", hint=f"at most {MAX_NAME}")
    if change.rating is not None and not 0 <= change.rating <= 5:
        raise UsageError(f"a rating of {change.rating} is not from 0 to 5")
    try:
        parse_tags({"tags": [*change.add, *change.performers_add], "notes": change.notes})
    except ValueError as error:
        raise UsageError(f"that cannot be kept: {error}") from error


def _applied(said: Tags, change: Edit, *, union: bool) -> Tags:
    replace = change.replace and not union
    tags = _names(() if replace else said.tags, change.add, change.remove)
    performers, inferred = _performers(said, change, replace=replace)
    rating = said.rating if change.rating is None else (change.rating or None)
    return Tags(tags, performers, rating, said.notes if change.notes is None else change.notes, inferred)


def _performers(said: Tags, change: Edit, *, replace: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who is in it now, and who of them was inferred: nobody whom a person typed, in whatever spelling."""
    kept = () if change.clear_performers or (replace and change.performers_add) else said.performers
    before = {fold(name) for name in said.inferred}
    typed = {fold(name) for name in kept} - before | {fold(name) for name in change.performers_add}
    stays = [name for name in kept if not change.forget_found or fold(name) not in before]
    there = {fold(name) for name in (*stays, *change.performers_add)}
    found = [name for name in change.found if fold(name) not in there]
    performers = _names(stays, [*change.performers_add, *found], change.performers_remove)
    return performers, tuple(name for name in performers if fold(name) not in typed)


def _addition(entry: Mapping[str, Any]) -> Edit:
    try:
        said = parse_tags(entry)
    except ValueError as error:
        raise UsageError(f"the tags to import are not in order: {error}", hint="see GET /tags/export") from error
    change = Edit(add=said.tags, performers_add=said.performers, rating=said.rating, notes=said.notes or None)
    _check(change)
    return change


def _names(kept: Iterable[str], add: Iterable[str], remove: Iterable[str]) -> tuple[str, ...]:
    gone = {name.casefold() for name in tidy(remove)}
    return tuple(name for name in tidy([*kept, *add]) if name.casefold() not in gone)
