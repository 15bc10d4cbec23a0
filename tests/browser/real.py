"""real: the daemon as a person starts it, in a process of its own over real folders, for tests in a real browser."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.sources import ROOT
from tests.waiting import PATIENCE_SECONDS

# Stored forms, which are made last, may take a busy machine minutes.
MADE_SECONDS = 240.0
# What takes moments; the others may take a busy machine minutes.
KINDS = ("metadata", "thumbs", "sprites", "phash", "heatmaps")
QUICK = {
    "watch": {"settle_seconds": 0.3, "debounce_seconds": 0.05},
    "workers": {"total": 2},
    "artifacts": {"sprites": {"width": 160}, "thumbs": {"width": 320}},
}


class Real:
    """``vidwatchd serve`` with everything of its own under ``home``; a context manager that leaves nothing running."""

    def __init__(self, home: Path, *folders: Path, kinds: Sequence[str] | None = None, **settings: Any) -> None:
        self.home = home
        home.mkdir(parents=True, exist_ok=True)
        self.config = home / "videorc.json"
        libraries = [{"path": str(folder), "kinds": kinds} for folder in folders]
        self.config.write_text(json.dumps({**QUICK, **settings, "libraries": libraries}))
        self.url = ""

    def __enter__(self) -> Real:
        command = [sys.executable, "-m", "vidwatchd", "serve", "--port", "0"]
        command += ["--config", str(self.config), "--data-dir", str(self.home / "data")]
        # HOME too: the folder picker begins there, and nothing of the tester's own settings may count.
        environment = {**os.environ, "HOME": str(self.home), "XDG_CONFIG_HOME": str(self.home / "config")}
        with (self.home / "log").open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log, text=True
            )
        guard = threading.Timer(PATIENCE_SECONDS, self.process.kill)
        guard.start()
        line = self.process.stdout.readline()
        guard.cancel()
        found = re.match(r"Dashboard: (http://127\.0\.0\.1:\d+)$", line.strip())
        if not found:
            self.stop()  # nobody else does, and the next test would be blamed for what is left
        assert found, f"it printed {line!r}\n{self.said()}"
        self.url = found[1]
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            print(self.picture())  # pytest shows it where a test failed
        self.stop()

    def stop(self) -> None:
        """End the process, and wait for it."""
        self.process.terminate()
        try:
            self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def said(self) -> str:
        """What it logged."""
        return (self.home / "log").read_text(errors="replace")

    def picture(self) -> str:
        """What it knows and logged, for whoever wonders why a test failed."""
        videos = {path: (item["presence"], item["artifacts"]) for path, item in self.videos().items()}
        told = [videos, self.api("/api/jobs/summary"), self.api("/api/libraries"), self.said()]
        return "\n".join(map(str, told))

    def api(self, path: str, body: Any = None, method: str | None = None) -> Any:
        """The JSON that a route answers with. Raises urllib.error.HTTPError."""
        raw = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(self.url + path, raw, {"Content-Type": "application/json"}, method=method)
        with contextlib.closing(urllib.request.urlopen(asked, timeout=PATIENCE_SECONDS)) as answer:
            return json.load(answer)

    def videos(self) -> dict[str, dict[str, Any]]:
        """Every video there is, gone ones too, by path."""
        return {item["path"]: item for item in self.api("/api/videos?limit=500&presence=any")["videos"]}

    def id_of(self, path: str) -> int:
        """The number of the video at ``path``."""
        return self.videos()[path]["id"]

    def wait_for(self, happens: Callable[[], Any], what: str = "it", seconds: float = PATIENCE_SECONDS) -> Any:
        """Poll until ``happens()`` is true, and give what it gave."""
        deadline = time.monotonic() + seconds
        while not (found := happens()):
            assert time.monotonic() < deadline, f"{what} did not happen\n{self.picture()}"
            time.sleep(0.05)
        return found

    def wait_made(self, *paths: str, kinds: tuple[str, ...] = KINDS) -> None:
        """Wait until nothing more of these kinds can be made of these videos."""

        def made() -> bool:
            known = self.videos()
            states = [known[path]["artifacts"][kind] for path in paths if path in known for kind in kinds]
            return len(states) == len(paths) * len(kinds) and not {"missing", "stale"} & set(states)

        self.wait_for(made, f"making {paths}", MADE_SECONDS)
