"""render_settings: settings as a person at a terminal reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vidwatchd.model import display


def listed(found: Mapping[str, Any]) -> list[str]:
    """Every setting as ``key value``, those that differ from the default marked."""
    exists = "" if found["exists"] else " (not there yet)"
    lines = [f"{display(found['file'])}{exists}: {found['changed']} changed"]
    for group in found["groups"]:
        lines += ["", group["title"], *(f"{'*' if row['changed'] else ' '} {_pair(row)}" for row in group["settings"])]
    return lines


def one(row: Mapping[str, Any]) -> list[str]:
    """One setting with all that is known of it."""
    limits = [f"from {row['minimum']:g}"] if row["minimum"] is not None else []
    limits += [f"to {row['maximum']:g}"] if row["maximum"] is not None else []
    kind = " ".join([row["type"], *map(str, row["choices"]), *limits])
    return [
        _pair(row),
        f"  {row['help']}",
        f"  {kind}; default {display(row['default'])}",
        *([f"  {row['note']}"] if row["note"] else []),
    ]


def changed(found: Mapping[str, Any]) -> list[str]:
    """What was changed, and where."""
    return [*map(_pair, found["settings"]), f"written to {display(found['file'])}"]


def _pair(row: Mapping[str, Any]) -> str:
    return f"{row['key']} {display(row['value'])}"
