"""output: results on standard output, messages on standard error, a progress bar while a person watches."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Column, Table

from vidwatchd.cli import edge
from vidwatchd.cli.session import Session
from vidwatchd.errors import StorageError

# Wider than any table: rich would fold it at 80 columns where nobody watches.
UNWATCHED_COLUMNS = 5000

# What a result looks like to a person: lines, which may be many, or a table.
Drawn = list[str] | Table
Report = Callable[[float, int, Sequence[str]], None]


def show(session: Session, value: Any, output_format: str, draw: Callable[[Any], Drawn]) -> None:
    """Print a result: for programs as one JSON document, for people as ``draw`` draws it. Raises StorageError."""
    if output_format != "json":
        _write(draw(value))
    elif session.documents is None:
        write_json(value)
    else:
        session.documents[click.get_current_context().info_name or ""] = value


def write_json(value: Any) -> None:
    """One JSON document, ASCII only, so that no terminal or encoding garbles it. Raises StorageError."""
    _write([json.dumps(value, indent=2, ensure_ascii=True)])


def say(session: Session, *messages: str) -> None:
    """Messages beside the result, unless ``--quiet``."""
    if not session.quiet:
        complain(messages)


def complain(lines: Iterable[str]) -> None:
    """What went wrong, one line each, on standard error."""
    for line in lines:
        click.echo(line, err=True)


@contextmanager
def progress(session: Session, title: str) -> Iterator[Report]:
    """A bar on standard error; the callable takes how much is done, of how much, and what is being worked on.

    Each call is also the moment at which Ctrl-C is heeded.
    """
    console = Console(stderr=True, highlight=False, markup=False)
    watched = console.is_terminal and not session.quiet
    with Progress(*_columns(), console=console, disable=not watched, transient=True) as bar, ExitStack() as stack:
        task, held = bar.add_task(title, total=None, doing=""), edge.Held()
        stack.callback(held.end)

        def report(done: float, of: int, names: Sequence[str]) -> None:
            """One line of progress."""
            held.check()
            bar.update(task, completed=done, total=of, doing=", ".join(names))

        yield report


def _columns() -> Iterator[Any]:
    yield TextColumn("{task.description}", markup=False)
    yield BarColumn()
    yield TaskProgressColumn()
    yield TimeRemainingColumn()
    yield TextColumn("{task.fields[doing]}", markup=False, table_column=Column(no_wrap=True, overflow="ellipsis"))


def _write(drawn: Drawn) -> None:
    try:
        for line in _lines(drawn) if isinstance(drawn, Table) else drawn:
            click.echo(line)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        edge.discard(sys.stdout)
        raise StorageError(f"the output cannot be written: {error.strerror}") from error


def _lines(table: Table) -> Iterator[str]:
    width = None if sys.stdout.isatty() else UNWATCHED_COLUMNS
    console = Console(file=sys.stdout, width=width, highlight=False, markup=False, emoji=False)
    with console.capture() as capture:
        console.print(table)
    return (line.rstrip() for line in capture.get().splitlines())
