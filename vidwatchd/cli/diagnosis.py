"""diagnosis: ``doctor``: what this machine can do, and what is missing with its fix."""

from __future__ import annotations

from dataclasses import asdict

import click

from vidwatchd.cli import output, render, services
from vidwatchd.cli.group import Door
from vidwatchd.cli.options import output_format
from vidwatchd.cli.session import Session
from vidwatchd.operations import doctor


@click.command("doctor", cls=Door)
@output_format
@click.pass_obj
def doctor_command(session: Session, output_format: str) -> int:
    """Say what this machine can do, and what is missing with its fix; nothing is written.

    \b
    Examples:
      vidwatchd doctor
      vidwatchd doctor --output-format json
    """
    config = session.settings()
    found = [*map(asdict, doctor.doctor(config)), services.check(config)]
    output.show(session, {"checks": found}, output_format, render.checks)
    return 1 if any(check["state"] == "fail" for check in found) else 0


COMMANDS = {"doctor": doctor_command}
