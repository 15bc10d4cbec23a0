"""serving: ``serve``: the daemon with its dashboard, in the foreground."""

from __future__ import annotations

from typing import Any

import click

from vidwatchd import daemon
from vidwatchd.cli.group import Door
from vidwatchd.cli.options import path_text
from vidwatchd.cli.services import stale
from vidwatchd.cli.session import Session
from vidwatchd.config import Config
from vidwatchd.service import Notifier


@click.command("serve", cls=Door)
@click.argument("folder", metavar="[FOLDER]", type=path_text, required=False, default=None)
@click.option("--host", help="Address to listen on; another than loopback needs --password-file.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; 0 takes a free one.  [default: 8420]")
@click.option("--password-file", metavar="PATH", help="File that holds user:password.")
@click.option("--device", type=click.Choice(("auto", "cuda", "cpu")), help="Where models run.  [default: auto]")
@click.pass_obj
def serve_command(session: Session, /, folder: str | None, device: str | None, **flags: Any) -> None:
    """Watch the libraries, make what they lack, and serve the dashboard until Ctrl-C.

    A folder named here becomes a library.

    \b
    Examples:
      vidwatchd serve
      vidwatchd serve ~/Videos --port 0
      vidwatchd serve --device cpu
    """
    given: dict[str, Any] = {"serve": {name: value for name, value in flags.items() if value is not None}}
    if device:
        given["device"] = device

    def settings() -> Config:
        """The settings as they are now."""
        return session.settings(folder or "", **given)

    notifier = Notifier.from_environment()
    daemon.serve(settings(), folder=folder or "", echo=click.echo, notifier=notifier, reload=settings, advise=stale)


COMMANDS = {"serve": serve_command}
