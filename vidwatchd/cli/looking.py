"""looking: ``scan``, ``list`` and ``report``: what there is."""

from __future__ import annotations

from functools import partial

import click

from vidwatchd.cli import output, render
from vidwatchd.cli.group import Door
from vidwatchd.cli.options import directory, output_format, recursive, words
from vidwatchd.cli.session import Session
from vidwatchd.operations import current, list_videos, report, scan


@click.command("scan", cls=Door)
@directory()
@click.option("-r", "--recursive", is_flag=True, help="Nothing more: a scan always goes into all folders beneath.")
@click.option("--accept-loss", is_flag=True, help="Believe it when most of the videos are missing.")
@output_format
@click.pass_obj
def scan_command(session: Session, directory: str, recursive: bool, accept_loss: bool, output_format: str) -> int:
    """Look at a folder now and bring the index in line with what is there.

    Most of a library missing at once looks like a disk that is not mounted: then nothing is changed until you say
    --accept-loss.

    \b
    Examples:
      vidwatchd scan .
      vidwatchd scan ~/Videos --accept-loss
    """
    with session.open(directory) as ctx:
        found = scan.folder(ctx, directory, accept_loss=accept_loss).plain()
    output.show(session, found, output_format, render.scanned)
    output.complain(render.unreadable(found["unreadable"]))
    return 1 if found["unreadable"] else 0


@click.command("list", cls=Door)
@directory()
@recursive
@click.option(
    "--ext", type=words, metavar="A,B", default="mp4", show_default=True, help="File endings to list; * for all videos."
)
@click.option("--show-size", is_flag=True, help="Show each file's size.")
@click.option("--sort", type=click.Choice(["name", "size"]), default="name", show_default=True, help="Largest first.")
@output_format
@click.pass_obj
def list_command(
    session: Session,
    directory: str,
    recursive: bool,
    ext: tuple[str, ...],
    show_size: bool,
    sort: str,
    output_format: str,
) -> int:
    """List the videos in a folder; nothing is written.

    \b
    Examples:
      vidwatchd list . -r --show-size
      vidwatchd list ~/Videos --ext mp4,mkv --sort size --output-format json
    """
    with session.look(directory) as ctx:
        found = list_videos.list_videos(ctx, directory, recursive=recursive, extensions=ext, sort=sort)
    output.show(session, found, output_format, lambda value: render.listing(value, sizes=show_size))
    output.complain(render.unreadable(found["unreadable"]))
    return 1 if found["unreadable"] else 0


@click.command("report", cls=Door)
@directory()
@recursive
@output_format
@click.pass_obj
def report_command(session: Session, directory: str, recursive: bool, output_format: str) -> None:
    """Say which artifacts a folder's videos have; nothing is written.

    As JSON also for each video.

    \b
    Examples:
      vidwatchd report . -r
      vidwatchd report ~/Videos -r --output-format json
    """
    holds = partial(current.coverage, directory=directory, recursive=recursive)
    with session.look(directory, holds) as ctx:
        found = report.report(ctx, directory, recursive=recursive)
    output.show(session, found, output_format, render.coverage)


COMMANDS = {"scan": scan_command, "list": list_command, "report": report_command}
