"""services: ``service``: vidwatchd started by systemd or launchd."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import click

from vidwatchd import service
from vidwatchd.cli import output, render
from vidwatchd.cli.group import Doors
from vidwatchd.cli.options import output_format
from vidwatchd.cli.session import Session
from vidwatchd.config import Config
from vidwatchd.errors import VidwatchdError


def _machine_wide(command: Callable[..., Any]) -> Callable[..., Any]:
    said = "One for the whole machine, or for this user.  [default: the machine when run by root]"
    return click.option("--system/--own", default=None, help=said)(command)


@click.group("service", cls=Doors)
def service_group() -> None:
    """Have vidwatchd started by systemd or launchd.

    \b
    Examples:
      vidwatchd service install
      vidwatchd service status
    """


@service_group.command("install")
@_machine_wide
@output_format
@click.pass_obj
def install_command(session: Session, system: bool | None, output_format: str) -> None:
    """Write the service file for the settings in use, and start the service.

    \b
    Examples:
      vidwatchd service install
      vidwatchd service install --system
    """
    found = service.install(session.settings(), service.manager(system=system))
    output.show(session, _plain(found), output_format, render.service)


@service_group.command("uninstall")
@_machine_wide
@output_format
@click.pass_obj
def uninstall_command(session: Session, system: bool | None, output_format: str) -> None:
    """Stop the service and remove its file; index, settings and artifacts stay.

    \b
    Example:
      vidwatchd service uninstall
    """
    found = service.uninstall(session.settings(), service.manager(system=system))
    output.show(session, _plain(found), output_format, render.service)


@service_group.command("status")
@_machine_wide
@output_format
@click.pass_obj
def status_command(session: Session, system: bool | None, output_format: str) -> None:
    """Say whether the service is installed and running, and whether its file still fits the settings.

    \b
    Example:
      vidwatchd service status --output-format json
    """
    found = service.status(session.settings(), service.manager(system=system))
    output.show(session, _plain(found), output_format, render.service)


def check(config: Config) -> dict[str, str]:
    """How the service stands, as a line of ``doctor``."""
    try:
        found = service.status(config, _installed())
    except VidwatchdError as error:
        return {"name": "service", "state": "missing", "detail": error.message, "fix": error.hint}
    state = "warn" if found.stale else "ok" if found.running else "missing"
    fix = "vidwatchd service install" if state != "ok" else ""
    return {"name": "service", "state": state, "detail": "; ".join(render.service(_plain(found))), "fix": fix}


def stale(config: Config) -> tuple[str, ...]:
    """What to do so that an installed service knows these settings; nothing where none is installed."""
    with suppress(VidwatchdError):
        manager = _installed()
        if manager.file.exists():
            return service.status(config, manager).stale
    return ()


def _installed() -> service.Manager:
    """The manager that has a service of ours: root may have one for the machine, and one of its own."""
    usual, own = service.manager(), service.manager(system=False)
    return own if own.file.exists() and not usual.file.exists() else usual


def _plain(found: service.Status) -> dict[str, Any]:
    state = {"installed": found.installed, "running": found.running}
    return {"file": str(found.file), **state, "stale": list(found.stale), "notes": list(found.notes)}


COMMANDS = {"service": service_group}
