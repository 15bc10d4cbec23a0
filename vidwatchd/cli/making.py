"""making: ``finish``, and one command for each kind of artifact, its flags read from the kind's fields."""

from __future__ import annotations

import inspect
from functools import partial
from typing import Any, get_args

import click
from pydantic.fields import FieldInfo

from vidwatchd import artifacts
from vidwatchd.artifacts.base import Kind
from vidwatchd.cli import output, render
from vidwatchd.cli.group import Door
from vidwatchd.cli.options import directory, force, output_format, recursive, workers
from vidwatchd.cli.session import Session
from vidwatchd.model import display
from vidwatchd.operations import finish, make

# A limit as pydantic calls it → the same in click.
_LIMITS = {"ge": "min", "gt": "min", "le": "max", "lt": "max"}


@click.command("finish", cls=Door)
@directory()
@recursive
@partial(workers, default="workers.finish, else one a core")
@output_format
@click.pass_obj
def finish_command(session: Session, directory: str, recursive: bool, workers: int | None, output_format: str) -> int:
    """Make what the report says is missing, and nothing else.

    \b
    Examples:
      vidwatchd finish . -r
      vidwatchd finish ~/Videos -r --workers 2
    """
    with session.open(directory) as ctx, output.progress(session, "finish") as progress:
        done = finish.finish(ctx, directory, recursive=recursive, workers=workers or 0, progress=progress)
    return told(session, done, output_format, done.failed)


def kind_command(name: str) -> click.Command:
    """The command of the kind of that name or alias. Raises NotFound."""
    kind = artifacts.kind(name)
    flags = {flag_of(name, field): name for name, field in kind.model_fields.items()}
    words = {flag.removeprefix("--").replace("-", "_"): name for flag, name in flags.items()}

    @click.pass_obj
    def run(
        session: Session,
        /,
        directory: str,
        recursive: bool,
        force: bool,
        workers: int | None,
        output_format: str,
        **given: Any,
    ) -> int:
        """The command itself."""
        settings = {words[word]: value for word, value in given.items() if value is not None}
        wanted = make.Wanted((kind.name,), force=force, overrides={kind.name: settings} if settings else {})
        with session.open(directory) as ctx, output.progress(session, kind.title) as progress:
            done = make.make(ctx, directory, wanted, recursive=recursive, workers=workers or 0, progress=progress)
        return told(session, done, output_format, [*done.failed, *done.unavailable])

    processes = partial(workers, default=f"workers.{kind.name}, at most one a core")
    for decorate in (output_format, processes, force, recursive, directory()):
        run = decorate(run)
    command: click.Command = click.command(kind.name, cls=Door, help=_help(kind, flags))(run)
    command.params[-4:-4] = [option(flag, kind.model_fields[name]) for flag, name in flags.items()]
    return command


def told(session: Session, done: make.Summary, output_format: str, undone: list[dict[str, str]]) -> int:
    """Print what came of making, and give the exit status: 1 where something is ``undone``."""
    output.show(session, done.plain(), output_format, render.made)
    if output_format != "json":
        output.complain([*render.reasons([*done.failed, *done.unavailable]), *map(display, done.waits)])
    return 1 if undone else 0


def flag_of(name: str, field: FieldInfo) -> str:
    """The command line flag of a field: its own, else its name."""
    extra = field.json_schema_extra
    given = extra.get("flag") if isinstance(extra, dict) else None
    return str(given or f"--{name.replace('_', '-')}")


def option(flag: str, field: FieldInfo) -> click.Option:
    """A field as click knows it: its type, limits and help; None when not typed, so that settings decide."""
    said = field.description or ""
    said = f"{said[:1].upper()}{said[1:]}."
    said += f"  [default: {_plain(field.default)}]" if field.default != "" else ""
    if field.annotation is bool:
        return click.Option([f"{flag}/--no-{flag.removeprefix('--')}"], default=None, help=said)
    return click.Option([flag], type=_type(field), default=None, help=said)


def _type(field: FieldInfo) -> Any:
    """What click checks of a field: choices, numbers and their limits; anything else the kind itself does."""
    choices = get_args(field.annotation)
    if choices and all(isinstance(choice, str) for choice in choices):
        return click.Choice(choices)
    limits = {name: getattr(limit, name) for limit in field.metadata for name in _LIMITS if hasattr(limit, name)}
    bounds = {_LIMITS[name]: value for name, value in limits.items()}
    opened = {f"{_LIMITS[name]}_open": True for name in limits if name in ("gt", "lt")}
    if field.annotation is int:
        return click.IntRange(**bounds, **opened)
    return click.FloatRange(**bounds, **opened) if field.annotation is float else str


def _plain(default: Any) -> str:
    return f"{default:g}" if isinstance(default, float) else str(default)


def _given(flag: str, field: FieldInfo) -> str:
    return flag if field.annotation is bool else f"{flag} {_plain(field.default)}"


def _help(kind: type[Kind], flags: dict[str, str]) -> str:
    fields = {flag: kind.model_fields[name] for flag, name in flags.items()}
    first = [_given(flag, field) for flag, field in fields.items() if field.default != ""]
    shown = [f"vidwatchd {kind.name} . -r", f"vidwatchd {kind.name} ~/Videos -r --workers 2", *_example(kind, first)]
    about = inspect.cleandoc(kind.__doc__ or "")
    return "\n\n".join([kind.summary, about, "\b\nExamples:\n" + "\n".join(f"  {line}" for line in shown)])


def _example(kind: type[Kind], flags: list[str]) -> list[str]:
    return [f"vidwatchd {kind.name} . {' '.join(flags[:3])}"] if flags else []


COMMANDS = {"finish": finish_command}
