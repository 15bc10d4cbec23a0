"""options: the arguments and flags that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from vidwatchd.errors import UsageError
from vidwatchd.model import portable

F = TypeVar("F", bound=Callable[..., Any])


def path_text(value: str) -> str:
    """A path as portable text; an empty word is a mistake in a script, not the folder that we are in."""
    if not value:
        raise UsageError("the path is empty", hint=". is the folder that you are in")
    return portable(value)


def words(value: str) -> tuple[str, ...]:
    """``a, b`` → ("a", "b")."""
    return tuple(part.strip() for part in value.split(",") if part.strip())


def directory(default: str | None = ".") -> Callable[[F], F]:
    """The folder that a command works on."""
    return click.argument("directory", metavar="[DIR]", type=path_text, default=default, required=False)


def recursive(command: F) -> F:
    """``-r``: with all folders beneath."""
    return click.option("-r", "--recursive", is_flag=True, help="Go into all folders beneath.")(command)


def output_format(command: F) -> F:
    """``--output-format``: for people or for programs."""
    choice = click.Choice(["text", "json"])
    return click.option(
        "--output-format", type=choice, default="text", show_default=True, help="For people or for programs."
    )(command)


def workers(command: F, default: str = "one a core") -> F:
    """``--workers``: processes at once."""
    said = f"Processes at once.  [default: {default}]"
    return click.option("--workers", type=click.IntRange(min=1), metavar="N", help=said)(command)


def force(command: F) -> F:
    """``--force``: anew."""
    return click.option("--force", is_flag=True, help="Make anew what is there already.")(command)
