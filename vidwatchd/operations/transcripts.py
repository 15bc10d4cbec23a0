"""transcripts: what is said in a video, as made and as people changed it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from vidwatchd import artifacts, languages
from vidwatchd.cues import (
    NO_EDITS,
    Chapter,
    Cue,
    Edits,
    Passage,
    Track,
    chapters_from_plain,
    chapters_to_plain,
    edited,
    tracks_from_plain,
)
from vidwatchd.errors import Conflict, NotFound, StorageError
from vidwatchd.library import Store, read_edits
from vidwatchd.model import ArtifactState, Video, native
from vidwatchd.operations import Context
from vidwatchd.subtitle_formats import vtt

SUBTITLES, CHAPTERS = "subtitles", "chapters"
# Words of a track that need no tall panel.
FEW = 50


@dataclass(frozen=True, slots=True)
class Said:
    """All that is known of a video's words: the tracks and chapters as made, and what people changed of them.

    ``source`` says what the chapters were made from; ``problem`` why something that should be there cannot be read.
    """

    tracks: tuple[Track, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    source: str = ""
    edits: Edits = NO_EDITS
    token: str = "0"
    """Another one whenever any of it is."""
    problem: str = ""

    def track(self, track_id: str) -> Track:
        """One track as made. Raises NotFound."""
        for track in self.tracks:
            if track.id == track_id:
                return track
        raise NotFound(f"there is no track {track_id!r}", hint=f"there are: {', '.join(t.id for t in self.tracks)}")

    @property
    def shown(self) -> tuple[Chapter, ...]:
        """The chapters as people want them."""
        return self.chapters if self.edits.chapters is None else self.edits.chapters


def said(ctx: Context, video: Video) -> Said:
    """What is said in a video; what cannot be read is left out, and named."""
    store = ctx.store(video.library_id)
    edits, changed_at, problem = _edits(store, video)
    words, chapters = _file(ctx, store, video, SUBTITLES), _file(ctx, store, video, CHAPTERS)
    known = ctx.index.artifacts.of(video.id)
    made = [int(known[kind].made_at * 1000) for kind in (SUBTITLES, CHAPTERS) if kind in known]
    found = Said(edits=edits, token="-".join(f"{number:x}" for number in (*made, changed_at)), problem=problem)
    try:
        if words is not None:
            found = replace(found, tracks=tracks_from_plain(words))
        if chapters is not None:
            listed = chapters_from_plain(chapters["chapters"])
            found = replace(found, chapters=listed, source=str(chapters.get("source", "")))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        return replace(found, problem=f"what was made of it cannot be read: {error}")
    return found


def transcript(ctx: Context, video_id: int) -> dict[str, Any]:
    """The tracks with their lines and the chapters of a video, as people want them. Raises NotFound."""
    video = ctx.index.videos.get(video_id)
    found = said(ctx, video)
    labels = named(found.tracks)
    base = f"/api/videos/{video_id}"
    return {
        "tracks": [_plain(track, found, labels[track.id], base) for track in found.tracks],
        "chapters": {
            "source": found.source,
            "edited": found.edits.chapters is not None,
            "chapters": chapters_to_plain(found.shown),
            "vtt_url": f"{base}/chapters.vtt?v={found.token}" if found.shown else "",
        },
        "making": _making(ctx, video_id),
        "problem": found.problem,
    }


def outline(ctx: Context, video_id: int) -> dict[str, Any]:
    """Whether there are words and chapters, and only ``few``, without reading any; ``token`` is new whenever that may differ."""
    known = ctx.index.artifacts.of(video_id)
    made = [(kind, str(known[kind].state), known[kind].made_at) for kind in (SUBTITLES, CHAPTERS) if kind in known]
    making = _making(ctx, video_id)
    chapters = CHAPTERS in known and bool(known[CHAPTERS].files)
    facts = known[SUBTITLES].facts if SUBTITLES in known else {}
    few = bool(facts.get("speech")) and facts.get("words", FEW + 1) <= FEW * facts.get("tracks", 1)
    token = json.dumps([*made, making["job"]])
    return {"speech": making["speech"], "chapters": chapters, "few": few, "token": token}


def track_vtt(ctx: Context, video_id: int, track_id: str) -> str:
    """One track as WebVTT, as people want it. Raises NotFound."""
    found = said(ctx, ctx.index.videos.get(video_id))
    return vtt(_apart(edited(found.track(track_id), found.edits).cues))


def chapters_vtt(ctx: Context, video_id: int) -> str:
    """The chapters as WebVTT, as people want them. Raises NotFound."""
    shown = said(ctx, ctx.index.videos.get(video_id)).shown
    return vtt(Cue(chapter.start_seconds, chapter.end_seconds, chapter.title) for chapter in shown)


def named(tracks: Sequence[Track]) -> dict[str, str]:
    """What each track is called for people, by its id: ``English``, ``English (SDH)``, ``Deutsch – forced``."""
    labels: dict[str, str] = {}
    for track in tracks:
        label, number = _label(track), 2
        while label in labels.values():
            label, number = f"{_label(track)} {number}", number + 1
        labels[track.id] = label
    return labels


def edits_of(store: Store, video: Video) -> Edits:
    """What people changed of a video; nothing where their file cannot be read now."""
    return _edits(store, video)[0]


def passages(ctx: Context, video: Video) -> list[Passage]:
    """All timed words of a video that can be searched, of whatever kind."""
    store = ctx.store(video.library_id)
    edits = edits_of(store, video)
    return [
        passage
        for kind, values in _spoken(ctx, store, video)
        for passage in artifacts.KINDS[kind].passages(values, edits)
    ]


def _spoken(ctx: Context, store: Store, video: Video) -> Iterator[tuple[str, Any]]:
    """The kinds that hold words of this video, and what their files say; a file that is broken says nothing."""
    named = ctx.index.artifacts.all_files(video.id)
    for name, kind in artifacts.KINDS.items():
        file = named.get(name, {}).get(kind.spoken, "") if kind.spoken else ""
        if file:
            try:
                with open(f"{store.folder(video.path)}/{native(file)}", encoding="utf-8") as text:
                    yield name, json.load(text)
            except (OSError, ValueError):
                continue


def _edits(store: Store, video: Video) -> tuple[Edits, int, str]:
    """What people changed, when (ns), and why it cannot be told."""
    try:
        found = read_edits(store, video.path)
    except (Conflict, StorageError) as error:
        return NO_EDITS, 0, str(error)
    return (found[0], found[1].mtime_ns, "") if found else (NO_EDITS, 0, "")


def _file(ctx: Context, store: Store, video: Video, kind: str) -> Any:
    """What a kind's JSON file says; None where there is none, or none that can be read."""
    name = ctx.index.artifacts.files(video.id, kind).get(f".{kind}.json", "")
    if not name:
        return None
    try:
        with open(f"{store.folder(video.path)}/{native(name)}", encoding="utf-8") as text:
            return json.load(text)
    except (OSError, ValueError):
        return None


def _plain(track: Track, found: Said, label: str, base: str) -> dict[str, Any]:
    said_of_it = ("id", "title", "source", "forced", "hearing_impaired", "default")
    return {
        **{name: getattr(track, name) for name in said_of_it},
        "language": languages.code(track.language) or track.language,
        "label": label,
        "vtt_url": f"{base}/transcript/{quote(track.id)}.vtt?v={found.token}",
        "cues": [cue_to_plain(cue) for cue in edited(track, found.edits).cues],
    }


def cue_to_plain(cue: Cue) -> dict[str, Any]:
    """One line for JSON: start, end, text, and whether a person changed it."""
    return {"start": cue.start_seconds, "end": cue.end_seconds, "text": cue.text, "edited": cue.edited}


def _making(ctx: Context, video_id: int) -> dict[str, Any]:
    """How far the words of a video are: ``state`` and ``error`` of what was made, ``job`` of what is owed."""
    known = ctx.index.artifacts.of(video_id).get(SUBTITLES)
    owed = {row["kind"]: row["state"] for row in ctx.index.requests.jobs(video_id=video_id, limit=50)}
    job = owed.get(SUBTITLES, "")
    return {
        "state": known.state if known else ArtifactState.MISSING,
        "error": known.error if known else "",
        "speech": known.facts.get("speech") if known else None,
        "job": job if job in ("queued", "running") else "",
    }


def _apart(cues: Sequence[Cue]) -> list[Cue]:
    """Cues that touch, a millisecond apart: at the moment that two share, browsers show both."""
    starts = {cue.start_seconds for cue in cues if cue.end_seconds - cue.start_seconds > 0.001}
    return [replace(c, end_seconds=c.end_seconds - 0.001) if c.end_seconds in starts else c for c in cues]


def _label(track: Track) -> str:
    language = languages.own_name(track.language)
    label = language or track.title or "Unknown language"
    if track.title and track.title.casefold() not in label.casefold():
        # "English (SDH)" as the title of an English track says it all by itself.
        label = track.title if language.casefold() in track.title.casefold() else f"{label} – {track.title}"
    if track.hearing_impaired and "sdh" not in label.casefold():
        label += " (SDH)"
    return f"{label} – forced" if track.forced and "forced" not in label.casefold() else label
