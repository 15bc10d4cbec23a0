"""test_render: results as a person reads them."""

import io

import pytest
from rich.console import Console

from vidwatchd.cli import render

ODD = "a\nb\x1b[2J\u202e.mp4"


def drawn(table):
    page = io.StringIO()
    Console(file=page, width=200).print(table)
    return page.getvalue()


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 KB"),
        (56_558, "57 KB"),
        (999_600, "1.0 MB"),
        (4_300_000_000_000, "4.3 TB"),
    ],
)
def test_sizes(count, said):
    assert render.size(count) == said


@pytest.mark.parametrize(("seconds", "said"), [(None, "–"), (0, "0:00"), (65.9, "1:05"), (3723, "1:02:03")])
def test_durations(seconds, said):
    assert render.clock(seconds) == said


def test_counts_have_their_plural():
    assert [render.count(1, "video"), render.count(0, "video"), render.count(2, "library")] == [
        "1 video", "0 videos", "2 libraries",
    ]  # fmt: skip


def test_no_drawing_lets_a_control_character_out():
    video = {"path": ODD, "size_bytes": 1, "duration_seconds": 3.0}
    said = {"video": ODD, "tags": [ODD], "performers": [ODD], "rating": 3, "notes": ODD}
    row = {"id": 1, "name": ODD, "root": ODD, "videos": 1, "bytes": 1, "online": False, "held": "", "watched": True}
    lines = [
        *render.listing({"videos": [video], "total": 1}, sizes=True),
        *render.reasons([{"path": ODD, "kind": "thumbs", "reason": ODD}]),
        *render.unreadable({ODD: ODD}),
        *render.said(said),
        *render.library(row),
        *render.removed({"root": ODD}),
        *render.service({"running": False, "installed": True, "file": ODD, "stale": [ODD], "notes": []}),
        *drawn(render.libraries({"libraries": [{**row, "problem": ODD}]})).splitlines(),
        *drawn(render.checks({"checks": [{"name": "x", "state": "warn", "detail": ODD, "fix": ODD}]})).splitlines(),
    ]
    assert [line for line in lines if not line.isprintable()] == []


def test_a_name_is_no_markup():
    row = {
        "id": 1,
        "name": "[red]x[/red]",
        "root": "/v",
        "videos": 1,
        "bytes": 1,
        "online": True,
        "held": "",
        "watched": 1,
    }
    assert "[red]x[/red]" in drawn(render.libraries({"libraries": [row]}))


@pytest.mark.parametrize(
    ("changed", "state"),
    [({}, "watched"), ({"watched": False}, "not watched"), ({"online": False, "problem": "away"}, "offline: away"),
     ({"held": "9 of 9 are missing"}, "held: 9 of 9 are missing")],
)  # fmt: skip
def test_the_state_of_a_library(changed, state):
    row = {"id": 1, "name": "v", "root": "/v", "videos": 1, "bytes": 1, "online": True, "held": "", "watched": True}
    assert f" {state} " in drawn(render.libraries({"libraries": [row | changed]}))


def test_a_fix_stands_under_its_problem():
    check = {"name": "disk", "state": "fail", "detail": "full", "fix": "make room"}
    lines = drawn(render.checks({"checks": [check]})).splitlines()
    assert [line.split() for line in lines[1:]] == [["fail", "disk", "full"], ["→", "make", "room"]]
