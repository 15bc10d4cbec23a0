"""duplicates: ``dupes``: videos that are there twice."""

from __future__ import annotations

from functools import partial

import click

from vidwatchd.cli import output, render
from vidwatchd.cli.group import Door
from vidwatchd.cli.options import directory, output_format, path_text, recursive
from vidwatchd.cli.session import Session
from vidwatchd.operations import current, dupes, verdicts


@click.command("dupes", cls=Door)
@directory()
@recursive
@click.option(
    "--threshold",
    type=click.FloatRange(dupes.LEAST_SIMILARITY, 1.0),
    metavar="SIMILARITY",
    help="How alike frames must be, up to 1.  [default: thresholds.phash_similarity, 0.92]",
)
@click.option("--limit", type=click.IntRange(min=0), default=dupes.LIMIT, show_default=True, help="Groups to show.")
@click.option(
    "--keep-both", type=path_text, nargs=2, metavar="FILE FILE", help="Say that these two are different videos."
)
@output_format
@click.pass_obj
def dupes_command(
    session: Session,
    directory: str,
    recursive: bool,
    threshold: float | None,
    limit: int,
    keep_both: tuple[str, str] | None,
    output_format: str,
) -> None:
    """Find videos that are there twice: exact copies, and others that show the same.

    Only videos that have perceptual hashes already are compared; "vidwatchd phash" makes them. Of each group one is
    proposed to be kept, with the reason; nothing is deleted and nothing written. --keep-both is remembered beside the videos.

    \b
    Examples:
      vidwatchd dupes . -r
      vidwatchd dupes ~/Videos -r --threshold 0.95 --output-format json
      vidwatchd dupes --keep-both holiday.mp4 holiday-2.mp4
    """
    if keep_both:
        with session.open(keep_both[0]) as ctx:
            kept = verdicts.keep_both(ctx, *keep_both)
        return output.show(session, kept, output_format, render.kept)
    holds = partial(current.folder, directory=directory, recursive=recursive)
    with session.look(directory, holds) as ctx, output.progress(session, "dupes") as report:
        found = dupes.folder(ctx, directory, recursive=recursive, threshold=threshold, limit=limit, progress=report)
    output.show(session, found, output_format, lambda value: render.duplicates(value, directory, recursive=recursive))
    return None


COMMANDS = {"dupes": dupes_command}
