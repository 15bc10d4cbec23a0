"""render_search: what a search found, as a person reads it; marked words are set in brackets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from vidwatchd.cli.render import clock, count
from vidwatchd.model import display


def hits(found: Mapping[str, Any]) -> list[str]:
    """A line for each video and one for each of its moments, then how many there are."""
    lines = [line for hit in found["hits"] for line in _hit(hit)]
    if found["did_you_mean"]:
        lines.insert(0, f"Nothing for {display(found['query'])!r}; shown: {display(found['did_you_mean'])}")
    many = "more than " if found["capped"] else ""
    return [*lines, f"{many}{count(found['total'], 'video')}"]


def saved(found: Mapping[str, Any]) -> list[str]:
    """One saved search a line."""
    return [f"{display(each['name'])}: {display(each['query'])}" for each in found["searches"]]


def _hit(hit: Mapping[str, Any]) -> Iterable[str]:
    video = hit["video"]
    yield f"{display(video['path'])}  ({', '.join(hit['sources']) or 'listed'})"
    for moment in hit["moments"]:
        if moment["segments"]:
            language = f" [{moment['language']}]" if moment["language"] else ""
            yield f"  {clock(moment['start']):>8}{language}  {_marked(moment['segments'])}"
    if hit["more"]:
        yield f"  {'':>8}  and {count(hit['more'], 'moment')} more"


def _marked(segments: Iterable[tuple[str, bool]]) -> str:
    return display("".join(f"[{text}]" if marked else text for text, marked in segments).strip())
