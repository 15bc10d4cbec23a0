"""meaning: moments found by what they mean: by words that need not occur in them, or by being like another moment."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from vidwatchd import artifacts
from vidwatchd.artifacts.meaning import FRAMES, SPEECH, Meaning
from vidwatchd.backends.embed import weights
from vidwatchd.errors import NotFound, Unavailable, UsageError
from vidwatchd.index.vectors import Row, Space, Stretch
from vidwatchd.operations import Context, nearness, tags, videos
from vidwatchd.operations.asking import Asker
from vidwatchd.operations.nearness import Level, Looked, Near

if TYPE_CHECKING:
    pass

PATIENCE_SECONDS = 2.0
MOMENTS_A_VIDEO = 3
# What a result says it was found in.
SOURCES = {FRAMES: "picture", SPEECH: "speech-meaning"}
# Moments of one video that lie closer together are one.
_JOINED_SECONDS = 0.5
# Of the way from the library's average picture to the very same one; below it they have no more than a colour in common.
_ALIKE = 0.35
# How much a library grows before its level is measured anew.
_GROWN = 1.1
# What nobody looks for here, and noise: what these reach at their best is what chance reaches.
UNRELATED = (
    "a giraffe in the savannah", "an invoice for office chairs", "a volcano erupting at night", "a dentist at work",
    "the rules of chess", "a submarine under the ice", "a wedding cake", "how to repair a bicycle chain",
    "the price of copper", "an X-ray of a hand", "a penguin colony", "a crowded subway station", "a violin concerto",
    "planting tomatoes", "a steam locomotive", "the constitution of a small state", "a field of sunflowers",
    "knitting a scarf", "a rocket on the launch pad", "mortgage interest rates", "a bowl of noodle soup",
    "qwzx vbnm plok", "asdf jkl zzkq", "lorem ipsum dolor sit amet", "xx 0000 xx", "brrgl fnord mip", "the of and to",
)  # fmt: skip


def by_meaning(
    ctx: Context, text: str, limit: int = 50, patience_seconds: float = PATIENCE_SECONDS
) -> list[dict[str, Any]]:
    """The moments that a text means, the surest first: ``{video_id, start, end, source, score}``; [] for nonsense.

    ``source`` is ``picture`` or ``speech-meaning``; ``score`` counts from the floor up (see nearness) and can be compared
    between the two. Raises Unavailable with the fix: also while the model is being loaded, for which a caller may wait
    ``patience_seconds``.
    """
    spaces, here = ctx.index.vectors.spaces(), _models(ctx)
    usable = {space: count for space, count in spaces.items() if space.model in here}
    if not usable:
        _explain(ctx, spaces)
    words = " ".join(text.split())
    if not words:
        return []
    found = [
        moment
        for space, count in usable.items()
        for moment in _in_space(ctx, space, count, here[space.model], words, patience_seconds)
    ]
    return sorted(found, key=lambda moment: -float(moment["score"]))[:limit]


def similar(ctx: Context, video_id: int, at_seconds: float, limit: int = 12) -> dict[str, Any]:
    """Moments of other videos that look like one of this video: ``{at_seconds, moments: [{…, score, video}]}``.

    From what was stored; no model is needed. ``score`` is 1 for the very same picture. Raises NotFound, Unavailable.
    """
    ctx.index.videos.get(video_id)
    own = ctx.index.vectors.of(video_id, FRAMES)
    if not own:
        _explain(ctx, {})
        raise NotFound(f"nothing is known yet of what video {video_id} shows", hint=f"vidwatchd {Meaning.name} FOLDER")
    space, row = next(iter(own.items()))
    place, real_seconds = _nearest(ctx, row, at_seconds)
    question = nearness.matrix([row.vectors])[0].reshape(row.count, -1)[place : place + 1]
    found = _likeness(nearness.look(ctx.index.vectors.rows(space), question, but_video=video_id))
    moments = _moments(ctx, space, found, most=1)[:limit]
    items = _items(ctx, [moment["video_id"] for moment in moments])
    shown = [{**moment, "video": items[moment["video_id"]]} for moment in moments if moment["video_id"] in items]
    return {"at_seconds": round(real_seconds, 3), "moments": shown}


def similar_to_file(ctx: Context, path: str, at_seconds: float, limit: int = 12) -> dict[str, Any]:
    """The same for a video file by its path. Raises UsageError for what is no single video, as ``similar`` does too."""
    found = tags.targets(ctx, path)
    if len(found) != 1:
        raise UsageError("one video is to be compared with others", hint="name a video file, not a folder")
    return similar(ctx, found[0].id, at_seconds, limit)


def _models(ctx: Context) -> dict[str, str]:
    """Identity → (native) folder, of the models that are here and could have made what is in the index."""
    folder, settings = ctx.config.models_folder, artifacts.settings_for(ctx.config, Meaning.name).model_dump()
    named = (settings["model"], settings["text_model"], *weights.PICTURE_MODELS, *weights.SENTENCE_MODELS)
    found = {weights.identity(folder, name): weights.folder_of(folder, name) for name in named}
    return {} if weights.lacking() else {mark: path for mark, path in found.items() if mark}


def _explain(ctx: Context, spaces: Iterable[Space]) -> None:
    """Raise Unavailable where an optional part is missing; nothing where it only has not been used yet."""
    lacking = artifacts.settings_for(ctx.config, Meaning.name).ready(ctx.config.models_folder)
    if lacking:
        raise lacking
    names = sorted({space.model.partition(":")[0] for space in spaces})
    if names:
        raise Unavailable(
            f"the videos were looked at by {', '.join(names)}, which is not here",
            hint=f"vidwatchd models pull {names[0]}",
        )


def _in_space(
    ctx: Context, space: Space, count: int, folder: str, words: str, patience_seconds: float
) -> list[dict[str, Any]]:
    """What is found in one space. Its level is measured with the first question, and again when the library has grown."""
    levels: dict[Space, tuple[int, Level]] = ctx.held.setdefault("levels", {})
    measured, level = levels.get(space, (0, None))
    fresh = level is not None and measured / _GROWN <= count <= measured * _GROWN
    texts = (words,) if fresh else (words, *UNRELATED)
    questions = nearness.matrix(_asker(ctx).vectors(folder, space.model, texts, patience_seconds))
    looked = nearness.look(ctx.index.vectors.rows(space), questions)
    if not fresh or level is None:
        level = looked.level()
        levels[space] = count, level
    mean = float(looked.means[0])
    scored = ((near, level.score(near.cosine - mean)) for near in looked.near)
    return _moments(ctx, space, [(near, score) for near, score in scored if score >= nearness.FLOOR])


def _asker(ctx: Context) -> Asker:
    asker: Asker | None = ctx.held.get("asker")
    if asker is None:
        asker = ctx.held.setdefault("asker", Asker(ctx.model_runner(), ctx.config.device))
        ctx.closers.append(asker.close)
    return asker


def _likeness(looked: Looked) -> list[tuple[Near, float]]:
    """How far from the average picture to the very same one each lies; what is not far enough is left out."""
    way = max(1.0 - float(looked.means[0]), 1e-3)
    scored = ((near, 1.0 - max(0.0, 1.0 - near.cosine) / way) for near in looked.near)
    return [(near, score) for near, score in scored if score >= _ALIKE]


def _moments(
    ctx: Context, space: Space, found: list[tuple[Near, float]], most: int = MOMENTS_A_VIDEO
) -> list[dict[str, Any]]:
    """What was found as stretches of videos, the best first; neighbours are joined, and of each video come a few."""
    by_row: defaultdict[int, list[tuple[Near, float]]] = defaultdict(list)
    for near, score in found:
        by_row[near.row_id].append((near, score))
    stretches = ctx.index.vectors.stretches(by_row)
    moments = [
        {"video_id": stretch.video_id, "start": round(stretch.start_seconds, 3), "end": round(stretch.end_seconds, 3),
         "source": SOURCES[space.source], "score": round(score, 4)}
        for row_id, stretch_of in stretches.items()
        for stretch, score in _joined(by_row[row_id], stretch_of, most)
    ]  # fmt: skip
    return sorted(moments, key=lambda moment: -moment["score"])


def _joined(
    found: Iterable[tuple[Near, float]], stretches: list[Stretch], most: int
) -> Iterator[tuple[Stretch, float]]:
    """The best stretches of one video."""
    joined: list[tuple[Stretch, float]] = []
    for near, score in sorted(found, key=lambda each: each[0].place):
        stretch = stretches[near.place]
        if joined and stretch.start_seconds - joined[-1][0].end_seconds <= _JOINED_SECONDS:
            before, best = joined.pop()
            stretch, score = Stretch(before.video_id, before.start_seconds, stretch.end_seconds), max(best, score)
        joined.append((stretch, score))
    yield from sorted(joined, key=lambda each: -each[1])[:most]


def _nearest(ctx: Context, row: Row, at_seconds: float) -> tuple[int, float]:
    """The place of the vector nearest in time, and its real time."""
    stretches = ctx.index.vectors.stretches([row.id])[row.id]
    place = min(range(len(stretches)), key=lambda number: abs(stretches[number].start_seconds - at_seconds))
    return place, stretches[place].start_seconds


def _items(ctx: Context, video_ids: list[int]) -> dict[int, dict[str, Any]]:
    wanted = videos.Filter(ids=tuple(video_ids), presence="any", limit=max(1, len(video_ids)))
    return {item["id"]: item for item in json.loads(videos.page(ctx, wanted))["videos"]} if video_ids else {}
