"""libraries: ``library``: the folders that are watched."""

from __future__ import annotations

import click

from vidwatchd.cli import output, render, services
from vidwatchd.cli.group import Doors
from vidwatchd.cli.options import output_format, path_text, words
from vidwatchd.cli.session import Session
from vidwatchd.model import display
from vidwatchd.operations import current, libraries, scan


@click.group("library", cls=Doors)
def library_group() -> None:
    """Say which folders are watched.

    \b
    Examples:
      vidwatchd library add ~/Videos
      vidwatchd library list
    """


@library_group.command("add")
@click.argument("path", type=path_text)
@click.option("--name", default="", help="Its name in the dashboard.  [default: the folder's own]")
@output_format
@click.pass_obj
def add_command(session: Session, path: str, name: str, output_format: str) -> None:
    """Watch a folder from now on.

    \b
    Example:
      vidwatchd library add ~/Videos --name Family
    """
    with session.open() as ctx:
        found = libraries.add(ctx, path, name)
        config = ctx.config
    output.show(session, found, output_format, render.library)
    output.say(session, *map(display, services.stale(config)))


@library_group.command("list")
@output_format
@click.pass_obj
def list_command(session: Session, output_format: str) -> None:
    """List the libraries with what is in them; nothing is written.

    \b
    Example:
      vidwatchd library list --output-format json
    """
    with session.look(holds=current.rows) as ctx:
        libraries.configured(ctx)
        found = libraries.listing(ctx)
    output.show(session, {"libraries": found, "total": len(found)}, output_format, render.libraries)


@library_group.command("remove")
@click.argument("which")
@click.option("--yes", is_flag=True, help="Do not ask.")
@output_format
@click.pass_obj
def remove_command(session: Session, which: str, yes: bool, output_format: str) -> None:
    """Stop watching a library, named by its id, name or folder. No file is touched.

    \b
    Example:
      vidwatchd library remove ~/Videos --yes
    """
    with session.open() as ctx:
        found = libraries.found(ctx, which)
        if not yes:
            click.confirm(
                f"Forget {display(found.name)} ({display(found.root)})? No file is touched.", abort=True, err=True
            )
        libraries.remove(ctx, found.id)
    output.show(session, {"removed": found.id, "root": found.root}, output_format, render.removed)


@library_group.command("set")
@click.argument("which")
@click.option(
    "--skip", type=words, default=None, metavar="LIST", help="Kinds not made by themselves, by comma; '': none."
)
@click.option("--stored/--no-stored", default=None, help="Whether stored forms are made by themselves.")
@output_format
@click.pass_obj
def set_command(
    session: Session, which: str, skip: tuple[str, ...] | None, stored: bool | None, output_format: str
) -> None:
    """Say what is not made by itself in a library, named by its id, name or folder. What was made stays.

    \b
    Examples:
      vidwatchd library set ~/Videos --no-stored
      vidwatchd library set Family --skip stored,faces
    """
    with session.open() as ctx:
        found = libraries.change(ctx, libraries.found(ctx, which).id, skip=skip, stored=stored)
    output.show(session, found, output_format, render.library)


@library_group.command("scan")
@click.argument("which")
@click.option("--accept-loss", is_flag=True, help="Believe it when most of the videos are missing.")
@output_format
@click.pass_obj
def scan_command(session: Session, which: str, accept_loss: bool, output_format: str) -> int:
    """Look at a whole library now, named by its id, name or folder.

    \b
    Example:
      vidwatchd library scan ~/Videos
    """
    with session.open() as ctx:
        found = scan.whole(ctx, which, accept_loss=accept_loss).plain()
    output.show(session, found, output_format, render.scanned)
    output.complain(render.unreadable(found["unreadable"]))
    return 1 if found["unreadable"] else 0


COMMANDS = {"library": library_group}
