"""chain: several commands joined by commas, run one after the other on one folder with shared flags."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence

import click

from vidwatchd.cli import edge, output
from vidwatchd.cli.group import Door
from vidwatchd.cli.session import Session
from vidwatchd.errors import UsageError, VidwatchdError


class Chain(Door):
    """Takes every flag that one of its commands knows, and hands each command those that it knows."""

    def __init__(self, name: str, members: Sequence[click.Command]) -> None:
        alone = [member.name for member in members if not any(p.name == "directory" for p in member.params)]
        if alone:
            raise UsageError(f"{alone[0]} cannot be joined with other commands", hint="only commands on a folder can")
        about = f"Run {', '.join(str(member.name) for member in members)}, one after the other, on one folder."
        super().__init__(name, params=list(_union(members)), help=about)
        self.members = members

    def invoke(self, ctx: click.Context) -> int:
        """Check every command's flags, then run them all; the worst exit status counts."""
        session = ctx.ensure_object(Session)
        ready = [
            member.make_context(member.name, list(_words(ctx, member)), parent=ctx.parent) for member in self.members
        ]
        session.documents = {}
        worst = 0
        for inner in ready:
            worst = max(worst, self._run(inner))
            if worst == edge.USAGE:
                break
        if ctx.params.get("output_format") == "json":
            output.write_json(session.documents)
        return worst

    def _run(self, inner: click.Context) -> int:
        try:
            with inner:
                return int(inner.command.invoke(inner) or 0)
        except VidwatchdError as error:
            return edge.told(str(error), error.exit_code)


def _union(members: Sequence[click.Command]) -> Iterator[click.Parameter]:
    """Every parameter once; values stay words here, each command checks its own."""
    seen: set[str] = set()
    for param in (param for member in members for param in member.params if param.expose_value):
        if param.name in seen:
            continue
        seen.add(str(param.name))
        loose = copy.copy(param)
        if isinstance(loose, click.Option) and not loose.is_flag:
            loose.type, loose.default = click.UNPROCESSED, None
        yield loose


def _words(ctx: click.Context, member: click.Command) -> Iterator[str]:
    """The command line for one command: what was typed, as far as the command knows it."""
    for param in member.params:
        typed = ctx.get_parameter_source(str(param.name)) is click.core.ParameterSource.COMMANDLINE
        if isinstance(param, click.Option) and param.expose_value and typed:
            value = ctx.params[str(param.name)]
            flag = max(param.opts if value or not param.secondary_opts else param.secondary_opts, key=len)
            yield flag if param.is_flag else f"{flag}={value}"
    if ctx.params.get("directory"):
        yield from ("--", ctx.params["directory"])
