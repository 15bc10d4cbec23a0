"""setting: ``settings``: show the settings, and change one in the file in use."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import click

from vidwatchd.cli import output, render_settings
from vidwatchd.cli.group import Door
from vidwatchd.cli.options import output_format
from vidwatchd.cli.session import Session
from vidwatchd.errors import UsageError
from vidwatchd.operations import settings


@click.command("settings", cls=Door)
@click.argument("key", required=False)
@click.argument("value", required=False)
@click.option("--unset", is_flag=True, help="Take the setting back to its default.")
@output_format
@click.pass_obj
def settings_command(session: Session, key: str | None, value: str | None, unset: bool, output_format: str) -> None:
    """List every setting, show one, or change one in the settings file; a running daemon takes it over at once.

    \b
    Examples:
      vidwatchd settings
      vidwatchd settings thresholds.scene
      vidwatchd settings thresholds.scene 0.3
      vidwatchd settings --unset thresholds.scene
    """
    if unset and (key is None or value is not None):
        raise UsageError("--unset takes the key of one setting and no value")
    if key is None:
        with session.look() as ctx:
            output.show(session, settings.listed(ctx), output_format, render_settings.listed)
    elif value is None and not unset:
        with session.look() as ctx:
            output.show(session, settings.shown(ctx, key), output_format, render_settings.one)
    else:
        with session.open() as ctx:
            found = settings.change(ctx, {key: None if unset else _value(settings.shown(ctx, key), value or "")})
        output.show(session, found, output_format, render_settings.changed)


def _value(row: Mapping[str, Any], typed: str) -> Any:
    """What was typed as the file has it: JSON, or for text and lists just the words."""
    if row["type"] in ("text", "choice") and not typed.startswith('"'):
        return typed
    try:
        return json.loads(typed)
    except ValueError:
        return [part.strip() for part in typed.split(",") if part.strip()] if row["type"] == "list" else typed


COMMANDS = {"settings": settings_command}
