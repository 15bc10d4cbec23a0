"""search: finds the moment: videos by their names, tags, people and what is said in them, each with where to begin."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vidwatchd import artifacts
from vidwatchd.index import narrowing
from vidwatchd.index.search import TIMED, Wanted
from vidwatchd.operations import Context, fusion, moments, queries, sightings, spelling, videos
from vidwatchd.operations.marking import Marker
from vidwatchd.operations.queries import Query

LIMIT = 20
MOST = 100
MOMENTS = 3
MEANT = 50
# A loaded model answers within a tenth of a second; loading one takes many, and the words are found without it.
PATIENCE_SECONDS = 0.5
_SOURCES = {"people": "person", "tags": "tag", "chapters": "chapter", "captions": "caption"}


@dataclass(slots=True)
class Found:
    """What a query found: (video, score), and moments by meaning of the videos that have some."""

    query: Query
    wanted: Wanted
    ranked: Sequence[tuple[int, float]] = ()
    capped: bool = False
    meant: Mapping[int, list[dict[str, Any]]] = field(default_factory=dict)
    meaning: Mapping[str, Any] = field(default_factory=dict)


def search(
    ctx: Context,
    typed: str,
    *,
    limit: int = LIMIT,
    offset: int = 0,
    per_video: int = MOMENTS,
    typing: bool = False,
    patience_seconds: float = PATIENCE_SECONDS,
) -> dict[str, Any]:
    """``{"hits": [{"video", "score", "sources", "named", "moments", "more"}], "total", "next_offset", …}``.

    ``typing``: the last word may be unfinished. Where nothing is found, what was probably meant is looked for instead
    and ``did_you_mean`` says so; ``notices`` tell of conditions that were taken for words. ``capped``: so many match that
    only the newest were ranked. Nothing typed is an error.
    ``patience_seconds``: how long to wait for a model of meaning that is just being loaded; who types waits for none.
    """
    query = queries.parse(typed, typing=typing)
    patience = None if typing else patience_seconds
    found, meant_instead = _find(ctx, query, patience), ""
    if query.match and not found.ranked:
        better = spelling.corrected(ctx, query)
        other = _find(ctx, better, None) if better else found
        if better and other.ranked:
            found, meant_instead = other, queries.written(better)
    start, size = max(0, offset), max(1, min(limit, MOST))
    page = found.ranked[start : start + size]
    more = start + size < len(found.ranked)
    return {
        "query": typed,
        "did_you_mean": meant_instead,
        "chips": [{"key": c.key, "value": c.value, "unwanted": c.unwanted, "typed": c.typed} for c in query.chips],
        "words": query.words,
        "notices": list(query.notices),
        "hits": _hits(ctx, found, page, per_video),
        "total": len(found.ranked),
        "capped": found.capped,
        "next_offset": start + size if more else None,
        "meaning": dict(found.meaning),
    }


def _find(ctx: Context, query: Query, patience_seconds: float | None) -> Found:
    wanted = _wanted(query)
    ranked, capped = ctx.index.search.ranked(wanted)
    found = Found(query, wanted, ranked, capped)
    if not query.match:
        return found if query.chips or query.unwanted else Found(query, wanted)
    if patience_seconds is None:
        return found
    listed, found.meaning = fusion.meant(ctx, query.words, MEANT, patience_seconds)
    fitting = ctx.index.search.fitting(wanted, [moment["video_id"] for moment in listed])
    meant: dict[int, list[dict[str, Any]]] = {}
    for moment in listed:
        if moment["video_id"] in fitting:
            meant.setdefault(moment["video_id"], []).append(moment)
    if meant:
        found.meant = meant
        found.ranked = fusion.fuse([[video_id for video_id, _ in ranked], list(meant)])
    return found


def _wanted(query: Query) -> Wanted:
    where: list[str] = []
    params: list[object] = []
    for chip in query.chips:
        condition = narrowing.CONDITIONS[chip.key](chip.meaning)
        term, values = narrowing.negated(condition) if chip.unwanted else condition
        where.append(term)
        params += values
    return Wanted(query.match, query.unwanted, tuple(where), tuple(params))


def _hits(ctx: Context, found: Found, page: Sequence[tuple[int, float]], per_video: int) -> list[dict[str, Any]]:
    ids = [video_id for video_id, _ in page]
    items, texts, tiles = _items(ctx, ids), ctx.index.search.texts(ids), _tiles(ctx, ids)
    marker = Marker(found.query)
    languages = [chip.value.lower() for chip in found.query.chips if chip.key == "lang" and not chip.unwanted]
    chosen = [chip.value for chip in found.query.chips if chip.key == "person" and not chip.unwanted]
    peopled = [video_id for video_id, words in texts.items() if words["people"]]
    seen = sightings.of(ctx, peopled, marker, chosen)
    hits = []
    for video_id, score in page:
        if video_id not in items or video_id not in texts:  # removed since
            continue
        words, item = texts[video_id], items[video_id]
        named = moments.named(words, marker)
        places = ctx.index.search.places(video_id) if any(words[source] for source in TIMED) else []
        said = moments.timed(words, places, marker, languages)
        shown_first = (seen.get(video_id, []), said) if chosen else (said, seen.get(video_id, []))
        at = [*shown_first[0], *shown_first[1], *_meant(found.meant.get(video_id, ()))]
        shown = [
            {**moment, "picture": _picture(item, tiles.get(video_id), moment["start"])} for moment in at[:per_video]
        ]
        sources = [each["source"] for each in named] + sorted({moment["source"] for moment in at})
        hits.append(
            {
                "video": item,
                "score": round(score, 6),
                "sources": list(dict.fromkeys(_SOURCES.get(source, source) for source in sources)),
                "named": named,
                "moments": shown or [_beginning(item)],
                "more": len(at) - len(shown),
            }
        )
    return hits


def _beginning(item: Mapping[str, Any]) -> dict[str, Any]:
    """The one moment of a video that was found by what it is called."""
    plain = {"source": "name", "track": "", "language": "", "text": "", "segments": []}
    cut = {"cut_before": False, "cut_after": False}
    return {"start": 0.0, "end": 0.0, **plain, **cut, "picture": _picture(item, None, 0.0)}


def _meant(listed: Collection[Mapping[str, Any]]) -> list[dict[str, Any]]:
    plain = {"track": "", "language": "", "cut_before": False, "cut_after": False}
    found = []
    for moment in listed:
        text = str(moment.get("text", ""))
        times = {"source": moment.get("source", "meaning"), "start": moment["start"], "end": moment["end"]}
        found.append({**plain, **times, "text": text, "segments": moments.segments(text, ())})
    return found


def _items(ctx: Context, ids: Collection[int]) -> dict[int, dict[str, Any]]:
    if not ids:
        return {}
    page = json.loads(videos.page(ctx, videos.Filter(ids=tuple(ids), presence="any", limit=MOST)))
    return {item["id"]: item for item in page["videos"]}


def _tiles(ctx: Context, ids: Collection[int]) -> Mapping[int, Mapping[str, Any]]:
    """How each video's contact sheet is laid out."""
    kinds = [name for name, kind in artifacts.KINDS.items() if "sprite" in kind.urls]
    return ctx.index.artifacts.facts_of(ids, kinds)


def _picture(item: Mapping[str, Any], tiles: Mapping[str, Any] | None, at_seconds: float) -> dict[str, Any] | None:
    """The picture of a moment: a tile of the contact sheet, else the video's own."""
    thumb = {"url": item["thumb_url"]} if item.get("thumb_url") else None
    sheet = (item.get("sprite") or {}).get("sheet_url")
    if not sheet or not tiles or not all(tiles.get(key) for key in ("frames", "cols", "interval_seconds")):
        return thumb
    tile = min(int(at_seconds / tiles["interval_seconds"]), tiles["frames"] - 1)
    row, column = divmod(tile, tiles["cols"])
    width, height = tiles["tile_width"], tiles["tile_height"]
    return {"url": sheet, "x": column * width, "y": row * height, "w": width, "h": height}
