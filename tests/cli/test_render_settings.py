"""test_render_settings: settings as lines."""

from vidwatchd.cli import render_settings

ROW = {
    "key": "a.b", "value": "1", "default": "2", "help": "what it does", "changed": True, "type": "number", "choices": [],
    "minimum": 0, "maximum": 5, "note": "later",
}  # fmt: skip


def test_lines():
    assert render_settings.one(ROW) == ["a.b 1", "  what it does", "  number from 0 to 5; default 2", "  later"]
    assert render_settings.changed({"settings": [ROW], "file": "/x"}) == ["a.b 1", "written to /x"]
    found = {"file": "/x", "exists": False, "changed": 1, "groups": [{"title": "T", "settings": [ROW]}]}
    assert render_settings.listed(found) == ["/x (not there yet): 1 changed", "", "T", "* a.b 1"]
