"""render: results as a person reads them; every name goes through ``display``, so no control character gets out."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from typing import Any

from rich.table import Table
from rich.text import Text

from vidwatchd.amounts import size as size
from vidwatchd.model import display

_STYLES = {"ok": "green", "warn": "yellow", "missing": "cyan", "fail": "red"}


def clock(seconds: float | None) -> str:
    """Seconds as a player shows them, ``4:05`` or ``1:02:03``; ``–`` for an unknown length."""
    if seconds is None:
        return "–"
    hours, rest = divmod(max(0, int(seconds)), 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def count(number: int, word: str) -> str:
    """A number with its word: ``1 video``, ``2 videos``, ``2 libraries``."""
    many = f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"
    return f"{number} {word if number == 1 else many}"


def listing(found: Mapping[str, Any], *, sizes: bool) -> list[str]:
    """One path a line, with ``sizes`` after its size; long lists stay cheap."""
    lines = (display(video["path"]) for video in found["videos"])
    if not sizes:
        return list(lines)
    rows = zip(found["videos"], lines, strict=True)
    total = sum(video["size_bytes"] for video in found["videos"])
    summary = f"{size(total):>8}  in {count(found['total'], 'video')}"
    return [*(f"{size(video['size_bytes']):>8}  {line}" for video, line in rows), summary]


def coverage(found: Mapping[str, Any]) -> Table:
    """A report as a concise table, one kind a row."""
    columns = ("done", "percent", "missing", "failed", "unavailable")
    table = _table(count(found["total"], "video"), *columns)
    for kind, counts in found["kinds"].items():
        cells = [f"{counts[name]:g} %" if name == "percent" else str(counts[name]) for name in columns]
        table.add_row(kind, *cells)
    return table


def made(summary: Mapping[str, Any]) -> list[str]:
    """What came of making: a line for each video of which there is something to read, one with the numbers, and under it
    one a kind where there are several."""
    lines = [f"{display(item['path'])}: {item['line']}" for item in summary.get("items", ()) if item["line"]]
    troubles = {name: len(summary[name]) for name in ("failed", "unavailable")}
    first = f"{count(summary['videos'], 'video')}: {_made({**summary, **troubles})}, in {summary['seconds']:.1f} s"
    kinds = summary["kinds"] if len(summary["kinds"]) > 1 else {}
    return [*lines, first, *(f"  {kind}: {_made(counts)}" for kind, counts in kinds.items())]


def _made(counts: Mapping[str, Any]) -> str:
    parts = [f"{counts['made']} made", f"{counts['skipped']} there already"]
    return ", ".join(parts + [f"{counts[name]} {name}" for name in ("failed", "unavailable") if counts[name]])


def reasons(lines: Iterable[Mapping[str, str]]) -> list[str]:
    """Items that failed and why, one line each."""
    return [f"{display(line['path'])}: {line['kind']}: {display(line['reason'])}" for line in lines]


def renamed(found: Mapping[str, str]) -> list[str]:
    """One rename, in one line."""
    return [f"{display(found['from'])} → {display(found['to'])}"]


def renames(found: Mapping[str, Any]) -> list[str]:
    """A batch of renames: the first (or all of them), and how many."""
    shown = found.get("renames") or ([found["first"]] if found["first"] else [])
    counts = f"{found['total_matches']} found, {found['planned']} planned, {found['applied']} applied"
    hint = " (nothing was changed: --force does it)" if found["dry_run"] and found["planned"] else ""
    return [*(line for each in shown for line in renamed(each)), counts + hint]


def refusals(lines: Iterable[Mapping[str, str]]) -> list[str]:
    """Files that were not renamed and why, one line each."""
    return [f"{display(line['path'])}: {display(line['reason'])}" for line in lines]


def unreadable(found: Mapping[str, str]) -> list[str]:
    """Files and folders that could not be read and why, one line each."""
    return [f"{display(path) or '.'}: {display(reason)}" for path, reason in found.items()]


def scanned(found: Mapping[str, Any]) -> list[str]:
    """What a scan did, in one line."""
    words = ("added", "changed", "moved", "gone", "back", "unsettled")
    parts = [f"{found[word]} {word}" for word in words if found[word]] or ["nothing new"]
    return [f"{count(found['seen'], 'video')}: {', '.join(parts)}, in {found['seconds']:.1f} s"]


def said(found: Mapping[str, Any]) -> list[str]:
    """What people said, of one video or of several."""
    return [line for video in found.get("videos", [found]) for line in _said(video)]


def duplicates(found: Mapping[str, Any], directory: str, *, recursive: bool) -> list[str]:
    """Groups of duplicates, the one to keep first, and what was compared."""
    lines = [line for group in found["groups"] for line in _duplicate_group(group)]
    hidden = found["total_groups"] - len(found["groups"])
    lines += [f"{count(hidden, 'group')} more: --limit {found['total_groups']}"] if hidden else []
    summary = f"{count(found['total_groups'], 'group')} of duplicates, {count(found['compared'], 'video')} compared"
    if found["without_hash"]:
        command = f"vidwatchd phash {display(shlex.quote(directory))}{' -r' if recursive else ''}"
        summary += f", {found['without_hash']} without a hash: {command}"
    return [*lines, summary]


def kept(found: Mapping[str, Any]) -> list[str]:
    """Two videos that a person called different."""
    return [f"{' and '.join(map(display, found['kept']))} are two different videos"]


def similar(found: Mapping[str, Any]) -> list[str]:
    """Moments that look like another, the most alike first."""
    lines = [
        f"{moment['score']:6.0%} alike  {clock(moment['start'])}  {display(moment['video']['path'])}"
        for moment in found["moments"]
    ]
    return lines or ["nothing looks like it"]


def library(row: Mapping[str, Any]) -> list[str]:
    """One library, in one line."""
    return [f"{row['id']}  {display(row['name'])}  {display(row['root'])}"]


def removed(found: Mapping[str, Any]) -> list[str]:
    """What was forgotten."""
    return [f"{display(found['root'])} is no longer a library; no file was touched"]


def libraries(found: Mapping[str, Any]) -> Table:
    """All libraries, one a row."""
    table = _table("id", "name", "videos", "size", "state", "folder", left=("name", "state", "folder"))
    for row in found["libraries"]:
        cells = (display(row["name"]), str(row["videos"]), size(row["bytes"]), _state(row), display(row["root"]))
        table.add_row(str(row["id"]), *map(Text, cells))
    return table


def checks(found: Mapping[str, Any]) -> Table:
    """The findings of ``doctor``, the fix under each problem."""
    table = _table("", "check", "finding", left=("check", "finding"))
    for check in found["checks"]:
        finding = Text(display(check["detail"]))
        if check["fix"]:
            finding.append(f"\n→ {display(check['fix'])}", "bold")
        table.add_row(Text(check["state"], _STYLES[check["state"]]), Text(check["name"]), finding)
    return table


def models(found: Mapping[str, Any]) -> Table:
    """All models, one a row, those that are here marked."""
    table = _table("", "name", "does", "size", "licence", "wanted by", left=("name", "does", "licence", "wanted by"))
    for row in found["models"]:
        here = Text("here", "green") if row["here"] else Text("")
        does, count = row["title"], row["disk_bytes"] if row["here"] else row["size_bytes"]
        cells = (display(row["name"]), does, size(count), row["licence"], ", ".join(row["used_by"]))
        table.add_row(here, *map(Text, cells))
    return table


def terms(model: Mapping[str, Any]) -> str:
    """What is known of a model before it is downloaded: its size, licence and origin."""
    warning = " Its licence forbids commercial use." if model["non_commercial"] else ""
    what = f"{model['title']}: {size(model['size_bytes'])}, {model['licence']} licence, from {model['repo']}"
    return f"{what}.{warning}"


def pulling(model: Mapping[str, Any]) -> str:
    """What a person agrees to before a model is downloaded."""
    return f"{terms(model)} Download it?"


def pulled(found: Mapping[str, Any]) -> list[str]:
    """Where a model is now."""
    state = "was here already" if found["already"] else "is here"
    return [f"{found['pulled']} {state}: {size(found['disk_bytes'])} in {display(found['folder'])}"]


def removing(model: Mapping[str, Any]) -> str:
    """What a person agrees to before a model is removed."""
    users = f" It is wanted by {', '.join(model['used_by'])}." if model["used_by"] else ""
    return f"Delete {display(model['name'])} ({size(model['disk_bytes'])})?{users} What was made with it stays."


def model_removed(found: Mapping[str, Any]) -> list[str]:
    """What was freed."""
    return [f"{display(found['removed'])} is gone; {size(found['freed_bytes'])} are free again"]


def service(found: Mapping[str, Any]) -> list[str]:
    """How the service stands."""
    state = "running" if found["running"] else "installed, not running" if found["installed"] else "not installed"
    return [f"{state}: {display(found['file'])}", *map(display, [*found["stale"], *found["notes"]])]


def _duplicate_group(group: Mapping[str, Any]) -> list[str]:
    head = "exact copies" if group["kind"] == "exact" else f"{group['similarity']:.1%} alike"
    return [f"{head}; keep the first: {group['reason']}", *map(_duplicate, group["videos"])]


def _duplicate(video: Mapping[str, Any]) -> str:
    shape = f"{video['width'] or '?'}×{video['height'] or '?'}"
    facts = (clock(video["duration_seconds"]), shape, video["video_codec"] or "?", size(video["size_bytes"]))
    return f"  {display(video['path'])}  {'  '.join(facts)}"


def _table(first: str, *others: str, left: Iterable[str] = ()) -> Table:
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="bold")
    table.add_column(first, overflow="fold")
    for name in others:
        table.add_column(name, justify="left" if name in left else "right", overflow="fold")
    return table


def _state(row: Mapping[str, Any]) -> str:
    if not row["online"]:
        return f"offline: {display(row['problem'])}"
    if row["held"]:
        return f"held: {display(row['held'])}"
    return "watched" if row["watched"] else "not watched"


def _said(video: Mapping[str, Any]) -> list[str]:
    found = video.get("inferred", ())
    performers = [f"{name} (by face)" if name in found else name for name in video["performers"]]
    parts = [(name, ", ".join(names)) for name, names in (("tags", video["tags"]), ("performers", performers)) if names]
    parts += [("rating", str(video["rating"]))] if video["rating"] else []
    parts += [("notes", video["notes"])] if video["notes"] else []
    return [display(video["video"]), *(f"  {name}: {display(text)}" for name, text in parts)]
