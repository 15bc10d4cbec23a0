"""sidecar: subtitle files that people put beside a video, named as Jellyfin and others have it.

``Film.en.srt``, ``Film.forced.en.vtt``, ``Film.English.sdh.ass``, ``Film.Director's cut.de.srt``, ``Film.default.srt``, or
with the whole name, ``Film.mp4.en.srt``. A file belongs to the video with the longest name that it begins with.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.transcribe.request import Request, Transcript
from vidwatchd.cues import Track, identified
from vidwatchd.errors import BackendFailed, Unavailable, Unreadable, UsageError
from vidwatchd.languages import UNKNOWN, code
from vidwatchd.model import display, portable
from vidwatchd.subtitle_formats import ENDINGS, read_text

_VIDEOS = {
    ".3gp", ".asf", ".avi", ".divx", ".flv", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".ogm", ".ogv",
    ".rm", ".rmvb", ".ts", ".vob", ".webm", ".wmv",
}  # fmt: skip
_FORCED, _HEARING, _DEFAULT = {"forced", "foreign"}, {"sdh", "cc", "hi"}, {"default"}
# A film's lines are 100 KB; a file a hundred times as large is something else.
_MOST_BYTES = 32 * 2**20
# A line a second for a day; a file of 25 MB may hold four times as many, which cost the daemon half a gigabyte to learn.
_MOST_LINES = 86_400
# A folder whose time is younger may change once more without showing it.
_SETTLED_NS = 2 * 10**9


@dataclass(frozen=True, slots=True)
class Named:
    """What the name of a subtitle file says beyond the video's."""

    language: str = UNKNOWN
    title: str = ""
    forced: bool = False
    hearing_impaired: bool = False
    default: bool = False


class Sidecar:
    """The files beside the video; one that is broken is left out unless it is the only one."""

    task = "transcribe"
    name = "sidecar"
    rank = -1

    def ready(self) -> Unavailable | None:
        """It needs nothing."""
        return None

    def run(self, request: Request, ctx: BackendContext) -> Transcript | None:
        """A track a file, full ones first; None where there is none. Raises BackendFailed when none can be read."""
        found: list[Track] = []
        broken: list[str] = []
        for path, named in beside(request.source):
            ctx.check()
            try:
                found.append(_track(path, named))
            except (UsageError, Unreadable) as error:
                broken.append(f"{display(portable(os.path.basename(path)))}: {error.message}")
        if broken and not found:
            raise BackendFailed(broken[0], hint="correct or remove the file")
        ordered = sorted(found, key=lambda track: (track.forced, not track.default, track.hearing_impaired))
        return Transcript(identified(ordered)) if found else None

    def unload(self) -> None:
        """Nothing is loaded."""


def beside(source: str) -> list[tuple[str, Named]]:
    """The subtitle files of a video (native paths), by name, and what their names say."""
    folder, video = os.path.split(source)
    listing = _listed(folder or ".")
    found = []
    for head in (video, os.path.splitext(video)[0]):
        names = listing.subtitles.get(head, ())
        found += [(name, name[len(head) + 1 :]) for name in names if listing.owner(name, video) == head]
    return [(os.path.join(folder, name), parse(rest)) for name, rest in sorted(set(found))]


def parse(rest: str) -> Named:
    """What ``forced.en.srt`` says: its last part is the ending."""
    parts = [part for part in rest.split(".")[:-1] if part.strip()]
    lowered = [part.lower() for part in parts]
    spoken = next((number for number in reversed(range(len(parts))) if _is_language(number, lowered)), None)
    flags = {part for number, part in enumerate(lowered) if number != spoken}
    marks = _FORCED | _HEARING | _DEFAULT
    title = [part for number, part in enumerate(parts) if number != spoken and lowered[number] not in marks]
    return Named(
        code(parts[spoken]) if spoken is not None else UNKNOWN,
        " ".join(title),
        bool(flags & _FORCED),
        bool(flags & _HEARING),
        bool(flags & _DEFAULT),
    )


def _is_language(number: int, parts: list[str]) -> bool:
    """Whether a part is the language; ``hi`` is Hindi unless another part is one: then it is the hard of hearing."""
    if parts[number] == "hi":
        return not any(code(part) for place, part in enumerate(parts) if place != number)
    return bool(code(parts[number]))


@dataclass(frozen=True, slots=True)
class _Listing:
    """A folder's subtitle files by each name that they may belong to, and what its videos are called."""

    subtitles: Mapping[str, tuple[str, ...]]
    videos: frozenset[str]

    def owner(self, name: str, video: str) -> str:
        """The name or stem, of this video or another, that a subtitle file belongs to: the longest there is."""
        ours = {video, os.path.splitext(video)[0]}
        return next(head for head in _heads(name) if head in ours or head in self.videos or _is_video(head))


def _listed(folder: str) -> _Listing:
    try:
        changed_ns = os.stat(folder).st_mtime_ns
        if time.time_ns() - changed_ns < _SETTLED_NS:
            return _list(folder)
        return _kept(folder, changed_ns)
    except OSError as error:
        raise Unreadable(f"{display(portable(folder))} cannot be read: {error.strerror}") from error


@lru_cache(maxsize=4)
def _kept(folder: str, changed_ns: int) -> _Listing:
    """The listing as it was at that change: of ten thousand videos in one folder each would list it anew."""
    return _list(folder)


def _list(folder: str) -> _Listing:
    subtitles: dict[str, list[str]] = {}
    videos: set[str] = set()
    with os.scandir(folder) as entries:
        for entry in entries:
            name = entry.name
            if _ending(name) in ENDINGS:
                # As the scan has it: a link may lead out of the library, and a pipe is never read to its end.
                for head in _heads(name) if entry.is_file(follow_symlinks=False) else ():
                    subtitles.setdefault(head, []).append(name)
            elif _is_video(name):
                videos |= {name, os.path.splitext(name)[0]}
    return _Listing({head: tuple(names) for head, names in subtitles.items()}, frozenset(videos))


def _heads(name: str) -> Iterator[str]:
    """``Film.en.srt`` → ``Film.en``, ``Film``: what a video may be called whose file this is, the longest first."""
    for at in reversed(range(1, len(name))):
        if name[at] == ".":
            yield name[:at]


def _is_video(name: str) -> bool:
    return _ending(name) in _VIDEOS


def _ending(name: str) -> str:
    return os.path.splitext(name)[1].lower()


def _track(path: str, named: Named) -> Track:
    cues = read_text(_read(path), _ending(path))
    if len(cues) > _MOST_LINES:
        raise UsageError(f"it has {len(cues):,} lines, more than {_MOST_LINES:,}")
    return Track(
        "", named.language, "sidecar", cues, named.title, named.forced,
        named.hearing_impaired, named.default, display(portable(os.path.basename(path))),
    )  # fmt: skip


def _read(path: str) -> bytes:
    try:
        # What was a file a moment ago may be a pipe now, which would hold up the worker for hours.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
        with open(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise Unreadable(f"{display(portable(path))} is no file")
            raw = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise Unreadable(f"{display(portable(path))} cannot be read: {error.strerror}") from error
    if len(raw) > _MOST_BYTES:
        raise UsageError("it is too large for a subtitle file")
    return raw
