"""meaning: ``similar``: moments that look like another."""

from __future__ import annotations

from functools import partial

import click

from vidwatchd.cli import output, render
from vidwatchd.cli.group import Door
from vidwatchd.cli.options import output_format, path_text
from vidwatchd.cli.session import Session
from vidwatchd.operations import current, meaning


@click.command("similar", cls=Door)
@click.argument("video", type=path_text)
@click.option(
    "--at", type=click.FloatRange(min=0), metavar="SECONDS", default=0.0, show_default=True, help="The moment."
)
@click.option("--limit", type=click.IntRange(1, 500), default=12, show_default=True, help="How many videos to show.")
@output_format
@click.pass_obj
def similar_command(session: Session, video: str, at: float, limit: int, output_format: str) -> None:
    """Find moments of other videos that look like one of this video; nothing is written.

    Only videos that were looked at are compared; "vidwatchd meaning" looks at them, with a model that sees pictures.

    \b
    Examples:
      vidwatchd similar holiday.mp4 --at 12
      vidwatchd similar ~/Videos/holiday.mp4 --at 90.5 --limit 3 --output-format json
    """
    with session.look(video, partial(current.target, path=video)) as ctx:
        found = meaning.similar_to_file(ctx, video, at, limit)
    output.show(session, found, output_format, render.similar)


COMMANDS = {"similar": similar_command}
