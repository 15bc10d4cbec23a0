"""verdicts: what people say of two videos that look alike; kept beside the videos, so that a new index knows it again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from vidwatchd.errors import Unreadable, UsageError
from vidwatchd.fingerprint import fingerprint
from vidwatchd.library.verdicts import Opinion, Side, Verdict, stamp, verdicts
from vidwatchd.library.verdicts import say as write
from vidwatchd.model import Presence, Video
from vidwatchd.operations import Context, libraries, tags

Place = tuple[str, str]


@dataclass(slots=True)
class Said:
    """The newest verdicts, by what they are found by: two contents, one content at two places, or places alone."""

    contents: dict[frozenset[str], Verdict] = field(default_factory=dict)
    copies: dict[str, list[Verdict]] = field(default_factory=dict)
    places: dict[frozenset[Place], Verdict] = field(default_factory=dict)
    there: Callable[[Place], bool] = lambda place: True

    def different(self, one: Video, other: Video, uuids: Mapping[int, str]) -> bool:
        """Whether a person said that these are two different videos."""
        found = self._about(one, other, uuids)
        return found is not None and found.opinion is Opinion.DIFFERENT

    def _about(self, one: Video, other: Video, uuids: Mapping[int, str]) -> Verdict | None:
        contents = frozenset((one.fingerprint, other.fingerprint))
        if "" not in contents and len(contents) == 2:
            return self.contents.get(contents)
        pair = {(uuids[video.library_id], video.path) for video in (one, other)}
        if "" in contents:  # nobody has asked for the fingerprint yet
            return self.places.get(frozenset(pair))
        some = self.copies.get(one.fingerprint, [])
        named = {place for verdict in some for place in _places(verdict)}
        return max((v for v in some if self._fits(_places(v), pair, named)), key=lambda v: v.at, default=None)

    def _fits(self, said: set[Place], pair: set[Place], named: set[Place]) -> bool:
        """Whether a verdict on two places is about this pair: also when one or both moved to where nothing else was."""
        return not any(self.there(place) for place in said - pair) and not (pair - said) & named


def say(ctx: Context, one_id: int, other_id: int, opinion: str) -> dict[str, Any]:
    """Write down what a person says of two videos: ``different``, or ``unsure``, which takes that back.

    Raises NotFound, UsageError, Conflict (a file of verdicts is broken; it stays as it is), LibraryOffline, StorageError.
    """
    if one_id == other_id:
        raise UsageError("a video is no duplicate of itself", hint="name two videos")
    if opinion not in list(Opinion):
        raise UsageError(f"{opinion!r} is no verdict", hint=f"one of {', '.join(Opinion)}")
    one, other = (ctx.index.videos.get(video_id) for video_id in (one_id, other_id))
    places = {v.library_id: libraries.check_online(ctx, ctx.index.libraries.get(v.library_id)) for v in (one, other)}
    first, second = (Side(places[v.library_id].uuid, v.path, _mark(ctx, v)) for v in (one, other))
    write([ctx.store(library_id) for library_id in places], Verdict(first, second, Opinion(opinion), time.time()))
    ctx.notify("video", {"ids": [one_id, other_id], "why": "duplicates"})
    return {"a": one_id, "b": other_id, "verdict": opinion}


def keep_both(ctx: Context, one: str, other: str) -> dict[str, Any]:
    """Say of two files that they are different videos; ``kept`` has them as they were named. Raises as ``say`` does."""
    found = [tags.targets(ctx, path) for path in (one, other)]
    if any(len(videos) != 1 for videos in found):
        raise UsageError("two video files are to be kept", hint="name the files, not folders")
    first, second = (videos[0] for videos in found)
    say(ctx, first.id, second.id, Opinion.DIFFERENT)
    return {"kept": [one, other], "verdict": str(Opinion.DIFFERENT)}


def known(ctx: Context) -> Said:
    """Everything said in the libraries that are online. Raises Conflict for a broken file, StorageError."""
    stores = [ctx.store(library.id) for library in ctx.index.libraries.all() if library.online]
    marks = tuple((store.base, stamp(store)) for store in stores)
    held = ctx.held.get("verdicts")
    if held is None or held[0] != marks:
        held = ctx.held["verdicts"] = (marks, [said for store in stores for said in verdicts(store)])
    return _sorted(held[1], _presence(ctx))


def _sorted(every: Iterable[Verdict], there: Callable[[Place], bool]) -> Said:
    said = Said(there=there)
    for verdict in sorted(every, key=lambda verdict: verdict.at):
        contents = frozenset(side.fingerprint for side in verdict.sides)
        if "" not in contents and len(contents) == 2:
            said.contents[contents] = verdict
        elif len(contents) == 1:
            said.copies.setdefault(verdict.one.fingerprint, []).append(verdict)
        said.places[frozenset(_places(verdict))] = verdict
    return said


def _presence(ctx: Context) -> Callable[[Place], bool]:
    ids = {library.uuid: library.id for library in ctx.index.libraries.all()}

    def there(place: Place) -> bool:
        """Whether a video is at that place now."""
        found = ctx.index.videos.at(ids[place[0]], place[1]) if place[0] in ids else None
        return found is not None and found.presence is not Presence.GONE

    return there


def _places(verdict: Verdict) -> set[Place]:
    return {(side.library, side.path) for side in verdict.sides}


def _mark(ctx: Context, video: Video) -> str:
    if video.fingerprint:
        return video.fingerprint
    try:
        return fingerprint(ctx.store(video.library_id).video(video.path))
    except OSError as error:
        raise Unreadable(f"{video.path} cannot be read: {error.strerror}") from error
