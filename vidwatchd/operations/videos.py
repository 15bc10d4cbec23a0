"""videos: pages of videos, one video with everything known of it, and the files that may be sent of it."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from vidwatchd import artifacts
from vidwatchd.errors import LibraryOffline, NotFound
from vidwatchd.index.listing import Filter, Listing, Picture
from vidwatchd.library import Store
from vidwatchd.model import Artifact, ArtifactState, Presence, Video, native, portable
from vidwatchd.operations import Context, libraries, transcripts

# What Chromium, Firefox and Safari play without help; HEVC they do not, and give no error: the codec decides.
PLAYED_VIDEO = frozenset({"h264", "vp8", "vp9", "av1"})
PLAYED_AUDIO = frozenset({"", "aac", "mp3", "opus", "vorbis", "flac"})
PLAYED_FILES = {
    "mp4": "video/mp4",
    "m4v": "video/mp4",
    "mov": "video/mp4",
    "webm": "video/webm",
    "mkv": "video/x-matroska",
}
CODEC_NAMES = {
    "hevc": "HEVC",
    "mpeg4": "MPEG-4 part 2",
    "mpeg2video": "MPEG-2",
    "prores": "ProRes",
    "ac3": "AC-3 sound",
}


__all__ = ["Filter", "Sendable", "artifact_file", "by_name", "details", "file", "page", "states"]


@dataclass(frozen=True, slots=True)
class Sendable:
    """A file that may be sent: it lies inside ``root`` (both native); ``relative`` is how it is named there."""

    root: str
    relative: str


def page(ctx: Context, wanted: Filter) -> str:
    """One page of videos as JSON text. Raises UsageError for a bad sort or cursor, NotFound for an unknown kind."""
    missing = artifacts.kind(wanted.missing).name if wanted.missing else ""
    failed = artifacts.kind(wanted.failed).name if wanted.failed not in ("", "any") else wanted.failed
    return _listing(ctx).page(replace(wanted, missing=missing, failed=failed))


def details(ctx: Context, video_id: int, wanted: Filter | None = None) -> dict[str, Any]:
    """Everything known of one video; ``wanted`` is the list it was opened from, for previous and next. Raises NotFound."""
    listing = _listing(ctx)
    item = listing.item(video_id)
    if item is None:
        raise NotFound(f"there is no video {video_id}")
    row = ctx.index.videos.row(video_id)
    before, after = listing.neighbours(video_id, wanted or Filter())
    library = ctx.index.libraries.get(row["library_id"])
    if not library.online and item["presence"] == Presence.PRESENT:  # its row waits for the disk; its file is not there
        item |= {"presence": Presence.UNKNOWN, "problem": library.problem}
    made = _details(ctx, video_id)
    playable, why_not = _playable(item, row, made)
    return {
        **item,
        "rating": row["rating"],
        "notes": row["notes"],
        "inferred": list(ctx.index.tags.of(video_id).inferred),
        "playable": playable,
        "why_not": why_not,
        "mimetype": PLAYED_FILES.get(_ending(item["name"]), "application/octet-stream"),
        "file_url": f"/api/videos/{video_id}/file",
        "container": row["container"],
        "audio_codec": row["audio_codec"],
        "fingerprint": row["fingerprint"],
        "library_root": library.root,
        "details": made,
        "words": transcripts.outline(ctx, video_id),
        "jobs": _jobs(ctx, video_id),
        "previous_id": before,
        "next_id": after,
    }


def states(ctx: Context, video_id: int) -> dict[str, str]:
    """Kind → state of one video. Raises NotFound."""
    video = ctx.index.videos.get(video_id)
    known = ctx.index.artifacts.of(video.id)
    return {
        k.name: str(known[k.name].state if k.name in known else ArtifactState.MISSING) for k in artifacts.KINDS.values()
    }


def file(ctx: Context, video_id: int) -> Sendable:
    """The video file itself. Raises NotFound."""
    video = ctx.index.videos.get(video_id)
    return Sendable(ctx.store(video.library_id).root, native(video.path))


def artifact_file(ctx: Context, video_id: int, kind: str, name: str) -> Sendable:
    """One published file of an artifact, by its name or by its suffix without the dot. Raises NotFound."""
    video = ctx.index.videos.get(video_id)
    for suffix, published in ctx.index.artifacts.files(video_id, artifacts.kind(kind).name).items():
        if name in (published, suffix.lstrip("."), _replaced(published)):
            store = ctx.store(video.library_id)
            folder = os.path.relpath(store.folder(video.path), store.base)
            return Sendable(store.base, os.path.join(folder, native(published)))
    raise NotFound(f"video {video_id} has no {kind} file {name!r}")


def by_name(ctx: Context, directory: str, name: str) -> int:
    """The id of a video named over the network by its folder and name. Raises NotFound."""
    place = libraries.inside(ctx, directory)
    path = f"{place.folder}/{name}" if place.folder else name
    video = ctx.index.videos.at(place.library.id, path)
    if video is None and "\ufffd" in path:  # what a web framework makes of bytes that are no UTF-8
        beside = ctx.index.videos.in_folder(place.library.id, path.rpartition("/")[0], recursive=False)
        like = [other for other in beside if _replaced(other.path) == path]
        video = like[0] if len(like) == 1 else None
    if video is None:
        raise NotFound(f"there is no video {name!r} in {directory!r}")
    return video.id


def _listing(ctx: Context) -> Listing:
    if "listing" not in ctx.held:
        kinds = artifacts.KINDS.values()
        pictures = [Picture(key, kind.name, suffixes) for kind in kinds for key, suffixes in kind.urls.items()]
        ctx.held["listing"] = Listing(ctx.index, list(artifacts.KINDS), pictures)
    listing: Listing = ctx.held["listing"]
    return listing


def _details(ctx: Context, video_id: int) -> dict[str, Any]:
    known = ctx.index.artifacts.of(video_id)
    found: dict[str, Any] = {}
    for kind in artifacts.KINDS.values():
        artifact = known.get(kind.name)
        if artifact is None:
            found[kind.name] = {"state": ArtifactState.MISSING, "files": []}
            continue
        files = _files(ctx, video_id, artifact)
        shown = ("version", "backend", "cost_seconds", "cost_bytes", "error", "made_at", "facts")
        found[kind.name] = {"state": artifact.state, "files": files, **{n: getattr(artifact, n) for n in shown}}
    return found


def _files(ctx: Context, video_id: int, artifact: Artifact) -> list[dict[str, Any]]:
    video = ctx.index.videos.get(video_id)
    store, token = _store(ctx, video), int(artifact.made_at * 1000)
    found = []
    for suffix, name in ctx.index.artifacts.files(video_id, artifact.kind).items():
        try:
            size = os.stat(os.path.join(store.folder(video.path), native(name))).st_size if store else None
        except OSError:
            size = None  # its disk is away; the rest is still worth showing
        url = f"/api/videos/{video_id}/artifacts/{artifact.kind}/{quote(suffix.lstrip('.'))}?v={token}"
        found.append({"name": name, "url": url, "size_bytes": size})
    return found


def _store(ctx: Context, video: Video) -> Store | None:
    try:
        return ctx.store(video.library_id)
    except LibraryOffline:
        return None


def _jobs(ctx: Context, video_id: int) -> list[dict[str, Any]]:
    """What is owed of a video now. A job that waits for another try is not: its artifact says failed, and why."""
    rows = ctx.index.requests.jobs(video_id=video_id, limit=50)
    live = [row for row in rows if row["state"] in ("queued", "running", "failed") and row["not_before"] <= time.time()]
    return [{name: row[name] for name in ("id", "kind", "state", "progress", "error")} for row in live]


def _playable(item: dict[str, Any], row: dict[str, Any], details: Mapping[str, Mapping[str, Any]]) -> tuple[bool, str]:
    """Whether browsers play it, and a sentence for a person where they do not."""
    name = item["name"]
    if item["presence"] != Presence.PRESENT:
        return False, item["problem"] or "The file is not there now."
    if not row["video_codec"] and not row["container"]:
        errors = [found["error"] for found in details.values() if found["state"] == ArtifactState.FAILED]
        return not errors, _sentence(errors[0]) if errors else ""  # not looked into yet: let the browser try
    if not row["video_codec"]:
        return False, "There is sound in this file, but no picture."
    if _ending(name) not in PLAYED_FILES:
        return False, f"Browsers do not play .{_ending(name)} files."
    for codec, played in ((row["video_codec"], PLAYED_VIDEO), (row["audio_codec"], PLAYED_AUDIO)):
        if codec not in played:
            return False, f"Browsers do not play {CODEC_NAMES.get(codec, codec)}."
    return True, ""


def _sentence(words: str) -> str:
    return words if words.endswith((".", "!", "?")) else f"{words}."


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower()


def _replaced(name: str) -> str:
    """How a name with undecodable bytes arrives through a URL that a web framework decoded."""
    return (
        os.fsencode(native(name)).decode("utf-8", "replace")
        if name != portable(native(name)) or not name.isascii()
        else name
    )
