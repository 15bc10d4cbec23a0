"""test_output: results, messages, and the bar that a person watches."""

import io
import json
import signal

import pytest
from rich.table import Table

from vidwatchd.cli import output
from vidwatchd.cli.session import Session


def test_json_is_one_ascii_document(capsys):
    output.show(Session(), {"name": "ü\U0010ffff"}, "json", lambda value: ["never"])
    printed = capsys.readouterr().out
    assert printed.isascii()
    assert json.loads(printed) == {"name": "ü\U0010ffff"}


def test_tables_are_not_folded_where_nobody_watches(capsys):
    table = Table(box=None)
    table.add_column("path")
    table.add_row("x" * 300)
    output.show(Session(), None, "text", lambda value: table)
    assert capsys.readouterr().out.splitlines()[1].strip() == "x" * 300


def test_messages_go_to_standard_error_unless_quiet(capsys):
    output.say(Session(), "one", "two")
    output.say(Session(quiet=True), "three")
    assert capsys.readouterr() == ("", "one\ntwo\n")


def test_no_bar_where_nobody_watches(capsys):
    with output.progress(Session(), "thumbs") as report:
        report(1.0, 2, ["a.mp4"])
    assert capsys.readouterr() == ("", "")


def test_a_bar_where_somebody_watches(monkeypatch):
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with output.progress(Session(), "thumbs") as report:
        report(1.0, 2, ["[bold]a.mp4"])
    assert "thumbs" in terminal.getvalue()
    assert "[bold]a.mp4" in terminal.getvalue()


def test_an_interrupt_is_heeded_at_the_next_report():
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), output.progress(Session(), "thumbs") as report:
        report(0.0, 1, [])
        signal.raise_signal(signal.SIGINT)
        still_here = True
        report(0.5, 1, [])
    assert still_here
    assert signal.getsignal(signal.SIGINT) is before
