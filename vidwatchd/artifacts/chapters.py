"""chapters: where the parts of a video begin and what they are called: its own, by what is said, or by its scenes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from vidwatchd.artifacts.base import Kind, Made, MakeContext, Out, setting
from vidwatchd.cues import (
    Chapter,
    Cue,
    Edits,
    Passage,
    Track,
    chapters_from_plain,
    chapters_to_plain,
    tracks_from_plain,
)
from vidwatchd.errors import MediaError
from vidwatchd.subtitle_formats import vtt
from vidwatchd.tiling import sections

_JSON, _VTT, _FFMETADATA = ".chapters.json", ".chapters.vtt", ".chapters.ffmetadata"
_EMBEDDED, _TOPICS, _SCENES = "embedded", "topics", "scenes"
# Fewer words have no subjects that could be told apart.
_FEWEST_WORDS = 150
# Where speech fills this much of a video, what is said is what it is about; in a film the pictures are.
_TALK_SHARE = 0.4
# Ten minutes get about seven parts by scenes, two hours about twenty-four.
_PARTS_AT_ONE_MINUTE = 2.2


class Chapters(Kind):
    """The parts of a video with their titles, as JSON, as a WebVTT chapter track, and for ffmpeg."""

    name: ClassVar[str] = "chapters"
    title: ClassVar[str] = "Chapters"
    summary: ClassVar[str] = "Write where the parts of a video begin and what they are about."
    suffixes: ClassVar[tuple[str, ...]] = (_JSON, _VTT, _FFMETADATA)
    requires: ClassVar[tuple[str, ...]] = ("subtitles", "scenes")
    spoken: ClassVar[str] = _JSON
    urls: ClassVar[Mapping[str, Mapping[str, str]]] = {"chapters_url": {"": _JSON}}

    min_seconds: float = setting(60.0, "no chapter is shorter, but for the file's own", "--min-length", ge=1, le=86400)
    max_chapters: int = setting(30, "at most so many, but for the file's own; 0: any number", "--max-chapters", ge=0)
    snap_seconds: float = setting(3.0, "a chapter starts at a cut that is no further away", "--snap", ge=0, le=60)

    def make(self, source: str, out: Out, ctx: MakeContext) -> Made:
        """The file's own chapters if it has some, else by what is said, else by scenes; none is a result too."""
        media = ctx.open()
        duration = media.info.duration_seconds
        origin, found = self._found(media.chapters(), duration, ctx)
        chapters = _tidy(found, duration)
        files = {_JSON: out.write(_JSON, _document(out.name, origin, duration, chapters))}
        if chapters:
            files[_VTT] = out.write(_VTT, vtt(Cue(c.start_seconds, c.end_seconds, c.title) for c in chapters).encode())
            files[_FFMETADATA] = out.write(_FFMETADATA, _ffmetadata(chapters).encode())
        _verify(files[_JSON], duration)
        titles = [chapter.title for chapter in chapters[:50]]
        return Made(files, {"source": origin, "chapters": len(chapters), "titles": titles}, backend=origin)

    @classmethod
    def line(cls, facts: Mapping[str, Any]) -> str:
        """``3 chapters (topics): Guitar, chord | Bread, dough | …``."""
        if not facts["chapters"]:
            return "no chapters"
        count = "1 chapter" if facts["chapters"] == 1 else f"{facts['chapters']} chapters"
        return f"{count} ({facts['source']}): {' | '.join(facts['titles'])}"

    @classmethod
    def passages(cls, values: Any, edits: Edits) -> tuple[Passage, ...]:
        """The titles; numbered scenes have none that anybody would look for."""
        chapters = edits.chapters
        if chapters is None:
            try:
                chapters = chapters_from_plain(values["chapters"] if values["source"] != _SCENES else ())
            except (TypeError, KeyError, ValueError):
                return ()
        cues = tuple(Cue(c.start_seconds, c.end_seconds, c.title, edited=edits.chapters is not None) for c in chapters)
        return (Passage("chapters", "", cues),) if cues else ()

    def _found(self, own: Sequence[Chapter], duration: float, ctx: MakeContext) -> tuple[str, Sequence[Chapter]]:
        if len(own) > 1:  # a single one is the whole file
            return _EMBEDDED, own
        cuts, track = _cuts(ctx.inputs), _main_track(ctx.inputs)
        if track and duration >= 2 * self.min_seconds:
            found = self._topics(track, cuts)
            if found or _share(track, duration) >= _TALK_SHARE:
                return _TOPICS, found
        return _SCENES, self._scenes(cuts, duration)

    def _topics(self, track: Track, cuts: Mapping[float, float]) -> Sequence[Chapter]:
        if len(track.text.split()) < _FEWEST_WORDS and len(track.text) < 3 * _FEWEST_WORDS:
            return ()
        found = sections(
            track.cues,
            min_seconds=self.min_seconds,
            most=self.max_chapters,
            cuts=sorted(cuts),
            snap_seconds=self.snap_seconds,
        )
        # Each lasts until the next one begins, the first from the very start.
        starts = [0.0, *(part.start_seconds for part in found[1:])]
        parts = [Chapter(start, 0.0, part.title) for start, part in zip(starts, found, strict=False)]
        return parts if len(parts) > 1 else ()

    def _scenes(self, cuts: Mapping[float, float], duration: float) -> Sequence[Chapter]:
        """About evenly long parts, each from the strongest cut near where it should begin; where there is none, none."""
        count = round(min(_PARTS_AT_ONE_MINUTE * (duration / 60) ** 0.5, duration / self.min_seconds))
        count = min(count, self.max_chapters or count)
        length = duration / max(count, 1)
        starts = [0.0]
        for number in range(1, count):
            ideal = number * length
            least = max(ideal - length / 2, starts[-1] + self.min_seconds)
            near = [cut for cut in cuts if least <= cut < min(ideal + length / 2, duration - self.min_seconds)]
            if near:
                starts.append(max(near, key=lambda cut: cuts[cut] * (1 - abs(cut - ideal) / length)))
        if len(starts) < 2:
            return ()
        return [Chapter(start, 0.0, f"Scene {number}") for number, start in enumerate(starts, 1)]


def _read(inputs: Mapping[str, Mapping[str, str]], suffix: str) -> Any:
    """One required file as JSON, None where there is none: it may have been removed since."""
    path = next((files[suffix] for files in inputs.values() if suffix in files), "")
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return None


def _cuts(inputs: Mapping[str, Mapping[str, str]]) -> dict[float, float]:
    """Where the picture cuts, in seconds, and how strongly."""
    values = _read(inputs, ".scenes.json")
    try:
        return {float(marker["time"]): max(float(marker["score"]), 1e-3) for marker in values["markers"]}
    except (TypeError, KeyError, ValueError):
        return {}


def _main_track(inputs: Mapping[str, Mapping[str, str]]) -> Track | None:
    """The track that says most of what is said: not a forced one, the default one if there is a choice."""
    try:
        tracks = tracks_from_plain(_read(inputs, ".subtitles.json"))
    except ValueError:
        return None
    whole = [track for track in tracks if track.cues and not track.forced]
    return max(whole, key=lambda track: (track.default, not track.hearing_impaired), default=None)


def _share(track: Track, duration: float) -> float:
    """The part of the video in which something is said."""
    spoken = sum(max(0.0, cue.end_seconds - cue.start_seconds) for cue in track.cues)
    return spoken / duration if duration else 0.0


def _tidy(found: Sequence[Chapter], duration: float) -> list[Chapter]:
    """In order, one after the other, inside the video, each with a title: a file's own need not be so."""
    end = duration or max((chapter.end_seconds for chapter in found), default=0.0)
    inside = {round(max(c.start_seconds, 0.0), 3): c for c in found if c.start_seconds < end}
    starts = sorted(inside)
    chapters: list[Chapter] = []
    for start, after in zip(starts, [*starts[1:], round(end, 3)], strict=False):
        own = round(inside[start].end_seconds, 3)
        title = (
            " ".join(inside[start].title.encode(errors="replace").decode().split()) or f"Chapter {len(chapters) + 1}"
        )
        chapters.append(Chapter(start, own if start < own < after else after, title))
    return chapters


def _document(name: str, origin: str, duration: float, chapters: Sequence[Chapter]) -> bytes:
    head = {"video": name, "source": origin, "duration_seconds": round(duration, 3)}
    document = {**head, "chapters": chapters_to_plain(chapters)}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _verify(path: str, duration: float) -> None:
    with open(path, encoding="utf-8") as file:
        chapters = chapters_from_plain(json.load(file)["chapters"])
    times = [at for chapter in chapters for at in (chapter.start_seconds, chapter.end_seconds)]
    if times != sorted(times) or (duration and times and times[-1] > duration + 1e-3):
        raise MediaError("the chapters are not in order, or outside the video")


def _ffmetadata(chapters: Sequence[Chapter]) -> str:
    """FFMETADATA1 in milliseconds, which ``ffmpeg -i video -i this -map_metadata 1 -c copy`` puts into a copy."""
    lines = [";FFMETADATA1"]
    for chapter in chapters:
        title = "".join(f"\\{letter}" if letter in "=;#\\" else letter for letter in chapter.title)
        start, end = round(chapter.start_seconds * 1000), round(chapter.end_seconds * 1000)
        lines += ["[CHAPTER]", "TIMEBASE=1/1000", f"START={start}", f"END={end}", f"title={title}"]
    return "\n".join(lines) + "\n"
