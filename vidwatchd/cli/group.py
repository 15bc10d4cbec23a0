"""group: commands that are imported when named, the flags that every command takes, and comma chains."""

from __future__ import annotations

import copy
import difflib
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, NoReturn, cast

import click

from vidwatchd import artifacts
from vidwatchd.cli import edge
from vidwatchd.cli.session import Session
from vidwatchd.errors import UsageError


def _remember(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    session = ctx.ensure_object(Session)
    if value:
        setattr(session, str(param.name), value)
    if value and param.name == "verbose":
        edge.log_everything()


def everywhere() -> list[click.Parameter]:
    """The flags that stand before or after any command; their values go to the session."""
    common: dict[str, Any] = {"expose_value": False, "callback": _remember}
    return [
        click.Option(["--config", "config_file"], metavar="PATH", help="Settings file to use.", **common),
        click.Option(["--data-dir"], metavar="PATH", help="Folder of the index.", **common),
        click.Option(
            ["-v", "--verbose"], is_flag=True, help="Say what happens, and all of an unexpected error.", **common
        ),
        click.Option(["--quiet"], is_flag=True, help="Print results and errors only.", **common),
    ]


class Door(click.Command):
    """A command; what its callback returns is the exit status, None is 0."""

    def __init__(self, *args: Any, **extra: Any) -> None:
        super().__init__(*args, **extra)
        self.params += everywhere()


class Doors(click.Group):
    """A group of commands."""

    command_class = Door
    group_class: type[click.Group] | type[type] | None = type

    def __init__(self, *args: Any, **extra: Any) -> None:
        super().__init__(*args, **extra)
        self.params += everywhere()

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with the nearest right name for a wrong one."""
        name = args[0]
        if name.startswith("-"):
            return super().resolve_command(ctx, args)
        return name, self.named(ctx, name), args[1:]

    def named(self, ctx: click.Context, name: str) -> click.Command:
        """The command of that name. Raises UsageError with the nearest right one."""
        found = self.get_command(ctx, name)
        if found is None:
            names = self.list_commands(ctx)
            near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(names)}"
            raise UsageError(f"{ctx.command_path} has no command {name!r}", hint=hint)
        return found


class Root(Doors):
    """The ``vidwatchd`` command. ``modules`` maps each command to the module that holds it, ``shortcuts`` further names
    to a command and flags of it."""

    group_class = Doors

    def __init__(
        self, *args: Any, modules: Mapping[str, str], shortcuts: Mapping[str, str] | None = None, **extra: Any
    ) -> None:
        super().__init__(*args, **extra)
        self.modules, self.shortcuts = modules, shortcuts or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command in the order that a person meets them."""
        names = list(self.modules)
        return [*names[:3], *artifacts.KINDS, *names[3:]]

    def aliases(self) -> list[str]:
        """Further names of commands."""
        return [*(alias for kind in artifacts.KINDS.values() for alias in kind.aliases), *self.shortcuts]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of that name, or the kind of that name or alias."""
        if cmd_name in self.modules:
            module = import_module(f"vidwatchd.cli.{self.modules[cmd_name]}")
            return cast("click.Command", module.COMMANDS[cmd_name])
        if cmd_name in self.shortcuts:
            return self._shortened(ctx, *self.shortcuts[cmd_name].split())
        if cmd_name in (*artifacts.KINDS, *self.aliases()):
            return cast("click.Command", import_module("vidwatchd.cli.making").kind_command(cmd_name))
        return None

    def _shortened(self, ctx: click.Context, name: str, *preset: str) -> click.Command:
        command = copy.copy(super().named(ctx, name))
        words = (flag.removeprefix("--").replace("-", "_") for flag in preset[::2])
        command.context_settings = {"default_map": dict(zip(words, preset[1::2], strict=True))}
        return command

    def named(self, ctx: click.Context, name: str) -> click.Command:
        """The command of that name; several joined by commas are one chain. Raises UsageError."""
        if "," not in name:
            return super().named(ctx, name)
        members = [super(Root, self).named(ctx, part.strip()) for part in name.split(",") if part.strip()]
        return cast("click.Command", import_module("vidwatchd.cli.chain").Chain(name, members))

    def invoke(self, ctx: click.Context) -> Any:
        """As click does, but a reader who left early is met here: click would leave with the status for failed items."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            return edge.cut_off()

    def main(self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any) -> NoReturn:  # type: ignore[override]
        """Run, and leave with the exit status; every error becomes one sentence."""
        session = extra.setdefault("obj", Session())
        run = super().main
        options = {**extra, "standalone_mode": False}
        sys.exit(edge.guarded(lambda: run(args, prog_name or "vidwatchd", **options), session))
