"""renaming: ``rename``: one video, or many by a pattern, with all that belongs to them."""

from __future__ import annotations

from typing import Any

import click

from vidwatchd.cli import output, render
from vidwatchd.cli.group import Door
from vidwatchd.cli.options import output_format, path_text, recursive, words
from vidwatchd.cli.session import Session
from vidwatchd.errors import UsageError
from vidwatchd.operations import rename
from vidwatchd.operations.patterns import Substitution


@click.command("rename", cls=Door)
@click.argument("source_file", metavar="[SRC]", type=path_text, required=False)
@click.argument("target_file", metavar="[DST]", type=path_text, required=False)
@click.option("--batch", is_flag=True, help="Rename many files by a pattern.")
@click.option(
    "-d", "--directory", type=path_text, metavar="DIR", default=".", show_default=True, help="Folder of the files."
)
@click.option("--source", type=path_text, metavar="TEXT", help="What to replace in each name.")
@click.option("--target", metavar="TEXT", help="What to put there.")
@click.option("--regex", is_flag=True, help="--source is a Python regular expression; \\1 or \\g<name> are its groups.")
@click.option(
    "--ext",
    type=words,
    metavar="A,B",
    default=".mp4",
    show_default=True,
    help="File endings to rename; * for all videos.",
)
@recursive
@click.option(
    "--limit", type=click.IntRange(min=0), default=0, show_default=True, help="At most so many files; 0 for all."
)
@click.option("--force", is_flag=True, help="Do it; without, only say what would be done.")
@click.option("--show-all", is_flag=True, help="Show every rename.")
@output_format
@click.pass_obj
def rename_command(
    session: Session,
    /,
    source_file: str | None,
    target_file: str | None,
    batch: bool,
    output_format: str,
    **flags: Any,
) -> int:
    """Rename a video, or with --batch many; artifacts, tags and what else lies beside them come along, nothing is remade.

    DST is a name in the same folder, or a path. Nothing is ever overwritten. With --batch nothing is changed either
    until you say --force.

    \b
    Examples:
      vidwatchd rename clip.mp4 "first day.mp4"
      vidwatchd rename --batch -d ~/Videos -r --source IMG_ --target holiday-
      vidwatchd rename --batch --regex --source "^(\\d+)-(.*)" --target "\\2-\\1" --ext "*" --force --show-all
    """
    if batch:
        _refuse(source_file, "--batch takes no SRC and DST", "name the folder with -d")
        return _many(session, output_format, **flags)
    _refuse(flags["source"] or flags["target"], "--source and --target need --batch", "")
    if not source_file or not target_file:
        raise UsageError("SRC and DST are needed", hint="or --batch with --source and --target")
    with session.open(source_file) as ctx:
        done = rename.file(ctx, source_file, target_file)
    output.show(session, done, output_format, render.renamed)
    return 0


def _many(
    session: Session,
    output_format: str,
    *,
    directory: str,
    source: str | None,
    target: str | None,
    regex: bool,
    ext: tuple[str, ...],
    **how: Any,
) -> int:
    if source is None or target is None:
        raise UsageError("--batch needs --source and --target", hint="--target '' takes the text away")
    asked = rename.Batch(directory, Substitution(source, target, regex), ext, **how)
    opened = session.open if asked.force else session.peek
    with opened(directory) as ctx, output.progress(session, "rename") as progress:
        done = rename.batch(ctx, asked, progress)
    output.show(session, done, output_format, render.renames)
    if output_format != "json":
        output.complain(render.refusals(done["errors"]))
    return 1 if done["errors"] else 0


def _refuse(given: object, what: str, hint: str) -> None:
    if given:
        raise UsageError(what, hint=hint)


COMMANDS = {"rename": rename_command}
