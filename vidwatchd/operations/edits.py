"""edits: what people change of a video's lines and chapters: written to the sidecar first, then learned."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from vidwatchd.cues import NO_EDITS, Chapter, Cue, Edits, Line, Track, chapters_to_plain, edited, is_at, replaced
from vidwatchd.errors import UsageError
from vidwatchd.library import EDITS_SUFFIX, read_edits, write_edits
from vidwatchd.model import Video
from vidwatchd.operations import Context, learning, libraries
from vidwatchd.operations.transcripts import cue_to_plain, said

MAX_TEXT = 2000
MAX_TITLE = 200
MAX_CHAPTERS = 1000
# Closer together than that, two chapters of two hands are the same one.
SAME_CHAPTER_SECONDS = 0.5
# How far a container's length may be off.
SLACK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Change:
    """A line as it is wanted; ``was`` is the (start, end) of the line it stands for, None: of the one at its own time.

    An empty text takes the line away; the text and times that were made take the edit away.
    """

    start_seconds: float
    end_seconds: float
    text: str
    was: tuple[float, float] | None = None


def line(ctx: Context, video_id: int, track_id: str, change: Change) -> dict[str, Any]:
    """Change one line of a track: ``{"id", "track", "replaced", "line"}``, with the lines before and the one now (or None).

    Raises NotFound, UsageError, Conflict (the sidecar is broken), LibraryOffline, StorageError; then nothing was changed.
    """
    video = _within_reach(ctx, video_id)
    track = said(ctx, video).track(track_id)
    wanted = _checked(video, track, change)
    before: list[Cue] = []

    def changed(edits: Edits, by_hand: bool) -> Edits:
        lines, gone = _lines(track, edits.lines.get(track_id, ()), wanted, change.was)
        before.extend(gone)
        return replace(edits, lines={**edits.lines, track_id: lines})

    now = edited(track, _write(ctx, video, changed)).cues
    shown = next((cue for cue in now if is_at(cue, wanted.start_seconds, wanted.end_seconds)), None)
    return {
        "id": video_id,
        "track": track_id,
        "replaced": [cue_to_plain(cue) for cue in before],
        "line": cue_to_plain(shown) if shown and wanted.text else None,
    }


def chapters(ctx: Context, video_id: int, wanted: Sequence[tuple[float, str]] | None) -> dict[str, Any]:
    """Have these chapters (start in seconds, title), or with None those that were made: ``{"id", "edited", "chapters"}``.

    ``notice`` tells when chapters written by hand were met and kept. Raises as ``line`` does.
    """
    video = _within_reach(ctx, video_id)
    listed = None if wanted is None else _ends(video, _chapters(video, wanted))
    kept: list[Chapter] = []

    def changed(edits: Edits, by_hand: bool) -> Edits:
        if by_hand:
            kept.extend(_others(edits.chapters or (), listed or ()))
        united = _ends(video, [*(listed or ()), *kept]) if kept else listed
        return replace(edits, chapters=united)

    edits = _write(ctx, video, changed)
    notice = {"notice": "chapters had been written by hand: they were kept too"} if kept else {}
    shown = said(ctx, video).chapters if edits.chapters is None else edits.chapters
    return {"id": video_id, "edited": edits.chapters is not None, "chapters": chapters_to_plain(shown), **notice}


def _within_reach(ctx: Context, video_id: int) -> Video:
    """A video whose library is there, so that its words and the sidecar can be trusted to be too."""
    video = ctx.index.videos.get(video_id)
    libraries.check_online(ctx, ctx.index.libraries.get(video.library_id))
    return video


def _write(ctx: Context, video: Video, changed: Callable[[Edits, bool], Edits]) -> Edits:
    """Change what the sidecar says; ``changed`` also hears whether the file is not as we last saw it."""
    store = ctx.store(video.library_id)
    # Two who change the same video take turns, in whatever process they are: neither's lines are lost.
    with store.locked(video.path), ctx.index.transaction():
        found = read_edits(store, video.path)
        before, state = found if found else (NO_EDITS, None)
        last = ctx.index.tags.sidecar(video.library_id, store.relative(video.path, EDITS_SUFFIX))
        now = changed(before, state is not None and last != (state.mtime_ns, state.size_bytes))
        if now != before or state is None:
            state = write_edits(store, video.path, now)
        ctx.index.tags.remember_sidecar(video.library_id, state)
    learning.learn(ctx, video.id)
    ctx.notify("video", {"ids": [video.id], "why": "words"})
    return now


def _checked(video: Video, track: Track, change: Change) -> Line:
    """The line that is wanted, its text tidied. Raises UsageError."""
    text = "\n".join(part.strip() for part in change.text.splitlines() if part.strip())
    if len(text) > MAX_TEXT:
        raise UsageError(f"a line of {len(text)} characters is too long", hint=f"at most {MAX_TEXT}")
    if not (math.isfinite(change.start_seconds) and math.isfinite(change.end_seconds)):
        raise UsageError("a line's times must be numbers")
    if not 0 <= change.start_seconds < change.end_seconds:
        raise UsageError("a line must end after it starts", hint="times are seconds from the video's beginning")
    wanted = Line(change.start_seconds, change.end_seconds, text)
    # A file of subtitles may go on after its video: such a line's words can still be put right.
    as_made = any(is_at(cue, wanted.start_seconds, wanted.end_seconds) for cue in track.cues)
    if not as_made and wanted.end_seconds > (video.duration_seconds or math.inf) + SLACK_SECONDS:
        raise UsageError(f"the line ends after the video, which is {video.duration_seconds:.1f} s long")
    return wanted


def _lines(
    track: Track, lines: Sequence[Line], wanted: Line, was: tuple[float, float] | None
) -> tuple[tuple[Line, ...], list[Cue]]:
    """A track's changed lines with one more change, and the cues that were shown in its place before."""
    place = was or (wanted.start_seconds, wanted.end_seconds)
    dropped = [old for old in lines if _is_meant(old, wanted, place)]
    kept = [old for old in lines if old not in dropped]
    before = [Cue(old.start_seconds, old.end_seconds, old.text, edited=True) for old in dropped if old.text]
    hidden = {at for old in kept for at in replaced(track.cues, old)}
    freed = {at for old in dropped for at in replaced(track.cues, old)} - hidden
    meant = set(replaced(track.cues, Line(*place, ""))) - hidden
    if before:  # what stands there is a line of somebody's: cues beside it are not meant
        meant &= freed
    before += [track.cues[at] for at in sorted(meant - freed)]
    covered = [track.cues[at] for at in sorted(meant | freed)]
    _check_reach(track, wanted, hidden | meant | freed)
    return (*kept, *_added(track, wanted, covered)), before


def _is_meant(old: Line, wanted: Line, place: tuple[float, float]) -> bool:
    """Whether a changed line gives way: it stands in the same place, or took away what is now wanted back."""
    taken_away = not old.text and is_at(old, wanted.start_seconds, wanted.end_seconds)
    return is_at(old, *place) or taken_away


def _check_reach(track: Track, wanted: Line, free: set[int]) -> None:
    """Refuse a line whose times would swallow others. Raises UsageError."""
    swallowed = [track.cues[at] for at in replaced(track.cues, wanted) if at not in free]
    if wanted.text and swallowed:
        at_seconds = swallowed[0].start_seconds
        raise UsageError(
            f"the line's time reaches over another at {at_seconds:.2f} s", hint="make it shorter, or take that one away"
        )


def _added(track: Track, wanted: Line, covered: Sequence[Cue]) -> list[Line]:
    """The lines that show what is wanted in place of the covered cues."""
    if [cue.text for cue in covered if is_at(cue, wanted.start_seconds, wanted.end_seconds)] == [wanted.text]:
        covered = [cue for cue in covered if not is_at(cue, wanted.start_seconds, wanted.end_seconds)]
        new = []
    else:
        new = [wanted] if wanted.text else []
    replaced_cues = [track.cues[at] for old in new for at in replaced(track.cues, old)]
    away = [Line(cue.start_seconds, cue.end_seconds, "") for cue in covered if cue not in replaced_cues]
    return [*new, *away]


def _chapters(video: Video, wanted: Sequence[tuple[float, str]]) -> list[Chapter]:
    """The chapters in order, without their ends. Raises UsageError."""
    if len(wanted) > MAX_CHAPTERS:
        raise UsageError(f"{len(wanted)} chapters are too many", hint=f"at most {MAX_CHAPTERS}")
    listed = [Chapter(round(start, 3), 0.0, " ".join(title.split())) for start, title in sorted(wanted)]
    for chapter in listed:
        if not 0 <= chapter.start_seconds < (video.duration_seconds or math.inf):
            raise UsageError(f"the chapter {chapter.title!r} does not begin within the video")
        if not 0 < len(chapter.title) <= MAX_TITLE:
            raise UsageError("a chapter needs a title", hint=f"of at most {MAX_TITLE} characters")
    starts = [chapter.start_seconds for chapter in listed]
    if len(set(starts)) < len(starts):
        raise UsageError("two chapters begin at the same time")
    return listed


def _ends(video: Video, listed: Sequence[Chapter]) -> tuple[Chapter, ...]:
    """Each chapter ends where the next begins, the last with the video."""
    ordered = sorted(listed, key=lambda chapter: chapter.start_seconds)
    last = [video.duration_seconds or chapter.start_seconds for chapter in ordered[-1:]]
    ends = [*(chapter.start_seconds for chapter in ordered[1:]), *last]
    return tuple(replace(c, end_seconds=max(end, c.start_seconds)) for c, end in zip(ordered, ends, strict=True))


def _others(by_hand: Sequence[Chapter], wanted: Sequence[Chapter]) -> list[Chapter]:
    starts = [chapter.start_seconds for chapter in wanted]
    return [c for c in by_hand if all(abs(c.start_seconds - start) >= SAME_CHAPTER_SECONDS for start in starts)]
