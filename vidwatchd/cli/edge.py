"""edge: where every error of a command ends, as one sentence on standard error and an exit status."""

from __future__ import annotations

import errno
import io
import logging
import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any, TextIO

import click

from vidwatchd.cli.session import Session
from vidwatchd.errors import UsageError, VidwatchdError
from vidwatchd.model import display, portable

FAILED, USAGE = 1, 2
INTERRUPTED = 128 + signal.SIGINT
CUT_OFF = 128 + signal.SIGPIPE


def guarded(call: Callable[[], Any], session: Session) -> int:
    """Call and give the exit status; nothing is raised."""
    try:
        code = int(call() or 0)
        sys.stdout.flush()
        return code
    except VidwatchdError as error:
        return told(str(error), error.exit_code)
    except click.ClickException as error:
        return _misused(error)
    except click.Abort as error:
        return INTERRUPTED if isinstance(error.__cause__, KeyboardInterrupt) else told("aborted", FAILED)
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        return _system(error, session)
    except Exception as error:  # noqa: BLE001  the edge: an unexpected error must not look like a crash
        return _unexpected(error, session)


def told(message: str, code: int) -> int:
    """Print one sentence on standard error; control characters in names never reach the terminal."""
    click.echo(f"vidwatchd: {display(portable(message))}", err=True)
    return code


def prepare() -> None:
    """Make ready the process: any text can be printed, and a SIGTERM ends worker processes before it ends us."""
    # A daemon's child may be started without them.
    sys.stdout, sys.stderr = (stream or open(os.devnull, "w") for stream in (sys.stdout, sys.stderr))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    signal.signal(signal.SIGTERM, _terminate)


class Held:
    """Ctrl-C and SIGTERM wait for the next ``check``, lest they cut worker processes short while they start.

    A second one acts at once.
    """

    def __init__(self) -> None:
        self._signum = 0
        self._before: dict[int, Any] = {}

    def check(self) -> None:
        """Hold them back from now on. Raises KeyboardInterrupt or SystemExit when one came meanwhile."""
        if self._signum == signal.SIGINT:
            raise KeyboardInterrupt
        if self._signum:
            raise SystemExit(128 + self._signum)
        if not self._before:
            self._before = {number: signal.signal(number, self._note) for number in (signal.SIGINT, signal.SIGTERM)}

    def end(self) -> None:
        """No longer."""
        while self._before:
            signal.signal(*self._before.popitem())

    def _note(self, signum: int, frame: object) -> None:
        self._signum = signum
        self.end()


def cut_off() -> int:
    """The reader of our output has gone, as ``head`` does: no reason to complain."""
    discard(sys.stdout, sys.stderr)
    return CUT_OFF


def log_everything() -> None:
    """``--verbose``: what the program does, on standard error."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)


def discard(*streams: TextIO) -> None:
    """What is still buffered cannot be written: without this Python would complain about it once more while leaving."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in streams:
        try:
            os.dup2(nowhere, stream.fileno())
        except (OSError, ValueError):
            continue
    os.close(nowhere)


def _terminate(signum: int, frame: object) -> None:
    raise SystemExit(128 + signum)


def _misused(error: click.ClickException) -> int:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return USAGE
    message, hint = error.format_message().rstrip("."), ""
    if isinstance(error, click.NoSuchOption):
        message = f"no such option {error.option_name}"
        hint = f"did you mean {' or '.join(error.possibilities)}?" if error.possibilities else ""
    ctx = getattr(error, "ctx", None)
    hint = hint or (f"see {ctx.command_path} --help" if ctx else "")
    return told(str(UsageError(message[:1].lower() + message[1:], hint=hint)), error.exit_code)


def _system(error: OSError, session: Session) -> int:
    if error.errno == errno.EPIPE:
        return cut_off()
    discard(sys.stdout)
    if session.verbose:
        traceback.print_exc()
    where = f"{error.filename}: " if error.filename else ""
    return told(f"{where}{error.strerror or error}", FAILED)


def _unexpected(error: Exception, session: Session) -> int:
    if session.verbose:
        traceback.print_exc()
    again = "" if session.verbose else "; run with --verbose"
    what = str(error) or type(error).__name__
    return told(f"internal error: {what}{again}", FAILED)
