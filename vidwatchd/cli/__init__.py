"""cli: the ``vidwatchd`` command: parse, call one operation, print.

A command's module is imported when the command is named, so that the program starts in a blink.
"""

from __future__ import annotations

import click

from vidwatchd import __version__
from vidwatchd.cli import edge
from vidwatchd.cli.group import Doors, Root

__all__ = ["Doors", "group", "main"]

# Command → the module of this package that holds it, under the same name. Kinds of artifacts are in "making".
COMMANDS = {
    "serve": "serving",
    "scan": "looking",
    "list": "looking",
    "report": "looking",
    "search": "searching",
    "searches": "searching",
    "finish": "making",
    "batch": "batching",
    "dupes": "duplicates",
    "similar": "meaning",
    "codecs": "products",
    "transcode": "products",
    "compare": "products",
    "store": "storing",
    "reconstitute": "reconstituting",
    "listing": "listing",
    "people": "people",
    "tags": "tagging",
    "transcript": "reading",
    "rename": "renaming",
    "library": "libraries",
    "models": "pulling",
    "settings": "setting",
    "service": "services",
    "doctor": "diagnosis",
}

# Further name → the command, and flags with the values that they then have unless typed.
ALIASES = {"queue": "batch --tasks metadata", "phash-dupes": "dupes"}


def _list_commands(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    if wanted and isinstance(ctx.command, Root):
        click.echo("\n".join([*ctx.command.list_commands(ctx), *ctx.command.aliases()]))
        ctx.exit()


@click.group(cls=Root, modules=COMMANDS, shortcuts=ALIASES)
@click.version_option(__version__, prog_name="vidwatchd")
@click.option(
    "--list-commands",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_list_commands,
    help="Print the name of every command and leave.",
)
def group() -> None:
    """Watch folders of videos, make their pictures, serve a local dashboard.

    Several commands can run one after the other on one folder, with shared flags, when their names are joined by commas.

    \b
    Examples:
      vidwatchd serve ~/Videos
      vidwatchd list . -r --show-size
      vidwatchd metadata,thumbs,sprites . -r --workers 2

    Exit status: 0 all is well, 1 some items failed, 2 a wrong folder, flag or setting.
    """


def main() -> None:
    """Run the command line and leave with its exit status."""
    edge.prepare()
    group()
