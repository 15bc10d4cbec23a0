"""batching: ``batch``: several kinds at once, each under a cap of its own."""

from __future__ import annotations

from typing import Any

import click

from vidwatchd import artifacts
from vidwatchd.cli import output
from vidwatchd.cli.group import Door
from vidwatchd.cli.making import told
from vidwatchd.cli.options import directory, force, output_format, recursive, words, workers
from vidwatchd.cli.session import Session
from vidwatchd.operations import batch

_PREFIX = "most_"


def _caps(command: Any) -> Any:
    """``--max-<kind>`` for every kind, under its aliases too."""
    for kind in reversed(artifacts.KINDS.values()):
        flags = [f"--max-{name}" for name in (kind.name, *kind.aliases)]
        said = f"Most {kind.name} at once.  [default: workers.{kind.name}]"
        command = click.option(*flags, f"{_PREFIX}{kind.name}", type=click.IntRange(min=1), metavar="N", help=said)(
            command
        )
    return command


@click.command("batch", cls=Door)
@directory()
@recursive
@click.option(
    "--tasks", type=words, metavar="A,B", default=",".join(batch.TASKS), show_default=True, help="Kinds to make."
)
@_caps
@workers
@force
@output_format
@click.pass_obj
def batch_command(
    session: Session,
    /,
    directory: str,
    recursive: bool,
    tasks: tuple[str, ...],
    workers: int | None,
    force: bool,
    output_format: str,
    **caps: int | None,
) -> int:
    """Make several kinds for a folder, the workers shared out among them.

    A kind that takes long runs beside the quick ones, not after them; no kind exceeds its cap (its flag, else workers.<kind>
    in the settings). "queue" is the same for metadata alone, as many at once as --workers says.

    \b
    Examples:
      vidwatchd batch . -r
      vidwatchd batch ~/Videos -r --tasks metadata,thumbs,sprites --max-thumbs 6 --max-meta 2
      vidwatchd queue ~/Videos -r --workers 8
    """
    most = {name.removeprefix(_PREFIX): number for name, number in caps.items() if number}
    with session.open(directory) as ctx, output.progress(session, "batch") as progress:
        done = batch.batch(
            ctx, directory, tasks=tasks, most=most, workers=workers or 0, recursive=recursive, force=force,
            progress=progress,
        )  # fmt: skip
    return told(session, done, output_format, [*done.failed, *done.unavailable])


COMMANDS = {"batch": batch_command}
