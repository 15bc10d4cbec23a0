"""session: what the flags that every command takes say, and the settings and context that follow from them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from vidwatchd import config
from vidwatchd.model import native, portable

if TYPE_CHECKING:
    from vidwatchd.operations import Context


@dataclass(slots=True)
class Session:
    """One run of the program. ``documents`` gathers the JSON of a comma chain, so that one document is printed."""

    config_file: str = ""
    data_dir: str = ""
    verbose: bool = False
    quiet: bool = False
    documents: dict[str, Any] | None = None

    def settings(self, folder: str = "", **overrides: Any) -> config.Config:
        """The settings for a command on a (portable) folder, or on a file in it. Raises ConfigError."""
        near = native(folder)
        if os.path.isfile(near):
            near = os.path.dirname(near) or "."
        if self.data_dir:
            overrides["data_dir"] = portable(os.path.abspath(self.data_dir))
        return config.load(flag=self.config_file or None, folder=near or None, overrides=overrides)

    @contextmanager
    def open(self, folder: str = "") -> Iterator[Context]:
        """The context that writes to the index. Raises ConfigError, IndexUnusable, StorageError."""
        from vidwatchd import operations
        from vidwatchd.operations import people_files

        with operations.open(self.settings(folder)) as ctx:
            yield ctx
            for problem in people_files.write_pending(ctx):
                click.echo(problem, err=True)

    @contextmanager
    def peek(self, folder: str = "") -> Iterator[Context]:
        """The context over a private copy of the index: nothing is written. Raises ConfigError, IndexUnusable."""
        from vidwatchd import operations

        with operations.peek(self.settings(folder)) as ctx:
            yield ctx

    @contextmanager
    def look(self, near: str = "", holds: Callable[[Context], bool] = lambda ctx: True) -> Iterator[Context]:
        """The context that only asks the index, by the settings for a (portable) path; a copy of it unless what it says
        ``holds``.

        Raises ConfigError, IndexUnusable, InvalidDirectory.
        """
        from vidwatchd import operations

        with operations.look(self.settings(near), holds) as ctx:
            yield ctx
