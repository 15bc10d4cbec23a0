"""load: requests over kept connections from a process of its own, and the naive list that others are measured against."""

from __future__ import annotations

import json
import logging
import selectors
import socket
import sqlite3
import sys
import time
from urllib.parse import urlsplit


def hammer(url, *, connections=8, seconds=4.0, keep=True):
    """Ask for ``url`` over and over: requests a second, and latencies in milliseconds (median, 99 %).

    One thread over plain sockets: threads of one Python would wait for one another longer than for the server.
    """
    where, took, stop = urlsplit(url), [], time.perf_counter() + seconds
    target = f"{where.path}?{where.query}" if where.query else where.path
    ask = f"GET {target} HTTP/1.1\r\nHost: {where.netloc}\r\nAccept: */*\r\n\r\n".encode()
    ready = selectors.DefaultSelector()

    def begin(client):
        if client is None:
            client = socket.create_connection((where.hostname, where.port))
        client.sendall(ask)
        ready.register(client, selectors.EVENT_READ, [time.perf_counter(), b""])

    for _ in range(connections):
        begin(None)
    while time.perf_counter() < stop:
        for key, _ in ready.select(1):
            key.data[1] += key.fileobj.recv(1 << 18)
            if whole(key.data[1]):
                took.append(time.perf_counter() - key.data[0])
                ready.unregister(key.fileobj)
                if not keep:
                    key.fileobj.close()
                begin(key.fileobj if keep else None)
    took.sort()
    ms = [1000 * took[int(share * (len(took) - 1))] for share in (0.5, 0.99)]
    return {"per_second": len(took) / seconds, "median_ms": ms[0], "p99_ms": ms[1]}


def whole(data):
    """Whether an answer of status 200 with a Content-Length is all there."""
    head, end, body = data.partition(b"\r\n\r\n")
    if end and not head.startswith(b"HTTP/1.1 200"):
        raise SystemExit(head.decode())
    return bool(end) and len(body) >= int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])


def serve_naively(index, port_file):
    """The list as it is usually written: a connection a request, COUNT, OFFSET, an artifacts query a row, jsonify."""
    from flask import Flask, jsonify
    from waitress import create_server

    app = Flask("naive")

    @app.get("/videos")
    def videos():
        connection = sqlite3.connect(index)
        connection.row_factory = sqlite3.Row
        total = connection.execute("SELECT count(*) FROM videos WHERE presence <> 'gone'").fetchone()[0]
        rows = connection.execute(
            "SELECT * FROM videos WHERE presence <> 'gone' ORDER BY added_at DESC, id DESC LIMIT 50 OFFSET 100"
        ).fetchall()
        listed = [{**dict(row), "artifacts": _artifacts(connection, row["id"])} for row in rows]
        connection.close()
        return jsonify(total=total, videos=listed)

    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server = create_server(app, host="127.0.0.1", port=0, threads=8)
    with open(port_file, "w") as file:
        file.write(str(server.effective_port))
    server.run()


def _artifacts(connection, video_id):
    rows = connection.execute("SELECT kind, state FROM artifacts WHERE video_id = ?", (video_id,))
    return {row["kind"]: row["state"] for row in rows}


if __name__ == "__main__":
    if sys.argv[1] == "naive":
        serve_naively(*sys.argv[2:])
    else:
        print(json.dumps(hammer(sys.argv[1], seconds=float(sys.argv[2]), keep=sys.argv[3] == "keep")))
