"""live: a real daemon in a process of its own, with a private data folder, and the ways tests talk to it.

Videos are copies of one small clip, each made different by a last
box that players skip.
"""

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from functools import cache
from pathlib import Path
from urllib.parse import quote_from_bytes

import psutil

from tests.sources import ROOT
from tests.waiting import PATIENCE_SECONDS
from vidwatchd import artifacts

QUICK = {
    "watch": {"settle_seconds": 0.1, "debounce_seconds": 0.02},
    "serve": {"port": 0},
    "workers": {"total": 1},
    "artifacts": {
        "sprites": {"max_frames": 4, "width": 64},
        "thumbs": {"width": 64},
        "previews": {"segments": 2, "duration_seconds": 0.2, "width": 64},
        "phash": {"frames": 2},
    },
}
# What needs a model is left out, with what is made from it: tests that are about those ask for them with ``kinds``.
MODELS = {name for name, kind in artifacts.KINDS.items() if kind.tier == "model" or kind().ready("") is not None}
KINDS = tuple(name for name, kind in artifacts.KINDS.items() if not MODELS & {name, *kind.requires})
ALL = tuple(artifacts.KINDS)
MADE = {name: "done" if name in KINDS else "missing" for name in ALL}


class Daemon:
    """A daemon over ``libraries``; ``home`` holds its data folder, settings and log. Settings are merged over QUICK."""

    def __init__(self, home, *libraries, **settings):
        self.home = Path(home)
        self.home.mkdir(parents=True, exist_ok=True)
        self.data = self.home / "data"
        self.config = self.home / "videorc.json"
        self.log = self.home / "log"
        self.process = None
        self.port = 0
        self.program = settings.pop("program", ("-m", "vidwatchd"))
        kinds = settings.pop("kinds", KINDS)
        values = {section: {**QUICK.get(section, {}), **settings.pop(section, {})} for section in {*QUICK, *settings}}
        made = {"kinds": kinds}
        values |= {"data_dir": str(self.data), "libraries": [{"path": os.fspath(path), **made} for path in libraries]}
        self.config.write_text(json.dumps(values), encoding="utf-8")

    def __enter__(self):
        return self.start()

    def __exit__(self, *exc):
        self.end()

    def start(self):
        """Run it until it has printed its address."""
        with self.log.open("ab") as log:
            command = [sys.executable, "-W", "error", *self.program, "serve", "--config", str(self.config)]
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True)
        watchdog = threading.Timer(PATIENCE_SECONDS, self.process.kill)
        watchdog.start()
        line = self.process.stdout.readline()
        watchdog.cancel()
        found = re.fullmatch(r"Dashboard: http://127\.0\.0\.1:(\d+)\n", line)
        assert found, f"it printed {line!r}\n{self.said()}"
        self.port = int(found[1])
        return self

    def stop(self, number=signal.SIGTERM):
        """Ask it to end, and see that it does, its children too. Gives how many seconds it took."""
        family = self.family()
        began = time.monotonic()
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE_SECONDS)
        taken = time.monotonic() - began
        self.process.stdout.close()
        left = _left(family)
        assert (code, left) == (0, []), f"exit code {code}, left behind {left}\n{self.said()}"
        return taken

    def kill(self):
        """As the kernel's memory killer would; its workers notice and leave."""
        family = self.family()
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        assert not _left(family)

    def end(self):
        """Whatever state it is in: gone."""
        if self.process and self.process.poll() is None:
            self.kill()
        if self.process:
            self.process.stdout.close()

    def family(self):
        """Its child processes."""
        with contextlib.suppress(psutil.NoSuchProcess):
            return psutil.Process(self.process.pid).children(recursive=True)
        return []

    def said(self):
        """What it logged."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def ask(self, path, method="GET", body=None, headers=None, timeout=PATIENCE_SECONDS):
        """(status, headers, bytes) of one request over a connection of its own."""
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)) as connection:
            sent = {**({"Content-Type": "application/json"} if body is not None else {}), **(headers or {})}
            raw = json.dumps(body) if body is not None and not isinstance(body, bytes | str) else body
            connection.request(method, path, body=raw, headers=sent)
            response = connection.getresponse()
            return response.status, response.headers, response.read()

    def api(self, path, body=None, method=None, status=None):
        """The JSON that a route answers with; ``status`` is what it must be (any 2xx when not given)."""
        found, _, raw = self.ask(path, method or ("GET" if body is None else "POST"), body)
        assert found == status if status else 200 <= found < 300, (found, raw)
        return json.loads(raw)

    def videos(self, **query):
        """The items of ``/api/videos`` by path; gone ones too with ``presence="any"``."""
        words = "&".join(f"{key}={value}" for key, value in {"limit": 500, **query}.items())
        return {item["path"]: item for item in self.api(f"/api/videos?{words}")["videos"]}

    def wait_for(self, happens, every=0.02):
        """Poll until ``happens()`` is true and give what it gave."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (found := self._try(happens)):
            assert time.monotonic() < deadline, f"it did not happen in time\n{self.said()}\n{self.picture()}"
            time.sleep(every)
        return found

    def _try(self, happens):
        try:
            return happens()
        finally:
            assert self.process.poll() is None, f"the daemon ended ({self.process.returncode})\n{self.said()}"

    def picture(self):
        """What it shows, for the message of a test that gave up."""
        shown = {path: (item["presence"], item["artifacts"]) for path, item in self.videos(presence="any").items()}
        jobs = [(job["id"], job["kind"], job["state"], job.get("error")) for job in self.api("/api/jobs")["jobs"]]
        return f"videos {shown}\njobs {jobs}\nlibraries {self.api('/api/libraries')}"

    def wait_done(self, *paths, kinds=KINDS):
        """Wait until these videos have all artifacts; gives the items by path."""

        def done():
            found = self.videos()
            return all(path in found and is_done(found[path], kinds) for path in paths) and found

        return self.wait_for(done)

    def library(self, name):
        """One library as the API shows it."""
        return next(found for found in self.api("/api/libraries")["libraries"] if found["name"] == name)

    def wait_idle(self):
        """Wait until nothing is queued or runs, and no library is being looked at."""

        def idle():
            # One question, as what follows a job is queued while it ends; and not the summary, which may be a second old.
            # Between two equal answers about the libraries: a look that ends may have queued what it found.
            before = self.api("/api/libraries")["libraries"]
            busy = any(job["state"] in ("queued", "running") for job in self.api("/api/jobs?limit=1000")["jobs"])
            return (
                not (busy or any(each["scanning"] for each in before))
                and self.api("/api/libraries")["libraries"] == before
            )

        self.wait_for(idle)

    def jobs(self):
        """Every job row, the newest first."""
        return [job for job in self.api("/api/jobs?limit=1000")["jobs"] if job["kind"] != "request"]

    def listen(self, path="/api/events"):
        """A ``Listener`` to its events; it hears everything from now on."""
        return Listener(self.port, path)


class Listener:
    """Server-sent events, gathered by a thread as (type, data)."""

    def __init__(self, port, path):
        self.events = []
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
        self.connection.request("GET", path)
        self.sock = self.connection.sock  # http.client lets go of it where the answer ends with the connection
        self.response = self.connection.getresponse()
        assert self.response.status == 200
        self.response.readline()  # retry: whoever has read it is subscribed
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()

    def close(self):
        """Hang up."""
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        self.thread.join(PATIENCE_SECONDS)
        self.response.close()
        self.connection.close()

    def of(self, type_):
        """The data of every event of one type so far."""
        return [data for kind, data in list(self.events) if kind == type_]

    def _read(self):
        type_ = ""
        with contextlib.suppress(OSError, ValueError, AttributeError, http.client.HTTPException):
            while line := self.response.readline():
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name == "event":
                    type_ = value
                elif name == "data":
                    self.events.append((type_, json.loads(value)))
        self.ended.set()


def _left(family):
    """Which of these processes do not end; one that only waits to be reaped by init is dead."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while left := [process for process in family if _lives(process)]:
        if time.monotonic() > deadline:
            break
        time.sleep(0.01)
    return left


def _lives(process):
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def is_done(item, kinds=KINDS):
    """Whether an item has all artifacts."""
    return all(item["artifacts"][kind] == "done" for kind in kinds)


def artifacts(folder):
    """Every file of every artifact folder beneath ``folder``, markers and notes too: path → (mtime_ns, size, inode)."""
    found = {}
    for above, _, names in os.walk(folder):
        if ".artifacts" in Path(above).parts:
            for name in names:
                state = os.lstat(os.path.join(above, name))
                found[os.path.relpath(os.path.join(above, name), folder)] = (
                    state.st_mtime_ns,
                    state.st_size,
                    state.st_ino,
                )
    return found


def quoted(path):
    """A path (str or bytes) as it stands in a URL."""
    return quote_from_bytes(os.fsencode(path), safe="/")


@cache
def clip():
    """A second and a half of H.264 and AAC in an MP4, as bytes."""
    return encoded(
        "-f", "lavfi", "-i", "testsrc2=s=160x90:r=10:d=1.5", "-f", "lavfi", "-i", "sine=d=1.5", "-c:a", "aac"
    )


def encoded(*arguments, ending="mp4"):
    """What the embedded ffmpeg makes of some arguments."""
    import imageio_ffmpeg

    fast = (
        ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "5"] if "-c:v" not in arguments else []
    )
    target = Path(os.environ.get("TMPDIR", "/tmp")) / f"live-{os.getpid()}-{time.monotonic_ns()}.{ending}"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y", *arguments, *fast, str(target)]
    try:
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
        return target.read_bytes()
    finally:
        target.unlink(missing_ok=True)


def unlike(number, base=None):
    """The clip with a last box that makes its content (and its size) another one."""
    extra = f"{number}".encode() * 5
    return (base or clip()) + struct.pack(">I4s", 8 + len(extra), b"free") + extra


def put(folder, name, number=0, base=None):
    """Copy one video into a folder, as a file manager would; gives its path."""
    path = Path(folder) / name if isinstance(name, str) else os.path.join(os.fsencode(folder), name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(unlike(number, base))
    return path
