"""storing: ``store``: films kept in a few megabytes each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import click

from vidwatchd.artifacts.base import Kind
from vidwatchd.cli import making, output, render
from vidwatchd.cli.group import Door
from vidwatchd.cli.options import force, output_format, path_text, recursive, workers
from vidwatchd.cli.reconstituting import reconstitute_command
from vidwatchd.cli.session import Session
from vidwatchd.errors import UsageError
from vidwatchd.model import display
from vidwatchd.operations import forms, store
from vidwatchd.operations.store import Wanted


@click.command("store", cls=Door)
@click.argument("paths", metavar="[PATH]...", type=path_text, nargs=-1)
@click.option("--input", "named", type=path_text, multiple=True, metavar="PATH", help="The same as PATH.")
@click.option(
    "--out", type=path_text, default=None, metavar="DIR", help="Folder of what is made.  [default: see above]"
)
@click.option("--reconstitute", is_flag=True, help="The other way: as the command reconstitute does it.")
@recursive
@force
@partial(workers, default="workers.stored")
@output_format
@click.pass_obj
def store_command(session: Session, /, paths: tuple[str, ...], output_format: str, **given: Any) -> int:
    """Keep films in a few megabytes each: sound, script, a small picture and a manifest of what is real.

    A film goes to DIR, by default to NAME_stored where you are; several, and the videos of a folder, to DIR/NAME_stored
    each. Without --out the videos of a folder have theirs made beside them, as the command stored does it. A form of the
    same film and settings that is there already is left. The films are only read.

    \b
    Examples:
      vidwatchd store film.mkv
      vidwatchd store --input film.mkv --out kept --audio-format opus --mono
      vidwatchd store ~/Videos -r --out /mnt/usb/kept --t2v-backend proxy
      vidwatchd store --reconstitute --input kept --out film.mp4
    """
    sources = [*paths, *given["named"]]
    if given["reconstitute"]:
        return _back(session, sources, given, output_format)
    if not sources:
        raise UsageError("name a film, or a folder of films", hint="vidwatchd store film.mkv")
    begin = session.open if store.in_place(sources, given["out"] or "") else session.look
    with begin(sources[0]) as ctx, output.progress(session, "store") as progress:
        done = store.store(ctx, sources, _wanted(given), progress=progress)
    output.show(session, done, output_format, _stored)
    output.complain(f"{display(row['path'])}: {display(row['error'])}" for row in done["files"] if row["error"])
    return 1 if done["counts"].get("failed") else 0


def _back(session: Session, sources: list[str], given: Mapping[str, Any], output_format: str) -> int:
    if len(sources) != 1:
        raise UsageError("name one folder of a stored form", hint="vidwatchd store --reconstitute --input DIR")
    context = click.Context(reconstitute_command, obj=session)
    values = {
        "stored": sources[0],
        "named": None,
        "out": given["out"] or None,
        "match": "loop",
        "force": given["force"],
    }
    context.invoke(reconstitute_command, **values, output_format=output_format)
    return 0


def _wanted(given: Mapping[str, Any]) -> Wanted:
    settings = {name: given[name] for name in _fields() if given.get(name) is not None}
    return Wanted(given["out"] or "", given["recursive"], given["force"], given["workers"] or 0, settings)


def _fields() -> Mapping[str, Any]:
    kind: type[Kind] | None = forms.kind()
    return kind.model_fields if kind else {}


def _add_flags() -> None:
    """The flags of a stored form, by the names that its fields have."""
    at = [param.name for param in store_command.params].index("recursive")
    for name, field in reversed(list(_fields().items())):
        option = making.option(making.flag_of(name, field), field)
        option.name = name
        store_command.params.insert(at, option)


def _stored(done: Mapping[str, Any]) -> list[str]:
    counts = ", ".join(f"{count} {state}" for state, count in sorted(done["counts"].items())) or "nothing to do"
    lines = [line for row in done["files"] for line in _lines(row)]
    return [*lines, f"{render.count(len(done['files']), 'film')}: {counts}, in {done['seconds']:.1f} s"]


def _lines(row: Mapping[str, Any]) -> list[str]:
    arrow = f" → {display(row['output'])}" if row["output"] else ""
    about = f" ({display(row['line'])})" if row["line"] else ""
    return [f"{row['state']:<7} {display(row['path'])}{arrow}{about}", *(f"        {display(n)}" for n in row["notes"])]


_add_flags()
COMMANDS = {"store": store_command}
