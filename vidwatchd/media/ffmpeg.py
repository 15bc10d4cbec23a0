"""ffmpeg: finds the executable and runs it, with progress, cancelling, a time limit and its last words in the error."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any

import ffmpeg

from vidwatchd.errors import Cancelled, MediaError, Unavailable
from vidwatchd.model import native

_TAIL_LINES = 12
_POLL_SECONDS = 0.1
# An ffmpeg whose starter was killed would go on writing for hours. Linux can tie it to its parent, which must be asked
# for in the child itself; preexec_fn may deadlock a program with threads, so a tiny interpreter asks and steps aside.
_TIED = (
    "import ctypes, os, signal, sys; parent = int(sys.argv[1]); ctypes.CDLL(None).prctl(1, signal.SIGKILL); "
    "os.getppid() == parent or os._exit(1); os.execv(sys.argv[2], sys.argv[2:])"
)


def executable(configured: str = "") -> str:
    """The ffmpeg to use: the configured one, the one on the PATH, the one that imageio-ffmpeg brought.

    Raises Unavailable when a configured one is not there, or there is none at all.
    """
    if configured:
        found = shutil.which(configured)
        if found is None:
            fix = "correct --ffmpeg-path, or audio.ffmpeg_path or media.ffmpeg_path in the settings"
            raise Unavailable(f"the ffmpeg that is named, {configured}, is no executable", hint=fix)
        return os.path.abspath(found)
    return shutil.which("ffmpeg") or _embedded()


def run(
    spec_or_args: Any,
    *,
    exe: str = "",
    duration_seconds: float | None = None,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    timeout_seconds: float,
) -> str:
    """Run an ffmpeg-python graph or a list of arguments (without the program) to its end; what it said on stderr.

    Raises MediaError with ffmpeg's last words when it fails or takes longer than ``timeout_seconds``, Cancelled when
    ``cancelled`` says so; no process is left in any case.
    """
    with _started(_command(spec_or_args, exe or executable())) as child:
        tail: deque[str] = deque(maxlen=_TAIL_LINES)
        readers = [
            _reader(child.stderr, tail.append),
            _reader(child.stdout, lambda line: _report(line, duration_seconds, progress)),
        ]
        _wait(child, timeout_seconds, cancelled)
        for reader in readers:
            reader.join()
        if child.returncode:
            raise MediaError(f"ffmpeg failed ({_ending(child.returncode)}): {_last_words(tail)}")
        return "\n".join(tail)


def arguments(spec: Any) -> list[str]:
    """A graph as arguments. Its paths are portable: ffmpeg-python cannot take a name with undecodable bytes."""
    return [native(word) for word in ffmpeg.get_args(spec)]


def _command(spec_or_args: Any, exe: str) -> list[str]:
    given = list(spec_or_args) if isinstance(spec_or_args, Sequence) else arguments(spec_or_args)
    command = [exe, "-nostdin", "-nostats", "-hide_banner", "-loglevel", "warning", "-progress", "pipe:1", *given]
    return tied(command)


def tied(command: list[str]) -> list[str]:
    """A command that does not outlive the process that starts it, also where that is killed (Linux; else as it was)."""
    if sys.platform != "linux":
        return command
    return [sys.executable, "-I", "-S", "-c", _TIED, str(os.getpid()), *command]


@contextmanager
def _started(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    try:
        with child:
            yield child
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()


def _wait(child: subprocess.Popen[str], timeout_seconds: float, cancelled: Callable[[], bool] | None) -> None:
    deadline = time.monotonic() + timeout_seconds
    while True:
        try:
            child.wait(_POLL_SECONDS)
            return
        except subprocess.TimeoutExpired:
            if cancelled and cancelled():
                child.kill()
                raise Cancelled("ffmpeg was stopped") from None
            if time.monotonic() > deadline:
                child.kill()
                raise MediaError(f"ffmpeg took longer than {timeout_seconds:g} s and was ended") from None


def _reader(stream: IO[str] | None, take: Callable[[str], None]) -> threading.Thread:
    # Both pipes are read at once: ffmpeg would stop dead on a full one.
    assert stream is not None
    thread = threading.Thread(target=_read, args=(stream, take), daemon=True)
    thread.start()
    return thread


def _read(stream: IO[str], take: Callable[[str], None]) -> None:
    for line in stream:
        take(line.rstrip())


def _report(line: str, duration_seconds: float | None, progress: Callable[[float], None] | None) -> None:
    key, _, value = line.partition("=")
    if progress and duration_seconds and key == "out_time_us" and value.lstrip("-").isdigit():
        progress(min(max(int(value) / 1e6 / duration_seconds, 0.0), 1.0))


def _ending(returncode: int) -> str:
    return f"signal {-returncode}" if returncode < 0 else f"exit code {returncode}"


def _last_words(tail: deque[str]) -> str:
    return "; ".join(line for line in list(tail)[-3:] if line) or "it said nothing"


def _embedded() -> str:
    try:
        import imageio_ffmpeg

        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError) as error:
        raise Unavailable("there is no ffmpeg", hint="pip install imageio-ffmpeg") from error
