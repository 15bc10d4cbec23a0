"""tagging: ``tags``: what people say of videos."""

from __future__ import annotations

from functools import partial
from typing import Any

import click

from vidwatchd.cli import output, render
from vidwatchd.cli.group import Door
from vidwatchd.cli.options import output_format, path_text, recursive, words
from vidwatchd.cli.session import Session
from vidwatchd.errors import UsageError
from vidwatchd.operations import current, performers, tags


@click.command("tags", cls=Door)
@click.argument("target", metavar="FILE|DIR", type=path_text)
@recursive
@click.option("--set", "add", type=words, metavar="A,B", help="Tags to add.")
@click.option(
    "--mode", type=click.Choice(["add", "replace"]), default="add", help="replace: --set takes all others' place."
)
@click.option("--remove", type=words, metavar="A,B", help="Tags to take away.")
@click.option("--add-performers", type=words, metavar="A,B", help="Performers to add.")
@click.option("--remove-performers", type=words, metavar="A,B", help="Performers to take away.")
@click.option("--clear-performers", is_flag=True, help="Take all performers away.")
@click.option("--performers", is_flag=True, help="Add the people whose faces are seen in the video.")
@click.option("--refresh-performers", is_flag=True, help="The same, forgetting those found so before.")
@click.option(
    "--min-occurrences",
    type=click.IntRange(min=1),
    metavar="N",
    help="In how many frames a face must be seen.  [default: people.min_occurrences of the settings, 2]",
)
@click.option("--rating", type=click.IntRange(0, 5), help="Stars; 0 takes them away.")
@click.option("--notes", help="A note, in place of the one before.")
@output_format
@click.pass_obj
def tags_command(session: Session, /, target: str, recursive: bool, output_format: str, **flags: Any) -> int:
    """Show or change the tags, performers, rating and notes of one video or of a folder's.

    They are kept beside the video, in .artifacts/<file>.tags.json, which may be edited by hand too.

    \b
    Examples:
      vidwatchd tags .
      vidwatchd tags holiday.mp4 --set beach,family --rating 4
      vidwatchd tags ~/Videos -r --remove draft --output-format json
      vidwatchd tags ~/Videos -r --performers --min-occurrences 5
    """
    asked = _inferring(flags)
    change = _edit(**flags)
    holds = partial(current.target, path=target, recursive=recursive)
    with session.look(target, holds) if change.empty and not asked else session.open(target) as ctx:
        if asked:
            found = performers.apply(ctx, target, change, asked, recursive=recursive)
        else:
            found = tags.apply(ctx, target, change, recursive=recursive)
    output.show(session, found, output_format, render.said)
    output.complain(render.reasons(found.get("failed", [])))
    return 1 if found.get("failed") else 0


def _inferring(flags: dict[str, Any]) -> performers.Inferring | None:
    """What the flags say of inferring, taken out of them; None when it is not asked for."""
    wanted, refresh, least = (flags.pop(name) for name in ("performers", "refresh_performers", "min_occurrences"))
    return performers.Inferring(refresh, least) if wanted or refresh else None


def _edit(
    *,
    add: tuple[str, ...] | None,
    mode: str,
    remove: tuple[str, ...] | None,
    add_performers: tuple[str, ...] | None,
    remove_performers: tuple[str, ...] | None,
    **rest: Any,
) -> tags.Edit:
    replace = mode == "replace"
    if replace and add is None:
        raise UsageError(
            "--mode replace replaces by the tags of --set", hint="to take all tags away: --set '' --mode replace"
        )
    words = (add or (), remove or (), add_performers or (), remove_performers or ())
    return tags.Edit(*words, replace=replace, **rest)


COMMANDS = {"tags": tags_command}
