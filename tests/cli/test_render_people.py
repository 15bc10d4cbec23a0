"""test_render_people: people in words; nothing that a terminal would obey gets out."""

import io

from rich.console import Console

from vidwatchd.cli import render_people

PERSON = {"id": "3f2a91c0-1111", "name": "", "faces": 1, "videos": 2, "seconds": 65.0}


def test_a_table_or_why_there_is_none():
    out = io.StringIO()
    Console(file=out, width=100).print(render_people.listed({"people": [{**PERSON, "name": "A\x1b[31m"}]}))
    header, row = out.getvalue().splitlines()
    assert header.split() == ["id", "name", "faces", "videos", "time"]
    assert row.split() == ["3f2a91c0", "A\\x1b[31m", "1", "2", "1:05"]
    lacking = {"people": [], "reason": "no model", "fix": "pull one"}
    assert render_people.listed(lacking) == ["nobody is known: no model (pull one)"]
    assert render_people.listed({"people": [], "reason": "", "fix": ""}) == ["nobody is found"]


def test_one_with_videos_and_faces():
    video = {"path": "a\n.mp4", "seconds": 3.0, "faces": [{"id": 17, "at_seconds": 62.0}]}
    lines = render_people.one({**PERSON, "videos": [video]})
    assert lines == ["3f2a91c0-1111  no name: 1 face in 1 video", "a\\n.mp4  0:03", "  face 17  at 1:02"]


def test_what_was_done():
    found = {"undo": {"id": 1, "what": "Named Ann"}, "person": {**PERSON, "name": "Ann"}}
    assert render_people.decided(found) == ["Named Ann: 3f2a91c0  Ann, 1 face"]
    assert render_people.decided({"undo": None, "person": PERSON}) == ["Nothing to change: 3f2a91c0  no name, 1 face"]
    assert render_people.undone({"undone": "Named \x1b"}) == ["Taken back: Named \\x1b"]
