"""people: ``people``: who is seen in the videos: lists, names, merges, splits, and taking the last of it back."""

from __future__ import annotations

import click

from vidwatchd.cli import output, render_people
from vidwatchd.cli.group import Doors
from vidwatchd.cli.options import directory, output_format
from vidwatchd.cli.session import Session
from vidwatchd.operations import deciding, people


@click.group("people", cls=Doors, invoke_without_command=True)
@click.pass_context
def people_group(ctx: click.Context) -> None:
    """Say who is seen in the videos, and who is who. PERSON is a name, an id, or the beginning of one.

    Without a command they are listed.

    \b
    Examples:
      vidwatchd people
      vidwatchd people name 3f2a91c0 Anna
      vidwatchd people undo
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_command)


@people_group.command("list")
@directory(default=None)
@click.option("--hidden", is_flag=True, help="Those that are hidden.")
@click.option("--named/--unnamed", default=None, help="Only those with a name, or without.")
@click.option("--limit", type=click.IntRange(1, people.MAX_LIMIT), default=100, show_default=True, help="How many.")
@output_format
@click.pass_obj
def list_command(
    session: Session, directory: str | None, hidden: bool, named: bool | None, limit: int, output_format: str
) -> None:
    """List people, the most seen first; nothing is written. With DIR only those of the library that it is (in).

    \b
    Examples:
      vidwatchd people list ~/Videos
      vidwatchd people list --unnamed --output-format json
    """
    asked = people.Asked(hidden=hidden, named=named, limit=limit)
    with session.look(directory or "") as ctx:
        found = people.listed_in(ctx, directory, asked) if directory else people.listed(ctx, asked)
    output.show(session, found, output_format, render_people.listed)


@people_group.command("show")
@click.argument("person", metavar="PERSON")
@output_format
@click.pass_obj
def show_command(session: Session, person: str, output_format: str) -> None:
    """Show one person's videos and faces; nothing is written.

    \b
    Example:
      vidwatchd people show Anna
    """
    with session.look() as ctx:
        found = people.one(ctx, people.find(ctx, person).uuid, limit=people.MAX_LIMIT)
    output.show(session, found, output_format, render_people.one)


@people_group.command("similar")
@click.argument("person", metavar="PERSON")
@output_format
@click.pass_obj
def similar_command(session: Session, person: str, output_format: str) -> None:
    """List the people who look like one, the nearest first; nothing is written.

    \b
    Example:
      vidwatchd people similar Anna
    """
    with session.look() as ctx:
        found = people.similar(ctx, people.find(ctx, person).uuid)
    output.show(session, found, output_format, render_people.listed)


@people_group.command("name")
@click.argument("person", metavar="PERSON")
@click.argument("name")
@click.option("--merge", is_flag=True, help="Where another person has that name, make the two one.")
@output_format
@click.pass_obj
def name_command(session: Session, person: str, name: str, merge: bool, output_format: str) -> None:
    """Name a person; '' takes the name away.

    \b
    Examples:
      vidwatchd people name 3f2a91c0 Anna
      vidwatchd people name 77aa Anna --merge
    """
    with session.open() as ctx:
        found = deciding.change(ctx, people.find(ctx, person).uuid, name=name, merge=merge)
    output.show(session, found, output_format, render_people.decided)


@people_group.command("merge")
@click.argument("into", metavar="INTO")
@click.argument("others", metavar="PERSON…", nargs=-1, required=True)
@output_format
@click.pass_obj
def merge_command(session: Session, into: str, others: tuple[str, ...], output_format: str) -> None:
    """Make several people one; INTO keeps its id and name.

    \b
    Example:
      vidwatchd people merge Anna 77aa 3f2a91c0
    """
    with session.open() as ctx:
        found = deciding.merge(ctx, people.find(ctx, into).uuid, [people.find(ctx, other).uuid for other in others])
    output.show(session, found, output_format, render_people.decided)


@people_group.command("hide")
@click.argument("person", metavar="PERSON")
@output_format
@click.pass_obj
def hide_command(session: Session, person: str, output_format: str) -> None:
    """Leave a person out of lists, lanes and the search.

    \b
    Example:
      vidwatchd people hide 77aa
    """
    with session.open() as ctx:
        found = deciding.change(ctx, people.find(ctx, person).uuid, hidden=True)
    output.show(session, found, output_format, render_people.decided)


@people_group.command("unhide")
@click.argument("person", metavar="PERSON")
@output_format
@click.pass_obj
def unhide_command(session: Session, person: str, output_format: str) -> None:
    """Show a hidden person again.

    \b
    Example:
      vidwatchd people unhide 77aa
    """
    with session.open() as ctx:
        found = deciding.change(ctx, people.find(ctx, person).uuid, hidden=False)
    output.show(session, found, output_format, render_people.decided)


@people_group.command("split")
@click.argument("person", metavar="PERSON")
@click.argument("faces", metavar="FACE…", nargs=-1, required=True, type=click.IntRange(min=1))
@click.option("--into", metavar="PERSON", help="Who they are; without it and --name they are a new person.")
@click.option("--name", help="What the person is called whose they are, new or not.")
@output_format
@click.pass_obj
def split_command(
    session: Session, person: str, faces: tuple[int, ...], into: str | None, name: str | None, output_format: str
) -> None:
    """Take faces out of a person; ``people show`` has their numbers.

    \b
    Examples:
      vidwatchd people split Anna 17
      vidwatchd people split Anna 17 18 --name Bob
    """
    with session.open() as ctx:
        target = people.find(ctx, into).uuid if into else None
        found = deciding.split(ctx, people.find(ctx, person).uuid, faces, into=target, name=name)
    output.show(session, found, output_format, render_people.decided)


@people_group.command("undo")
@output_format
@click.pass_obj
def undo_command(session: Session, output_format: str) -> None:
    """Take back the last that was said of people.

    \b
    Example:
      vidwatchd people undo
    """
    with session.open() as ctx:
        found = deciding.undo(ctx)
    output.show(session, found, output_format, render_people.undone)


COMMANDS = {"people": people_group}
