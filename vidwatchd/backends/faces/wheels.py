"""wheels: which builds of OpenCV are installed, and whether what they left on the disk can be loaded.

All of them write the same folder ``cv2``: the one installed last is used, and removing either takes it from both.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from importlib import metadata

from vidwatchd.errors import Unavailable

HEADLESS = "opencv-python-headless"
WHEELS = (HEADLESS, "opencv-python", "opencv-contrib-python-headless", "opencv-contrib-python")
# Debian's names for what the builds with windows need of the system.
SYSTEM = {"libGL.so": "libgl1", "libgthread-2": "libglib2.0-0", "libglib-2": "libglib2.0-0"}
_SECONDS = 30.0


def installed() -> dict[str, str]:
    """Build → version; more than one are rivals."""
    found: dict[str, str] = {}
    for name in WHEELS:
        with suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


def repair(names: Iterable[str]) -> str:
    """The command that leaves the headless build alone in its place."""
    others = [name for name in names if name != HEADLESS]
    away = f"pip uninstall -y {' '.join(others)}; " if others else ""
    return f"{away}pip install --force-reinstall --no-deps {HEADLESS}"


def broken(timeout_seconds: float = _SECONDS) -> Unavailable | None:
    """Why OpenCV cannot be loaded, or None; tried in a process of its own, as a damaged build may crash the one it is in."""
    command = [sys.executable, "-P", "-c", "import cv2"]
    try:
        tried = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout_seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return Unavailable(f"OpenCV does not load within {timeout_seconds:g} s", hint=repair(installed()))
    return _reason(tried.returncode, tried.stderr.decode(errors="replace")) if tried.returncode else None


def _reason(code: int, said: str) -> Unavailable:
    lines = said.split("\n")
    last = next((line for line in reversed(lines) if line.strip()), "it says nothing")[:200]
    lost = re.search(r"(lib[\w.+-]+): cannot open shared object", said)
    fix = repair(installed())
    if code < 0:
        return Unavailable(f"OpenCV crashes when it is loaded ({signal.Signals(-code).name})", hint=fix)
    if lost is None:
        return Unavailable(f"OpenCV cannot be loaded: {last}", hint=fix)
    package = next((name for prefix, name in SYSTEM.items() if lost[1].startswith(prefix)), "")
    fix = f"apt-get install {package}, or without it: {fix}" if package else fix
    return Unavailable(f"OpenCV cannot be loaded: the system has no {lost[1]}", hint=fix)
