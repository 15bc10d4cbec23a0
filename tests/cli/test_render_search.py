"""test_render_search: hits as lines."""

from vidwatchd.cli import render_search

MOMENT = {"start": 65.5, "language": "en", "segments": [["the ", False], ["space", True], [" is\x1b[31m", False]]}
HIT = {"video": {"path": "a\x1b.mp4"}, "sources": ["name", "speech"], "moments": [MOMENT], "more": 2}


def test_hits():
    lines = render_search.hits({"hits": [HIT], "did_you_mean": "", "query": "space", "total": 2000, "capped": True})
    assert len(lines) == 4
    assert lines[0].endswith("(name, speech)")
    assert "1:05 [en]  the [space] is" in lines[1]
    assert lines[2].strip() == "and 2 moments more"
    assert lines[3] == "more than 2000 videos"
    assert "\x1b" not in "".join(lines)


def test_saved():
    assert render_search.saved({"searches": [{"name": "A", "query": "b"}]}) == ["A: b"]
