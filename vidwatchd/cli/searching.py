"""searching: ``search`` and ``searches``: find the moment, and what is looked for again."""

from __future__ import annotations

import click

from vidwatchd.cli import output, render_search
from vidwatchd.cli.group import Door
from vidwatchd.cli.options import output_format
from vidwatchd.cli.session import Session
from vidwatchd.errors import UsageError
from vidwatchd.model import display
from vidwatchd.operations import queries, search, searches


@click.command("search", cls=Door)
@click.argument("words", nargs=-1, required=True, metavar="WORDS…")
@click.option("--limit", type=click.IntRange(1, search.MOST), default=search.LIMIT, show_default=True, help="Videos.")
@click.option("--offset", type=click.IntRange(min=0), default=0, show_default=True, help="Skip so many videos.")
@output_format
@click.pass_obj
def search_command(session: Session, words: tuple[str, ...], limit: int, offset: int, output_format: str) -> None:
    """Find videos and the moments in them by names, tags, people and what is said; nothing is written.

    All words must be there; "a phrase" stands as it is, word* is a beginning, OR means either, and after -- a word with
    a minus must not be there. Conditions: tag: person: longer: shorter: codec: added: in: lang:

    \b
    Examples:
      vidwatchd search space telescope
      vidwatchd search '"happy birthday" person:Anna longer:10m' --limit 5
      vidwatchd search --output-format json -- beach -rain added:2026-11
    """
    typed = " ".join(words)
    if not queries.parse(typed).asks:
        raise UsageError("there is no word to look for", hint="give words, or a condition such as longer:10m")
    with session.look() as ctx:
        found = search.search(ctx, typed, limit=limit, offset=offset, patience_seconds=60.0)
    output.show(session, found, output_format, render_search.hits)
    output.complain(map(display, found["notices"]))


@click.command("searches", cls=Door)
@click.option("--save", nargs=2, metavar="NAME QUERY", help="Save a search under a name.")
@click.option("--remove", metavar="NAME", help="Take a saved search away.")
@output_format
@click.pass_obj
def searches_command(session: Session, save: tuple[str, str] | None, remove: str | None, output_format: str) -> None:
    """List the saved searches, save one, or take one away; they are kept beside the videos.

    \b
    Examples:
      vidwatchd searches
      vidwatchd searches --save "Birthdays" '"happy birthday" longer:1m'
      vidwatchd searches --remove Birthdays
    """
    with session.open() if save or remove else session.look() as ctx:
        if save:
            searches.save(ctx, *save)
        if remove:
            searches.remove(ctx, remove)
        found = searches.saved(ctx)
    output.show(session, found, output_format, render_search.saved)
    output.complain(found["problems"])


COMMANDS = {"search": search_command, "searches": searches_command}
