"""stored: the stored forms that there are, are being made or could not be made, and what of each can be played."""

from __future__ import annotations

import json
import os
import re
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from vidwatchd.artifacts.base import Kind
from vidwatchd.errors import Conflict, Gone, LibraryOffline, NotFound, Unavailable, UsageError
from vidwatchd.index.forms import FAILED, PROCESSING, READY, STATUSES, UNAVAILABLE, Totals
from vidwatchd.index.listing import Filter
from vidwatchd.library import WITNESSES, offline_reason
from vidwatchd.model import ArtifactState, Presence, native
from vidwatchd.operations import Context, forms, joined, videos
from vidwatchd.storing import manifest
from vidwatchd.storing.parts import noted, parts

# How an Unavailable is kept: what is missing, and the remedy.
_REMEDY = re.compile(r"(.*) \((.*)\)", re.DOTALL)
_PARTS = {"script": (manifest.SCRIPT,), "resultant": (manifest.RESULTANT,), "manifest": (manifest.FILE,),
          "audio": tuple(manifest.SOUNDS.values())}  # fmt: skip
# The best to play or show of several videos with the same content.
_BEST = (READY, PROCESSING, FAILED, UNAVAILABLE)


@dataclass(frozen=True, slots=True)
class Playable:
    """A file that may be sent: it lies inside ``root`` (both native); ``name`` is what to save it as (portable).

    ``tag`` tells one state of it from another, "" where the file's own size and time do.
    """

    root: str
    relative: str
    name: str
    tag: str = ""


def listed(ctx: Context, *, limit: int = 60, offset: int = 0, status: str = "", words: str = "") -> dict[str, Any]:
    """``{"ids", "stored": [item…], "total", "counts", "source_bytes", "stored_bytes", "next_offset"}``, the newest first.

    There is an item for every video with a stored form, one that could not be made, or one on its way; two videos of
    the same content have the same id. Sums are of those that are ready. Raises UsageError.
    """
    if status and status not in STATUSES:
        raise UsageError(f"there is no status {status!r}", hint=f"one of {', '.join(STATUSES)}")
    kind, index = _kind(), ctx.index.forms
    totals = index.totals(kind.name, words)
    ids = index.page(kind.name, words=words, status=status, limit=limit, offset=offset)
    items = _items(ctx, kind, ids)
    total = sum(found.count for name, found in totals.items() if name == (status or name))
    ready = totals.get(READY, Totals())
    return {
        "ids": list(dict.fromkeys(item["id"] for item in items if item["id"])),
        "stored": items,
        "total": total,
        "counts": {name: totals.get(name, Totals()).count for name in STATUSES},
        "source_bytes": ready.source_bytes,
        "stored_bytes": ready.stored_bytes,
        "next_offset": offset + limit if offset + limit < total else None,
    }


def one(ctx: Context, stored_id: str) -> dict[str, Any]:
    """One item, with ``manifest`` as it lies beside the video (null: not there yet, or its disk is away). Raises NotFound."""
    item = _found(ctx, stored_id)
    return {**item, "manifest": _manifest(ctx, item["video_id"]) if item["status"] == READY else None}


def of(ctx: Context, video_id: int) -> dict[str, Any] | None:
    """The item of one video; None where nothing is stored of it or on its way."""
    kind = forms.kind()
    return next(iter(_items(ctx, kind, [video_id])), None) if kind else None


def prepare(ctx: Context, stored_id: str, *, original: bool = False) -> dict[str, Any]:
    """Have the playable file made: ``{"stream_url", "ready", "seconds"}``. Raises as ``playable`` does."""
    began = time.monotonic()
    playable(ctx, stored_id, original=original)
    url = f"/stream/{_checked(stored_id)}?original={int(original)}"
    return {"stream_url": url, "ready": True, "seconds": round(time.monotonic() - began, 3)}


def playable(ctx: Context, stored_id: str, *, original: bool = False) -> Playable:
    """The film as it can be played from its stored form, joined if need be, or its ``original``.

    Raises NotFound, Conflict while it is being made, Gone for an original that is not kept any more, LibraryOffline,
    Busy when joining takes long, MediaError, StorageError.
    """
    return _original(ctx, stored_id) if original else _joined(ctx, stored_id)


def _joined(ctx: Context, stored_id: str) -> Playable:
    item = _found(ctx, stored_id)
    if item["status"] == PROCESSING:
        raise Conflict("its stored form is being made", hint="it can be played once it is ready")
    if item["status"] != READY:
        raise NotFound(f"its stored form could not be made: {item['error'] or 'nobody knows why'}", hint=item["fix"])
    video = ctx.index.videos.get(item["video_id"])
    folder = forms.folder(ctx, video.id)
    if not os.path.isdir(folder):
        _check_online(ctx, video.library_id)
        raise Gone("its stored form is not there any more", hint="put its folder back, or scan its library")
    found = parts(folder)
    name = f"{os.path.splitext(video.name)[0]}.stored.mp4"
    if not found.sound:  # nothing is to be joined
        return Playable(found.folder, os.path.relpath(found.picture, found.folder), name)
    cache = joined.of(ctx)
    file, tag = cache.file(found)
    return Playable(cache.folder, file, name, tag)


def _original(ctx: Context, stored_id: str) -> Playable:
    ids = _videos(ctx, stored_id)
    every = [ctx.index.videos.get(video_id) for video_id in ids]
    here = [video for video in every if video.presence == Presence.PRESENT]
    for video in here:
        store = ctx.store(video.library_id)
        if os.path.lexists(store.video(video.path)):
            return Playable(store.root, native(video.path), video.name)
    for video in here or every:
        _check_online(ctx, video.library_id)
    if any(video.presence == Presence.UNKNOWN for video in every):
        raise Unavailable("the original cannot be read just now", hint="is its disk all right?")
    raise Gone("the original is not kept any more", hint="its stored form can still be played")


def _check_online(ctx: Context, library_id: int) -> None:
    library = ctx.index.libraries.get(library_id)
    witnesses = [video.path for video in ctx.index.videos.some(library_id, WITNESSES)] if library.online else []
    reason = offline_reason(library, witnesses, mark=False) if library.online else library.problem
    if reason or not library.online:
        raise LibraryOffline(f"the library {library.name} is not there now", hint="is its disk mounted?")


def _kind() -> type[Kind]:
    found = forms.kind()
    if found is None:
        raise NotFound("no kind of artifact is a stored form")
    return found


def _checked(stored_id: str) -> str:
    """The id as it is kept. Raises NotFound for what is none."""
    try:
        return str(uuid.UUID(stored_id))
    except ValueError:
        raise NotFound(f"there is no stored form {stored_id[:64]!r}") from None


def _videos(ctx: Context, stored_id: str) -> list[int]:
    """The videos that an id means. Raises NotFound."""
    known = _checked(stored_id)
    found = ctx.index.forms.videos(known)
    if not found:  # what could not be made has no id yet, but the one that it would have
        nameless = ctx.index.forms.nameless(_kind().name)
        found = [video for video, fingerprint in nameless if manifest.form_id(fingerprint) == known]
    if not found:
        raise NotFound(f"there is no stored form {known}")
    return found


def _found(ctx: Context, stored_id: str) -> dict[str, Any]:
    items = _items(ctx, _kind(), _videos(ctx, stored_id))
    if not items:
        raise NotFound(f"there is no stored form {stored_id}")
    return min(items, key=lambda item: _BEST.index(item["status"]))


def _items(ctx: Context, kind: type[Kind], video_ids: list[int]) -> list[dict[str, Any]]:
    shown = json.loads(videos.page(ctx, Filter(ids=tuple(video_ids), presence="any", limit=max(len(video_ids), 1))))
    pictures = {video["id"]: video for video in shown["videos"]}
    libraries = {library.id: library for library in ctx.index.libraries.all()}
    rows = ctx.index.forms.rows(kind.name, video_ids)
    return [
        {
            **_about(row),
            **_states(row),
            **_urls(kind, row, here := row["presence"] == Presence.PRESENT and libraries[row["library_id"]].online),
            "library": libraries[row["library_id"]].name,
            "thumb_url": pictures.get(row["video_id"], {}).get("thumb_url"),
            "original": _whereabouts(row, online=libraries[row["library_id"]].online),
            "has_original": here,
        }
        for row in rows
    ]


def _whereabouts(row: Mapping[str, Any], *, online: bool) -> str:
    """Of the original: ``here``, ``gone`` for good, or ``offline`` as its disk is."""
    if not online or row["presence"] == Presence.UNKNOWN:
        return "offline"
    return "here" if row["presence"] == Presence.PRESENT else "gone"


def _id(row: Mapping[str, Any]) -> str:
    """What could not be made has no id yet, but the one that it would have; a file not looked into has none at all."""
    return row["uuid"] or (manifest.form_id(row["fingerprint"]) if row["fingerprint"] else "")


def _about(row: Mapping[str, Any]) -> dict[str, Any]:
    facts = json.loads(row["facts"] or "{}")
    stored_bytes = facts.get("bytes") or row["cost_bytes"] or None
    source_bytes = facts.get("source_bytes") or row["size_bytes"]
    ratio = facts.get("ratio") or (round(source_bytes / stored_bytes, 2) if stored_bytes else None)
    told = {name: facts.get(name) for name in ("ssim", "model", "origin")}
    return {
        "id": _id(row),
        "video_id": row["video_id"],
        "name": row["name"],
        "path": row["path"],
        "duration_seconds": row["duration_seconds"],
        "source_bytes": source_bytes,
        "stored_bytes": stored_bytes,
        "ratio": ratio,
        "backend": facts.get("backend") or row["backend"] or None,
        **told,
        "made_at": row["made_at"] or None,
    }


def _states(row: Mapping[str, Any]) -> dict[str, Any]:
    error, state = row["error"] or "", row["state"]
    split = _REMEDY.fullmatch(error) if state == ArtifactState.UNAVAILABLE else None
    return {
        "status": row["status"],
        "progress": row["progress"],
        "error": split[1] if split else error,
        "fix": split[2] if split else "",
        "stale": row["status"] == READY and state != ArtifactState.DONE,
    }


def _urls(kind: type[Kind], row: Mapping[str, Any], has_original: bool) -> dict[str, Any]:
    names, token = json.loads(row["files"] or "{}"), int((row["made_at"] or 0) * 1000)
    base = f"/api/videos/{row['video_id']}/artifacts/{kind.name}"
    files = {what: _url(base, names, ends, token) for what, ends in _PARTS.items()}
    stream = f"/stream/{_id(row)}"
    return {
        "watch_url": f"/watch/{row['video_id']}",
        "files": files,
        "stream_url": f"{stream}?original=0",
        "original_url": f"{stream}?original=1" if has_original else None,
        "download_url": f"{stream}?original=0&download=1",
    }


def _url(base: str, names: Mapping[str, str], ends: tuple[str, ...], token: int) -> str | None:
    suffix = next((suffix for suffix in names if suffix.rpartition("/")[2] in ends), None)
    # With a token a browser keeps it for good; what people say changes the text and what the manifest says of it.
    fixed = "" if {manifest.SCRIPT, manifest.FILE} & {*ends} else f"?v={token}"
    return f"{base}/{quote(suffix.lstrip('.'))}{fixed}" if suffix else None


def _manifest(ctx: Context, video_id: int) -> dict[str, Any] | None:
    folder = forms.folder(ctx, video_id)
    return dict(noted(folder)[0]) or None if folder else None
