"""pulling: ``models``: the models that are here, and bringing and removing one."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import click

from vidwatchd.cli import output, render
from vidwatchd.cli.group import Doors
from vidwatchd.cli.options import output_format
from vidwatchd.cli.session import Session
from vidwatchd.errors import UsageError
from vidwatchd.operations import models


@click.group("models", cls=Doors)
def models_group() -> None:
    """Say which models are here; bring and remove them. Nothing else in this program downloads anything.

    \b
    Examples:
      vidwatchd models list
      vidwatchd models pull small
    """


@models_group.command("list")
@output_format
@click.pass_obj
def list_command(session: Session, output_format: str) -> None:
    """List every known model, and what else lies among the models; nothing is written and nobody is asked.

    \b
    Example:
      vidwatchd models list --output-format json
    """
    with session.look() as ctx:
        found = models.listed(ctx)
    output.show(session, found, output_format, render.models)


@models_group.command("pull")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@output_format
@click.pass_obj
def pull_command(session: Session, name: str, yes: bool, output_format: str) -> None:
    """Download a model after its size and licence were agreed to; one that was stopped goes on where it ended.

    \b
    Examples:
      vidwatchd models pull small
      vidwatchd models pull large-v3-turbo --yes
    """
    with session.open() as ctx:
        _agree(models.one(ctx, name), yes=yes)
        with output.progress(session, "pull") as report:
            found = models.pull(ctx, name, report)
    output.show(session, found, output_format, render.pulled)


@models_group.command("remove")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@output_format
@click.pass_obj
def remove_command(session: Session, name: str, yes: bool, output_format: str) -> None:
    """Delete a model that was pulled; what was made with it stays.

    \b
    Example:
      vidwatchd models remove tiny --yes
    """
    with session.open() as ctx:
        model = models.one(ctx, name)
        if model["here"] and not yes:
            click.confirm(render.removing(model), abort=True, err=True)
        found = models.remove(ctx, name)
    output.show(session, found, output_format, render.model_removed)


def _agree(model: Mapping[str, Any], *, yes: bool) -> None:
    """Ask before a download, or say what was agreed to. Raises UsageError where nobody can be asked."""
    if model["here"]:
        return
    if yes:
        click.echo(render.terms(model), err=True)
        return
    if not sys.stdin.isatty():
        size, licence = render.size(model["size_bytes"]), model["licence"]
        raise UsageError(f"a download of {size} ({licence} licence) must be agreed to", hint="--yes")
    click.confirm(render.pulling(model), abort=True, err=True)


COMMANDS = {"models": models_group}
