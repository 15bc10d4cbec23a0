"""render_people: people, and what was decided of them, as a person reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from vidwatchd.cli.render import clock, count
from vidwatchd.model import display

SHORT = 8


def listed(found: Mapping[str, Any]) -> Table | list[str]:
    """People, one a row; or why there are none."""
    if not found["people"]:
        return [f"nobody is known: {found['reason']} ({found['fix']})" if found.get("fix") else "nobody is found"]
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="bold")
    for name in ("id", "name", "faces", "videos", "time"):
        table.add_column(name, justify="left" if name in ("id", "name") else "right", overflow="fold")
    for person in found["people"]:
        cells = (person["id"][:SHORT], display(person["name"]), person["faces"], person["videos"])
        table.add_row(*(Text(str(cell)) for cell in cells), clock(person["seconds"]))
    return table


def one(found: Mapping[str, Any]) -> list[str]:
    """A person in one line, then their videos, each with its faces by number."""
    lines = [
        f"{found['id']}  {_called(found)}: {count(found['faces'], 'face')} in {count(len(found['videos']), 'video')}"
    ]
    for video in found["videos"]:
        lines.append(f"{display(video['path'])}  {clock(video['seconds'])}")
        lines += [f"  face {face['id']}  at {clock(face['at_seconds'])}" for face in video["faces"]]
    return lines


def decided(found: Mapping[str, Any]) -> list[str]:
    """What was done, and whom it made."""
    what = found["undo"]["what"] if found["undo"] else "Nothing to change"
    person = found["person"]
    return [f"{display(what)}: {person['id'][:SHORT]}  {_called(person)}, {count(person['faces'], 'face')}"]


def undone(found: Mapping[str, Any]) -> list[str]:
    """What was taken back."""
    return [f"Taken back: {display(found['undone'])}"]


def _called(person: Mapping[str, Any]) -> str:
    return display(person["name"]) or "no name"


def everybody(found: Mapping[str, Any]) -> list[str]:
    """People, each with their videos; then how many they are."""
    lines = []
    for person in found["people"]:
        hidden = " (hidden)" if person["hidden"] else ""
        seen = f"{count(person['faces'], 'face')} in {count(person['videos'], 'video')}, {clock(person['seconds'])}"
        lines.append(f"{person['id'][:SHORT]}  {_called(person)}{hidden}: {seen}")
        lines += [
            f"  {display(each['video'])}  {clock(each['seconds'])}, first at {clock(each['first_seconds'])}"
            for each in person["occurrences_in"]
        ]
    named = len(found["labelled"])
    return [*lines, f"{found['total']} people, {named} named by the gallery" if named else f"{found['total']} people"]


def left_out(skipped: Iterable[Sequence[str]]) -> list[str]:
    """What of a gallery was of no use, and why."""
    return [f"{display(name)}: {display(reason)}" for name, reason in skipped]
