"""cli: the ``vidwatchd`` command: parse, call an operation, print."""

from __future__ import annotations

import click

from vidwatchd import __version__


@click.group()
@click.version_option(__version__, prog_name="vidwatchd")
def group() -> None:
    """Watch folders of videos, make their pictures, serve a local dashboard."""


def main() -> None:
    """Run the command line."""
    group()
