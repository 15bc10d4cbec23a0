"""listing: ``listing``: who is seen in a folder's videos, faces found and grouped first."""

from __future__ import annotations

from typing import Any

import click

from vidwatchd.cli import output, render, render_people
from vidwatchd.cli.group import Door
from vidwatchd.cli.options import directory, output_format, path_text, recursive
from vidwatchd.cli.session import Session
from vidwatchd.operations import listing

_distance = click.FloatRange(0, 1)
_rate = click.FloatRange(0, 60, min_open=True)


@click.command("listing", cls=Door)
@directory()
@recursive
@click.option(
    "--sample-rate",
    type=_rate,
    metavar="FPS",
    help="Frames a second that are looked at, of videos whose faces nobody looked for yet.  "
    "[default: artifacts.faces.sample_rate, 1.0]",
)
@click.option(
    "--cluster-eps",
    type=_distance,
    metavar="DISTANCE",
    help="Cosine distance within which two faces are one person's.  "
    "[default: people.cluster_eps, else the model's own: insightface's is 0.45]",
)
@click.option(
    "--cluster-min-samples",
    type=click.IntRange(min=1),
    metavar="N",
    help="So many faces within it make a person.  [default: people.cluster_min_samples, 1]",
)
@click.option(
    "--gallery",
    type=path_text,
    metavar="DIR",
    help="Name people who look like those in this folder: one folder of pictures or videos for each.  "
    "[default: people.gallery]",
)
@click.option(
    "--gallery-sample-rate",
    type=_rate,
    metavar="FPS",
    help="Frames a second of the gallery's videos.  [default: people.gallery_sample_rate, 1.0]",
)
@click.option(
    "--label-threshold",
    type=_distance,
    metavar="DISTANCE",
    help="Cosine distance to the gallery within which a name is given.  "
    "[default: people.label_threshold, else the model's own: insightface's is 0.40]",
)
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="People to show.  [default: all]")
@output_format
@click.pass_obj
def listing_command(
    session: Session, /, directory: str, recursive: bool, limit: int | None, output_format: str, **given: Any
) -> int:
    """List who is seen in a folder's videos, and in which of them how often.

    Faces that nobody looked for yet are found first, as "vidwatchd faces" does; then all are grouped as the flags say, or
    the settings where none is typed, and people are named by the gallery. Names, merges and splits that a person made stay.

    \b
    Examples:
      vidwatchd listing . -r
      vidwatchd listing ~/Videos -r --gallery ~/Pictures/people
      vidwatchd listing . -r --cluster-eps 0.5 --output-format json
    """
    asked = listing.Asked(**{**given, "gallery": given["gallery"] or ""})
    with session.open(directory) as ctx, output.progress(session, "listing") as progress:
        found = listing.listing(ctx, directory, asked, recursive=recursive, progress=progress)
    shown = {**found, "limit": limit or found["limit"], "people": found["people"][:limit]}
    output.show(session, shown, output_format, render_people.everybody)
    undone = [*found["failed"], *found["unavailable"]]
    if output_format != "json":
        output.complain([*render.reasons(undone), *render_people.left_out(found["skipped"]), *found["unwritten"]])
    return 1 if undone or found["unwritten"] else 0


COMMANDS = {"listing": listing_command}
