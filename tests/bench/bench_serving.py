"""bench_serving: ranges, event streams and idling of the web server, beside Flask's send_file under plain waitress.

Run ``python tests/bench/bench_serving.py`` from the root of a checkout; Linux only. CPU and memory are the server
process's own, read from /proc; the client is this process.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILE_BYTES = 256 << 20
RANGE_BYTES = 8 << 20
ROUNDS = 4  # times the whole file: 1 GiB
TICK = os.sysconf("SC_CLK_TCK")


def serve(kind: str, path: str) -> None:
    """The server process: print the port, then serve."""
    sys.path.insert(0, str(ROOT))
    from flask import Flask, Response, send_file

    from vidwatchd.webapp.events import Hub
    from vidwatchd.webapp.stream import send_file_range

    app, hub = Flask("bench"), Hub()
    ours = kind == "ours"
    views = {
        "file": lambda: send_file_range(path) if ours else send_file(path, "video/mp4", conditional=True),
        "publish": lambda: hub.publish("video", {"id": 1}),
        "events": lambda: Response(hub.subscribe(), mimetype="text/event-stream", direct_passthrough=True),
        "": lambda: "hi",
    }
    for name, view in views.items():
        app.add_url_rule(f"/{name}", name or "index", view)
    if ours:
        from vidwatchd.webapp.server import Server

        server = Server(app, "127.0.0.1", 0)
        print(server.port, flush=True)
    else:
        from waitress import create_server

        server = create_server(app, host="127.0.0.1", port=0, threads=6)
        print(server.effective_port, flush=True)
    server.run()


class Process:
    """A server process, and what it has used."""

    def __init__(self, kind: str, path: str) -> None:
        self.child = subprocess.Popen([sys.executable, __file__, kind, path], stdout=subprocess.PIPE, text=True)
        self.port = int(self.child.stdout.readline())

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *_) -> None:
        self.child.kill()
        self.child.wait()
        self.child.stdout.close()

    @property
    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.child.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    @property
    def rss_mib(self) -> float:
        return int(Path(f"/proc/{self.child.pid}/statm").read_text().split()[1]) * 4096 / 2**20

    def connect(self, text: str, receive_bytes: int = 0) -> socket.socket:
        sock = socket.socket()
        if receive_bytes:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        sock.connect(("127.0.0.1", self.port))
        sock.sendall(text.replace("\n", "\r\n").encode())
        return sock


def ranges(server: Process) -> float:
    """CPU seconds per GB (10^9 bytes) for ranges of 8 MiB over one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    buffer = bytearray(1 << 20)
    before = server.cpu_seconds
    for start in list(range(0, FILE_BYTES, RANGE_BYTES)) * ROUNDS:
        connection.request("GET", "/file", headers={"Range": f"bytes={start}-{start + RANGE_BYTES - 1}"})
        response = connection.getresponse()
        while response.readinto(buffer):
            pass
    connection.close()
    return (server.cpu_seconds - before) / (FILE_BYTES * ROUNDS / 1e9)


def requests(server: Process, count: int = 1500) -> str:
    """Requests a second and their p99 for the smallest page, over one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    times = []
    for _ in range(count):
        began = time.perf_counter()
        connection.request("GET", "/")
        connection.getresponse().read()
        times.append(time.perf_counter() - began)
    connection.close()
    return f"{count / sum(times):.0f} requests/s, p99 {sorted(times)[int(count * 0.99)] * 1000:.1f} ms"


def idle(server: Process, seconds: float = 20) -> float:
    """Percent of a core."""
    before = server.cpu_seconds
    time.sleep(seconds)
    return 100 * (server.cpu_seconds - before) / seconds


def whole(server: Process) -> None:
    """What only our server is asked: slow readers, streams, fairness, idling."""
    host = "Host: localhost\n\n"
    requests(server, 200)
    print(f"  alone: {requests(server)}, RSS {server.rss_mib:.0f} MiB")
    with contextlib.ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(server.connect(f"GET /file HTTP/1.1\n{host}", 65536)).recv(100)
        print(f"  20 slow readers: {requests(server)}, RSS {server.rss_mib:.0f} MiB")
        for _ in range(50):
            stack.enter_context(server.connect(f"GET /events HTTP/1.1\n{host}")).recv(100)
        print(f"  and 50 streams: {requests(server)}, RSS {server.rss_mib:.0f} MiB")
    with contextlib.ExitStack() as stack:
        for _ in range(200):
            stack.enter_context(server.connect(f"GET /events HTTP/1.1\n{host}")).recv(100)
        print(f"  200 streams: {requests(server)}, RSS {server.rss_mib:.0f} MiB")
        print(f"  200 streams, idle: {idle(server):.2f} % of a core")
    download = subprocess.Popen(
        ["sh", "-c", f"while :; do curl -s http://127.0.0.1:{server.port}/file -o /dev/null || exit; done"]
    )
    time.sleep(0.3)
    print(f"  beside one fast download: {requests(server)}")
    download.kill()
    download.wait()


def main() -> None:
    """Make the file, measure, print."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "big.mp4")
        Path(path).write_bytes(os.urandom(1 << 20) * (FILE_BYTES >> 20))
        for kind in ("send_file", "ours"):
            with Process(kind, path) as server:
                ranges_cpu = ranges(server)
                print(f"{kind}: {ranges_cpu:.2f} CPU s per GB, RSS {server.rss_mib:.0f} MiB", flush=True)
                if kind == "ours":
                    whole(server)


if __name__ == "__main__":
    serve(*sys.argv[1:]) if len(sys.argv) > 1 else main()
