"""load: requests over kept connections from a process of its own, and the naive list that others are measured against."""

from __future__ import annotations

import http.client
import json
import logging
import sqlite3
import sys
import threading
import time
from urllib.parse import urlsplit


def hammer(url, *, connections=8, seconds=4.0, keep=True):
    """Ask for ``url`` over and over: requests a second, and latencies in milliseconds (median, 99 %)."""
    where, took, stop = urlsplit(url), [], time.perf_counter() + seconds
    target = f"{where.path}?{where.query}" if where.query else where.path

    def run():
        client = http.client.HTTPConnection(where.hostname, where.port)
        while (began := time.perf_counter()) < stop:
            if not keep:
                client = http.client.HTTPConnection(where.hostname, where.port)
            client.request("GET", target)
            answer = client.getresponse()
            body = answer.read()
            if answer.status != 200 or not body:
                raise SystemExit(f"{url} answered {answer.status}")
            took.append(time.perf_counter() - began)

    threads = [threading.Thread(target=run) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took.sort()
    ms = [1000 * took[int(share * (len(took) - 1))] for share in (0.5, 0.99)]
    return {"per_second": len(took) / seconds, "median_ms": ms[0], "p99_ms": ms[1]}


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
