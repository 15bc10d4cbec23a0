"""reconstituting: ``reconstitute``: a stored form as one playable file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from vidwatchd.cli import output, render
from vidwatchd.cli.group import Door
from vidwatchd.cli.options import output_format, path_text
from vidwatchd.cli.session import Session
from vidwatchd.errors import UsageError
from vidwatchd.model import display
from vidwatchd.operations import reconstitute
from vidwatchd.operations.reconstitute import Wanted


@click.command("reconstitute", cls=Door)
@click.argument("stored", metavar="[DIR]", type=path_text, default=None, required=False)
@click.option("--input", "named", type=path_text, default=None, metavar="DIR", help="The same as DIR.")
@click.option(
    "--out", type=path_text, default=None, metavar="FILE", help="File to write.  [default: reconstituted.mp4 in DIR]"
)
@click.option(
    "--match",
    type=click.Choice(["loop", "pad", "trim"]),
    default="loop",
    show_default=True,
    help="A picture shorter than the sound: shown again, its last frame held, or the sound cut.",
)
@click.option("--force", is_flag=True, help="Overwrite FILE also when it was not made by this command.")
@output_format
@click.pass_obj
def reconstitute_command(session: Session, /, stored: str | None, output_format: str, **given: Any) -> None:
    """Join a stored form's picture and sound into one MP4 that plays.

    DIR is the folder of a stored form, wherever it lies now; a video that has one; or the number or id of such a video.
    Picture and sound are copied as they are, so that it takes seconds; the result is as long as the sound.

    \b
    Examples:
      vidwatchd reconstitute film_stored
      vidwatchd reconstitute --input film_stored --out film.mp4
      vidwatchd reconstitute ~/Videos/film.mp4 --out again.mp4 --match pad
    """
    if stored and given["named"] and stored != given["named"]:
        raise UsageError("DIR and --input name two folders", hint="give one of them")
    source = stored or given["named"] or "."
    wanted = Wanted(given["match"], given["force"])
    with session.look() as ctx, output.progress(session, "reconstitute") as progress:
        done = reconstitute.reconstitute(ctx, source, given["out"] or "", wanted, progress=progress)
    output.show(session, done, output_format, _drawn)
    output.complain(map(display, done["notes"]))


def _drawn(done: Mapping[str, Any]) -> list[str]:
    parts = " and ".join(display(done[name]) for name in ("picture", "sound") if done[name])
    length = render.clock(done["seconds"])
    return [f"{display(done['out'])}: {length}, {render.size(done['bytes'])}, from {parts}"]


COMMANDS = {"reconstitute": reconstitute_command}
