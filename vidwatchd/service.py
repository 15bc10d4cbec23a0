"""service: vidwatchd as a systemd unit or a launchd agent (install, uninstall, status), and what it tells systemd.

The files are rendered from ``systemd/vidwatchd.service`` and ``systemd/vidwatchd.plist``. A user's unit has walls
(``ProtectSystem``, ``ReadWritePaths``, ``PrivateTmp``) only with ``PrivateUsers``; where the kernel gives no user
namespaces that would end it with 226/NAMESPACE, so it is written only after a trial. Directives that drop capabilities
end a user's unit with 218/CAPABILITIES and stand in the machine-wide one alone (both seen on systemd 252).
"""

from __future__ import annotations

import contextlib
import getpass
import os
import plistlib
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.parsers.expat import ExpatError

from vidwatchd.config import Config
from vidwatchd.errors import StorageError, Unavailable, UsageError
from vidwatchd.resources import service_file

UNIT = "vidwatchd.service"
LABEL = "local.vidwatchd"
AGAIN = "run vidwatchd service install again"
LINGER_FOLDER = Path("/var/lib/systemd/linger")

Completed = subprocess.CompletedProcess[str]
Run = Callable[[Sequence[str]], Completed]

# Folder names in a unit know neither \n nor \xNN, and a line that is no UTF-8 is dropped with a warning only.
_UNWRITABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_SYSTEM_UNIT_LINES = "After=local-fs.target remote-fs.target network.target"
# Root without these four cannot write into folders that belong to others; it needs nothing else.
_SYSTEM_SERVICE_LINES = """\
ProtectHome=read-only
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
CapabilityBoundingSet=CAP_CHOWN CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_FOWNER"""


@dataclass(frozen=True, slots=True)
class Status:
    """How the service stands; ``stale`` says why the installed file no longer fits, ``notes`` what is worth knowing."""

    file: Path
    installed: bool
    running: bool
    stale: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def call(argv: Sequence[str]) -> Completed:
    """Run a manager's command and return its output as text. Raises Unavailable when there is no such command."""
    try:
        return subprocess.run(argv, capture_output=True, text=True, errors="replace", check=False, timeout=180)
    except FileNotFoundError as error:
        raise Unavailable(f"{argv[0]} is not on this machine", hint="start it by hand: vidwatchd serve") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"{argv[0]} could not be run: {error}", hint="start it by hand: vidwatchd serve") from error


def manager(*, system: bool | None = None, platform: str = sys.platform, run: Run = call) -> Manager:
    """The service manager of this machine; ``system`` (a unit for all, run as root) defaults to whether we are root.

    Raises UsageError, Unavailable.
    """
    if platform == "darwin":
        if system:
            raise UsageError("on macOS vidwatchd runs as a user's agent only", hint="leave --system out")
        return Launchd(run=run)
    if not platform.startswith("linux"):
        raise Unavailable(f"{platform} has neither systemd nor launchd", hint="start it by hand: vidwatchd serve")
    return Systemd(system=os.geteuid() == 0 if system is None else system, run=run)


def install(config: Config, to: Manager) -> Status:
    """Write the service file and start the service, anew if it runs. Raises StorageError, Unavailable, UsageError."""
    content = to.render(config)
    for folder in _own_folders(config):
        with _writing(Path(folder)):
            os.makedirs(folder, exist_ok=True)
    _write(to.file, content)
    to.activate()
    return status(config, to)


def uninstall(config: Config, of: Manager) -> Status:
    """Stop the service and remove its file; index, settings and artifacts stay. Raises StorageError, Unavailable."""
    if of.file.exists():
        of.deactivate()
        with _writing(of.file):
            of.file.unlink(missing_ok=True)
        of.forget()
    return status(config, of)


def status(config: Config, of: Manager) -> Status:
    """Whether the service is installed and running, and whether its file still fits. Raises Unavailable."""
    try:
        installed = of.file.read_bytes()
    except FileNotFoundError:
        return Status(of.file, installed=False, running=of.running())
    except OSError as error:
        raise StorageError(f"{of.file} cannot be read: {error.strerror}") from error
    stale = tuple(f"{reason}: {AGAIN}" for reason in of.stale(config, installed))
    return Status(of.file, installed=True, running=of.running(), stale=stale, notes=of.notes())


def command(config: Config) -> tuple[str, ...]:
    """The command line that the service runs: this very interpreter, with the settings in use."""
    # -P: a folder called vidwatchd in the home folder must not be taken for the package.
    words = [sys.executable, "-P", "-m", "vidwatchd", "serve"]
    if config.source:
        words += ["--config", str(config.source)]
    if config.data_dir:
        words += ["--data-dir", os.path.abspath(config.data_dir)]
    return tuple(words)


def writable_folders(config: Config) -> tuple[str, ...]:
    """Every folder that the service writes to; a library on a read-only disk is not one of them."""
    return tuple(dict.fromkeys([*_own_folders(config), *(root for root in _roots(config) if _may_write(root))]))


def quoted(word: str, *, expands: bool = False) -> str:
    """One word of a unit file in double quotes; ``expands`` where ``$`` means a variable. Raises UsageError."""
    if _UNWRITABLE.search(word):
        raise UsageError(
            f"{word!a} cannot be written into a systemd unit", hint="rename the folder, or mount it elsewhere"
        )
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return '"' + (escaped.replace("$", "$$") if expands else escaped) + '"'


class Systemd:
    """systemd: a user's own unit, or with ``system`` one for the whole machine."""

    def __init__(self, *, system: bool = False, folder: Path | None = None, run: Run = call) -> None:
        self.system = system
        self.file = (folder or _unit_folder(system)) / UNIT
        self._run = run

    def render(self, config: Config) -> bytes:
        """The unit file for these settings. Raises UsageError for a path that a unit cannot hold."""
        values = {
            "command": _command_line(command(config)),
            "private_tmp": "no" if _touches_tmp(config) else "yes",
            "unit_lines": _SYSTEM_UNIT_LINES if self.system else "",
            "service_lines": "\n".join(self._service_lines(config)),
            "wanted_by": "multi-user.target" if self.system else "default.target",
        }
        text = service_file(UNIT).read_text(encoding="utf-8")
        return re.sub(r"@(\w+)@", lambda m: values[m[1]], text).encode()

    def activate(self) -> None:
        """Reload the units, enable this one and start it anew."""
        self._must("daemon-reload")
        self._must("enable", UNIT)
        self._must("restart", UNIT)

    def deactivate(self) -> None:
        """Stop and disable it."""
        self._must("disable", "--now", UNIT)

    def forget(self) -> None:
        """Reload the units, so that the removed one is no longer known."""
        self._must("daemon-reload")

    def running(self) -> bool:
        """Whether ``systemctl is-active`` calls it active."""
        return self._run(self._argv("is-active", UNIT)).stdout.strip() in {"active", "reloading"}

    def stale(self, config: Config, installed: bytes) -> tuple[str, ...]:
        """Another command line, and each folder that the installed unit may not write to."""
        lines = set(installed.decode("utf-8", "replace").splitlines())
        changed = f"ExecStart={_command_line(command(config))}" not in lines
        reasons = ["it starts with other settings or another Python"] if changed else []
        missing = [folder for folder in writable_folders(config) if _write_line(folder) not in lines]
        return (*reasons, *(f"{folder} is not open to it" for folder in missing))

    def notes(self) -> tuple[str, ...]:
        """That a user's services end with the session unless that user lingers."""
        if self.system or (LINGER_FOLDER / getpass.getuser()).exists():
            return ()
        return ("it stops when you log out; loginctl enable-linger keeps it running",)

    def _service_lines(self, config: Config) -> Iterable[str]:
        if self.system:
            yield _SYSTEM_SERVICE_LINES
        elif self._namespaces():
            yield "PrivateUsers=yes"
        yield from map(_write_line, writable_folders(config))

    def _namespaces(self) -> bool:
        # A listed sysctl proves nothing (AppArmor may still refuse), so it is tried.
        with contextlib.suppress(Unavailable):
            return self._run(["unshare", "--user", "--map-root-user", "--mount", "true"]).returncode == 0
        return False

    def _argv(self, *words: str) -> list[str]:
        return ["systemctl", *([] if self.system else ["--user"]), *words]

    def _must(self, *words: str) -> None:
        hint = "journalctl -u vidwatchd" if self.system else "journalctl --user -u vidwatchd"
        _succeed(self._run, self._argv(*words), hint=f"{hint} may say more")


class Launchd:
    """launchd: an agent of the user who is logged in."""

    def __init__(
        self, *, home: Path | None = None, run: Run = call, wait: Callable[[float], None] = time.sleep
    ) -> None:
        self._home = home or Path.home()
        self.file = self._home / "Library" / "LaunchAgents" / f"{LABEL}.plist"
        self._run = run
        self._wait = wait
        self._domain = f"gui/{os.getuid()}"

    def render(self, config: Config) -> bytes:
        """The agent's property list for these settings."""
        log = str(self._home / "Library" / "Logs" / "vidwatchd.log")
        values = plistlib.loads(service_file("vidwatchd.plist").read_bytes())
        values |= {"ProgramArguments": list(command(config)), "StandardOutPath": log, "StandardErrorPath": log}
        return plistlib.dumps(values)

    def activate(self) -> None:
        """Load the agent, after an older one has left."""
        self.deactivate()
        _succeed(self._run, ["launchctl", "bootstrap", self._domain, str(self.file)], hint="see Console for its log")

    def deactivate(self) -> None:
        """Unload the agent and wait until it has left, at most the plist's ExitTimeOut and a little."""
        self._run(["launchctl", "bootout", f"{self._domain}/{LABEL}"])
        for _ in range(24):  # bootout returns before the process is gone; bootstrap then fails with error 5
            if not self._loaded():
                return
            self._wait(0.5)

    def forget(self) -> None:
        """Nothing: launchd keeps no copy of the file."""

    def running(self) -> bool:
        """Whether ``launchctl print`` calls its state running."""
        return "state = running" in self._print().stdout

    def stale(self, config: Config, installed: bytes) -> tuple[str, ...]:
        """Another command line; an agent has no walls, so libraries do not matter."""
        try:
            words = plistlib.loads(installed).get("ProgramArguments")
        except (ExpatError, ValueError, AttributeError):
            return ("its file is damaged",)
        return () if words == list(command(config)) else ("it starts with other settings or another Python",)

    def notes(self) -> tuple[str, ...]:
        """Where its output goes."""
        return (f"its log is {self._home / 'Library' / 'Logs' / 'vidwatchd.log'}",)

    def _loaded(self) -> bool:
        return self._print().returncode == 0

    def _print(self) -> Completed:
        return self._run(["launchctl", "print", f"{self._domain}/{LABEL}"])


# What ``install``, ``uninstall`` and ``status`` work with; both have the same methods.
Manager = Systemd | Launchd


class Notifier:
    """Tells systemd how the daemon stands (sd_notify); silent where nobody asked.

    ``every_seconds`` is how often ``alive`` must be called, half of what systemd allows; 0 when it does not watch.
    """

    def __init__(self, address: str = "", every_seconds: float = 0.0) -> None:
        self.address = address
        self.every_seconds = every_seconds

    @classmethod
    def from_environment(cls, environ: MutableMapping[str, str] = os.environ) -> Notifier:
        """Take NOTIFY_SOCKET and the watchdog's variables out of ``environ``: children must not speak for us."""
        address = environ.pop("NOTIFY_SOCKET", "")
        microseconds = environ.pop("WATCHDOG_USEC", "")
        ours = environ.pop("WATCHDOG_PID", "") in {"", str(os.getpid())}
        watched = ours and microseconds.isdecimal()
        return cls(address, int(microseconds) / 2_000_000 if watched else 0.0)

    def ready(self, text: str = "") -> None:
        """Start-up, or a reload, is complete; ``text`` is shown by ``systemctl status``."""
        self._send("READY=1", *([f"STATUS={_line(text)}"] if text else []))

    def reloading(self) -> None:
        """The settings are being read again; ``ready`` ends it."""
        self._send("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        """The daemon is on its way out."""
        self._send("STOPPING=1")

    def alive(self) -> None:
        """Still well: resets the watchdog."""
        self._send("WATCHDOG=1")

    def says(self, text: str) -> None:
        """One line for ``systemctl status``."""
        self._send(f"STATUS={_line(text)}")

    def _send(self, *assignments: str) -> None:
        if not self.address:
            return
        target = f"\0{self.address[1:]}" if self.address.startswith("@") else self.address
        # A manager that has gone, or reads no more, is no reason to stop serving.
        with (
            contextlib.suppress(OSError),
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as end,
        ):
            end.settimeout(1.0)
            end.sendto("\n".join(assignments).encode("utf-8", "replace"), target)


def _line(text: str) -> str:
    return " ".join(text.split())


def _unit_folder(system: bool) -> Path:
    if system:
        return Path("/etc/systemd/system")
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"


def _own_folders(config: Config) -> tuple[str, ...]:
    return os.path.abspath(config.data_folder), str(config.writable_file.absolute().parent)


def _roots(config: Config) -> list[str]:
    return [os.path.abspath(library.folder) for library in config.libraries]


def _may_write(folder: str) -> bool:
    # A folder that cannot be looked at now, such as a disk that is not plugged in, may be writable later.
    return os.access(folder, os.W_OK) or not os.access(folder, os.F_OK)


def _touches_tmp(config: Config) -> bool:
    paths = [*_own_folders(config), *_roots(config), sys.executable]
    return any(path.startswith(("/tmp/", "/var/tmp/")) for path in paths)


def _write_line(folder: str) -> str:
    # The dash: a disk that is not plugged in must not keep the service from starting.
    return f"ReadWritePaths={quoted(f'-{folder}')}"


def _command_line(words: Sequence[str]) -> str:
    return " ".join([quoted(words[0]), *(quoted(word, expands=True) for word in words[1:])])


def _succeed(run: Run, argv: Sequence[str], *, hint: str) -> None:
    done = run(argv)
    if done.returncode:
        reason = _line(done.stderr or done.stdout)[-300:] or f"exit status {done.returncode}"
        raise Unavailable(f"{' '.join(argv)} failed: {reason}", hint=hint)


@contextlib.contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = f"{path} could not be written: {error.strerror}"
        raise StorageError(reason, hint="a machine-wide unit needs sudo") from error


def _write(path: Path, content: bytes) -> None:
    fresh = path.with_name(f".{path.name}.new")
    with _writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_bytes(content)
        os.replace(fresh, path)
