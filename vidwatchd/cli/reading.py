"""reading: ``transcript``: what is said in a video."""

from __future__ import annotations

from functools import partial

import click

from vidwatchd.cli import output
from vidwatchd.cli.group import Door
from vidwatchd.cli.options import output_format, path_text
from vidwatchd.cli.session import Session
from vidwatchd.model import display
from vidwatchd.operations import current, reading


@click.command("transcript", cls=Door)
@click.argument("video", metavar="VIDEO", type=path_text)
@click.option(
    "--track", metavar="ID", default="", help="One track alone (en, en.sdh …); none: the one that a player shows."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "vtt", "srt", "json"]),
    default="text",
    show_default=True,
    help="Lines with their times, a file of subtitles, or all there is for programs.",
)
@output_format
@click.pass_obj
def transcript_command(session: Session, video: str, track: str, form: str, output_format: str) -> None:
    """Print what is said in a video, with what people changed of it; nothing is written.

    \b
    Examples:
      vidwatchd transcript talk.mp4
      vidwatchd transcript talk.mp4 --track de --format srt
      vidwatchd transcript talk.mp4 --output-format json
    """
    with session.look(video, partial(current.target, path=video)) as ctx:
        found = reading.read(ctx, video, track)
    wanted = "json" if "json" in (form, output_format) else form
    if not found["tracks"] and wanted != "json":
        output.complain([f"{display(found['video'])}: nobody speaks in it"])
    output.show(session, found, wanted, lambda value: reading.lines(value, form))


COMMANDS = {"transcript": transcript_command}
