"""output: results on standard output, messages on standard error, a progress bar when a person watches."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import click
from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from vidwatchd.cli.session import Session
from vidwatchd.errors import StorageError

# Wider than any path: rich would cut a table at 80 columns where nobody watches.
UNWATCHED_COLUMNS = 5000

Report = Callable[[float, int, Sequence[str]], None]


def show(session: Session, value: Any, output_format: str, text: Callable[[Any], RenderableType | Iterable[str]]) -> None:
    """Print a result: for programs as one JSON document, for people as ``text`` draws it."""
    if output_format != "json":
        _write(text(value))
    elif session.documents is None:
        write_json(value)
    else:
        session.documents[click.get_current_context().info_name or ""] = value


def write_json(value: Any) -> None:
    """One JSON document, ASCII only: no terminal or encoding can garble it."""
    _write([json.dumps(value, indent=2, ensure_ascii=True)])


def say(session: Session, message: str) -> None:
    """A message beside the result, unless ``--quiet``."""
    if not session.quiet:
        click.echo(message, err=True)


def complain(lines: Iterable[str]) -> None:
    """What went wrong, one line each, on standard error."""
    for line in lines:
        click.echo(line, err=True)


@contextmanager
def progress(session: Session, title: str) -> Iterator[Report]:
    """A bar on standard error while a person watches; the callable takes how much is done, of how much, and what runs."""
    console = Console(stderr=True, highlight=False)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    doing = TextColumn("{task.fields[doing]}", markup=False)
    hidden = session.quiet or not console.is_terminal
    with Progress(*columns, doing, console=console, disable=hidden, transient=True) as bar:
        task = bar.add_task(title, total=None, doing="")

        def report(done: float, of: int, names: Sequence[str]) -> None:
            bar.update(task, completed=done, total=of, doing=", ".join(names))

        yield report


def _write(content: RenderableType | Iterable[str]) -> None:
    try:
        if isinstance(content, Mapping | str) or hasattr(content, "__rich_console__"):
            _console().print(content)
        else:
            for line in content:  # type: ignore[union-attr]
                click.echo(line)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise StorageError(f"the output cannot be written: {error.strerror}") from error


def _console() -> Console:
    watched = sys.stdout.isatty()
    width = None if watched else UNWATCHED_COLUMNS
    return Console(file=sys.stdout, width=width, highlight=False, markup=False, emoji=False, soft_wrap=not watched)
