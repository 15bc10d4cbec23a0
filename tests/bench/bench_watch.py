"""bench_watch: how long following 1,000 folders takes to begin, and how soon a new file is hinted at.

usage: python -m tests.bench.bench_watch [--folders N] [--files N]
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import tempfile
import threading
import time

from vidwatchd.watch import Hints, Watcher


class Ear:
    """Remembers when each folder was first hinted at, and when the first full hint came."""

    def __init__(self) -> None:
        self.at: dict[str, float] = {}
        self.full_at = 0.0
        self.changed = threading.Condition()

    def __call__(self, hints: Hints) -> None:
        now = time.perf_counter()
        with self.changed:
            self.full_at = now if hints.full else self.full_at
            self.at.update(dict.fromkeys(hints.folders - self.at.keys(), now))
            self.changed.notify_all()

    def wait(self, folder: str | None = None) -> float:
        """When the folder (None: everything) was hinted at."""
        with self.changed:
            if not self.changed.wait_for(lambda: self.full_at if folder is None else folder in self.at, 30):
                raise SystemExit(f"no hint for {folder}")
            return self.full_at if folder is None else self.at[folder]


def measure(folders: int, files: int, debounce_seconds: float) -> dict[str, float]:
    """Set up, latency of single files, and a burst; seconds, but for what names another unit."""
    with tempfile.TemporaryDirectory() as root:
        for number in range(folders):
            os.mkdir(f"{root}/f{number}")
        ear = Ear()
        watcher = Watcher({1: root}, ear, debounce_seconds=debounce_seconds)
        started = time.perf_counter()
        watcher.start()
        ready = ear.wait() - started
        latencies = sorted(one_file(root, f"f{number}", ear) for number in range(min(50, folders - 1)))
        burst = time_burst(root, f"f{folders - 1}", files, ear)
        idle = time_idle()
        watcher.stop()
    return {
        "set up, first hint": ready,
        "new file → hint, median": statistics.median(latencies),
        "new file → hint, worst of 50": latencies[-1],
        f"burst of {files:,} creations → first hint": burst,
        "idle: CPU ms per second": idle,
    }


def one_file(root: str, folder: str, ear: Ear) -> float:
    """How long until a new file's folder is hinted at."""
    started = time.perf_counter()
    with open(f"{root}/{folder}/new.mp4", "wb"):
        pass
    return ear.wait(folder) - started


def time_burst(root: str, folder: str, files: int, ear: Ear) -> float:
    """How long until the first hint, from the start of many creations in one folder."""
    started = time.perf_counter()
    for number in range(files):
        os.close(os.open(f"{root}/{folder}/{number}.mp4", os.O_CREAT | os.O_WRONLY))
    return ear.wait(folder) - started


def time_idle(seconds: float = 4.0) -> float:
    """CPU milliseconds per second while nothing happens."""
    time.sleep(2)
    before = resource.getrusage(resource.RUSAGE_SELF)
    time.sleep(seconds)
    after = resource.getrusage(resource.RUSAGE_SELF)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / seconds


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folders", type=int, default=1000)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--debounce", type=float, default=0.2, help="seconds; the daemon's default is 0.2")
    given = parser.parse_args()
    print("| watch | |\n|---|---|")
    for name, value in measure(given.folders, given.files, given.debounce).items():
        print(f"| {name} | {value:.3f} |")


if __name__ == "__main__":
    main()
