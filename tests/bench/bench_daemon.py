"""bench_daemon: the whole daemon over a library of 100,000 files: scans, pages, memory, an idle spell.

usage: python -m tests.bench.bench_daemon [--folders N] [--files N] [--idle SECONDS]

Jobs are paused: the files are a few bytes each, and what is measured is everything else.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from tests.bench.bench_scan import change_some, make_tree, time_find
from vidwatchd import config, operations
from vidwatchd.operations import libraries
from vidwatchd.operations.scan import Look, scan

REPOSITORY = Path(__file__).parents[2]


def time_scan(root, data):
    """One scan through the operation, as the daemon does it, in a process of its own: wall, CPU and peak memory."""
    command = [sys.executable, "-m", "tests.bench.bench_daemon", "--scan", root, data]
    return json.loads(subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.PIPE, check=True).stdout)


def scan_here(root, data):
    """The scan that ``time_scan`` asked for."""
    settings = config.load(overrides={"data_dir": data}, environ={})
    with operations.open(settings) as ctx:
        ctx.index.jobs.pause()
        library = libraries.named(ctx, root).library
        cpu, wall = time.process_time(), time.perf_counter()
        found = scan(ctx, library, Look(settle_seconds=0))
        times = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    rss = psutil.Process().memory_info().rss / 2**20
    return {**times, "rss_mb": rss, "differ": len(found.added) + len(found.changed)}


def scans(root, data):
    """Rows of the scan table: ``find`` beside each kind of scan, measured one after the other."""
    time_find(root)
    find = time_find(root)
    rows = [("`find -printf`", find.wall_seconds, find.cpu_seconds, None)]
    for name, before in (("first scan, 100,000 rows and their words written", None), ("unchanged", None),
                         ("1,000 files changed, one in each folder", change_some)):  # fmt: skip
        if before:
            before(root)
        cost = time_scan(root, data)
        rows.append((name, cost["wall"], cost["cpu"], cost["rss_mb"]))
    lines = ["| scan through the index | wall s | CPU s | × find (wall) | RSS MB |", "|---|---|---|---|---|"]
    for name, wall, cpu, rss in rows:
        memory = f"{rss:.0f}" if rss else "–"
        lines.append(f"| {name} | {wall:.2f} | {cpu:.2f} | {wall / find.wall_seconds:.1f} | {memory} |")
    return "\n".join(lines)


class Daemon:
    """``vidwatchd serve`` as a child process."""

    def __init__(self, root, data):
        began = time.perf_counter()
        command = [sys.executable, "-m", "vidwatchd", "serve", root, "--port", "0", "--data-dir", data]
        self.process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().split()[-1]
        self.ready_seconds = time.perf_counter() - began
        self.watched = psutil.Process(self.process.pid)

    def rss_mb(self):
        """Resident memory of the daemon alone."""
        return self.watched.memory_info().rss / 2**20

    def cpu_seconds(self):
        """CPU used so far."""
        times = self.watched.cpu_times()
        return times.user + times.system

    def stop(self):
        """SIGTERM, and how long it took."""
        began = time.perf_counter()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)
        return time.perf_counter() - began


def fire(url, seconds, keep=True):
    """Load from another process."""
    command = [sys.executable, "-m", "tests.bench.load", url, str(seconds), "keep" if keep else "new"]
    return json.loads(subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.PIPE, check=True).stdout)


def naive(data):
    """The naive list on the same rows, with a connection a request."""
    with tempfile.NamedTemporaryFile("r") as port:
        command = [sys.executable, "-m", "tests.bench.load", "naive", f"{data}/index.db", port.name]
        child = subprocess.Popen(command, cwd=REPOSITORY)
        while not (text := Path(port.name).read_text()):
            time.sleep(0.05)
        try:
            return fire(f"http://127.0.0.1:{text}/videos", 4, keep=False)
        finally:
            child.kill()
            child.wait()


def serving(root, data, idle_seconds):
    """Two tables: pages under load, and start, memory and idleness."""
    base = naive(data)
    daemon = Daemon(root, data)
    time.sleep(4)  # its first look at the library
    before = daemon.rss_mb()
    asked = {
        "the naive list": base,
        "`/api/videos?limit=50`": fire(f"{daemon.url}/api/videos?limit=50", 4),
        "the same, sorted by name, deep in the list": fire(
            f"{daemon.url}/api/videos?limit=50&sort=name&offset=5000", 4
        ),
        "`?q=film 0500`": fire(f"{daemon.url}/api/videos?limit=50&q=film%200500", 4),
        "the Library page `/`": fire(f"{daemon.url}/", 4),
    }
    after = daemon.rss_mb()
    time.sleep(3)
    cpu, read = daemon.cpu_seconds(), daemon.watched.io_counters().read_bytes
    time.sleep(idle_seconds)
    idle = 100 * (daemon.cpu_seconds() - cpu) / idle_seconds
    read = daemon.watched.io_counters().read_bytes - read
    stop = daemon.stop()
    pages = ["| 100,000 videos, 8 connections | requests/s | × naive | median ms | p99 ms |", "|---|---|---|---|---|"]
    for name, got in asked.items():
        ratio = got["per_second"] / base["per_second"]
        pages.append(
            f"| {name} | {got['per_second']:,.0f} | {ratio:.1f} | {got['median_ms']:.1f} | {got['p99_ms']:.1f} |"
        )
    living = [
        "| living | |", "|---|---|",
        f"| start to `Dashboard:` | {daemon.ready_seconds:.2f} s |",
        f"| RSS after its first look, after the load above | {before:.0f} MB, {after:.0f} MB |",
        f"| CPU over {idle_seconds:.0f} idle seconds | {idle:.2f} % of a core |",
        f"| bytes read from disk meanwhile | {read} |",
        f"| SIGTERM to gone | {stop:.2f} s |",
    ]  # fmt: skip
    return "\n".join(pages), "\n".join(living)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folders", type=int, default=1000)
    parser.add_argument("--files", type=int, default=100)
    parser.add_argument("--idle", type=float, default=30.0)
    parser.add_argument("--scan", nargs=2, metavar=("ROOT", "DATA"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.scan:
        print(json.dumps(scan_here(*given.scan)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        root, data = f"{temporary}/library", f"{temporary}/data"
        make_tree(root, given.folders, given.files)
        tables = [scans(root, data), *serving(root, data, given.idle)]
    print("\n\n".join(tables))


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    main()
