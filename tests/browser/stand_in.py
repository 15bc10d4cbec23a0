"""stand_in: the dashboard over data in memory: the pages' seam and the API they call, without a daemon.

``python -m tests.browser.stand_in --scenario rich`` serves it for looking at; tests hand in a Store of their own.
"""

from __future__ import annotations

import argparse
import itertools
import json
import queue
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, request, send_file
from werkzeug.serving import BaseWSGIServer, make_server

from tests.browser.pictures import Look, dress, make_looks
from vidwatchd.errors import NotFound, VidwatchdError
from vidwatchd.webapp.pages import problem_page, register

KINDS = ("metadata", "thumbs", "sprites")
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class Store:
    """Videos, libraries and jobs as dictionaries; what the operations would answer."""

    def __init__(self, looks: list[Look]) -> None:
        self.looks = {look.name: look for look in looks}
        self.items: dict[int, dict[str, Any]] = {}
        self.roots: list[dict[str, Any]] = []
        self.summary: dict[str, Any] = {"kinds": {}, "paused": False, "running": [], "failed": []}
        self.calls: list[tuple[str, str, Any]] = []
        self.streams: list[queue.Queue[str]] = []

    def add(self, name: str, look: str, **more: Any) -> dict[str, Any]:
        """One more video that looks like ``look``; ``more`` overrides any key."""
        number = max(self.items, default=0) + 1
        made = self.looks[look]
        video = {
            "id": number, "name": name, "path": name, "library": "Films", "library_id": 1, "folder": "",
            "duration_seconds": made.seconds, "width": made.width, "height": made.height, "size_bytes": 48_000_000,
            "video_codec": "h264", "presence": "present", "problem": "", "added_at": time.time() - number * 4000,
            "tags": [], "performers": [], "artifacts": dict.fromkeys(KINDS, "done"),
            "thumb_url": f"/files/{look}/thumb?v=1",
            "sprite": {"sheet_url": f"/files/{look}/sheet?v=1", "index_url": f"/files/{look}/index?v=1", "vtt_url": ""},
            "look": look, "rating": None, "notes": "", "playable": True, "why_not": "", "audio_codec": "aac",
        }  # fmt: skip
        self.items[number] = {**video, **more}
        if video["folder"] or more.get("folder"):
            self.items[number]["path"] = f"{more['folder']}/{name}"
        return self.items[number]

    def videos_page(self, query: dict[str, str]) -> dict[str, Any]:
        found = [video for video in self.items.values() if _fits(video, query)]
        sort = query.get("sort") or "-added"
        keys = {"added": "added_at", "duration": "duration_seconds", "size": "size_bytes", "name": "name"}
        found.sort(key=lambda video: video[keys[sort.lstrip("-")]] or 0, reverse=sort.startswith("-"))
        start, limit = int(query.get("cursor") or 0), int(query.get("limit") or 60)
        more = str(start + limit) if len(found) > start + limit else None
        return {"videos": found[start : start + limit], "next_cursor": more}

    def video(self, video_id: int) -> dict[str, Any]:
        if video_id not in self.items:
            raise NotFound(f"there is no video {video_id}", hint="it may have been removed from the index")
        video = self.items[video_id]
        ids = sorted(self.items, reverse=True)
        at = ids.index(video_id)
        return {
            "container": "mov,mp4", "mimetype": "video/mp4", "fingerprint": "00a1b2c3d4e5f607",
            "library_root": "/srv/films", "file_url": f"/api/videos/{video_id}/file", "jobs": [],
            "details": {kind: _detail(kind, state) for kind, state in video["artifacts"].items()},
            "previous_id": ids[at - 1] if at else None, "next_id": ids[at + 1] if at + 1 < len(ids) else None, **video,
        }  # fmt: skip

    def libraries(self) -> list[dict[str, Any]]:
        return self.roots

    def jobs_summary(self) -> dict[str, Any]:
        return self.summary

    def tag_names(self, kind: str, prefix: str, limit: int) -> list[dict[str, Any]]:
        key = "tags" if kind == "tag" else "performers"
        counts = Counter(name for video in self.items.values() for name in video[key])
        fits = [(name, count) for name, count in counts.most_common() if name.lower().startswith(prefix.lower())]
        return [{"name": name, "count": count} for name, count in fits[:limit]]

    def kinds(self) -> tuple[str, ...]:
        return KINDS

    def edit(self, video_id: int, body: dict[str, Any]) -> dict[str, Any]:
        video = self.items[video_id]
        for key, added, removed in (("tags", "add", "remove"), ("performers", "performers_add", "performers_remove")):
            kept = [name for name in video[key] if name not in body.get(removed, [])]
            video[key] = sorted({*kept, *body.get(added, [])}, key=str.lower)
        video.update({key: body[key] for key in ("rating", "notes") if key in body})
        self.tell("video", {"ids": [video_id], "why": "tags"})
        return {key: video[key] for key in ("tags", "performers", "rating", "notes")}

    def tell(self, event: str, data: Any) -> None:
        for stream in list(self.streams):
            stream.put(f"event: {event}\ndata: {json.dumps(data)}\n\n")


def _fits(video: dict[str, Any], query: dict[str, str]) -> bool:
    names = {name for name in (query.get("tags") or "").split(",") if name}
    wanted = [
        not query.get("ids") or str(video["id"]) in query["ids"].split(","),
        (query.get("q") or "").lower() in " ".join([video["path"], *video["tags"], *video["performers"]]).lower(),
        names <= set(video["tags"]) or bool(query.get("match_any") and names & set(video["tags"])),
        not query.get("performers") or query["performers"] in video["performers"],
        not query.get("presence") or video["presence"] == query["presence"],
        not query.get("codec") or video["video_codec"] == query["codec"],
        not query.get("folder") or video["folder"].startswith(query["folder"]),
        not query.get("library") or str(video["library_id"]) == query["library"],
        not query.get("failed") or video["artifacts"].get(query["failed"]) == "failed",
        not query.get("missing") or video["artifacts"].get(query["missing"]) == "missing",
        (video["height"] or 0) >= float(query.get("min_height") or 0),
        float(query.get("min_duration") or 0) <= (video["duration_seconds"] or 0) < float(query.get("max_duration") or 1e9),
    ]  # fmt: skip
    return all(wanted)


def _detail(kind: str, state: str) -> dict[str, Any]:
    there = state in ("done", "stale")
    files = [{"name": f"clip.mp4.{kind}.jpg", "url": "/files/test/thumb?v=1", "size_bytes": 48_213}] if there else []
    return {
        "state": state, "version": 1, "backend": "pyav" if there else "", "cost_seconds": 0.84 if there else 0,
        "cost_bytes": 48_213 if there else 0, "made_at": time.time() - 400 if there else 0, "facts": {}, "settings": {},
        "error": "the file ends in the middle of a frame (12.4 s of 60 s were read)" if state == "failed" else "",
        "files": files,
    }  # fmt: skip


def create_app(store: Store) -> Flask:
    """Pages and API over ``store``, with the policy of the real one."""
    app = Flask(__name__, static_folder=None)
    register(app, store)
    _api(app, store)
    _actions(app, store)
    _files(app, store)
    app.register_error_handler(404, problem_page)

    @app.after_request
    def protect(answer: Response) -> Response:
        answer.headers["Content-Security-Policy"] = CSP
        return answer

    @app.before_request
    def note() -> None:
        if request.method != "GET":
            store.calls.append((request.method, request.path, request.get_json(silent=True)))

    return app


def _api(app: Flask, store: Store) -> None:
    @app.get("/api/videos")
    def videos() -> Response:
        return jsonify(store.videos_page(request.args))

    @app.get("/api/videos/<int:video_id>")
    def video(video_id: int) -> Response:
        return jsonify(store.video(video_id))

    @app.post("/api/videos/<int:video_id>/tags")
    def tags(video_id: int) -> Response:
        return jsonify(store.edit(video_id, request.get_json()))

    @app.post("/api/videos/bulk")
    def bulk() -> Response:
        body = request.get_json()
        for video_id in body["ids"]:
            store.edit(video_id, body)
        return jsonify({"count": len(body["ids"])})

    @app.get("/api/tags")
    def names() -> Response:
        args = request.args
        return jsonify({"tags": store.tag_names(args["kind"], args.get("prefix", ""), int(args.get("limit", 12)))})

    @app.get("/api/events")
    def events() -> Response:
        return Response(_stream(store), mimetype="text/event-stream", headers={"Cache-Control": "no-store"})

    @app.get("/api/folders")
    def folders() -> Response:
        path = request.args.get("path") or "/home/you"
        if not path.startswith("/home") and path != "/":
            raise VidwatchdError(f"{path} is not there", hint="type the folder as this machine names it")
        parent = str(Path(path).parent) if path != "/" else None
        names = ["Videos", "Pictures", "Lectures 2024", "<script>alert(1)</script>"] if path != "/" else ["home"]
        return jsonify({"path": path, "parent": parent, "folders": names})


def _actions(app: Flask, store: Store) -> None:
    def done(**_: Any) -> tuple[Response, int]:
        return jsonify({"id": 1}), 202

    for rule in ("/api/videos/<int:n>/make", "/api/jobs", "/api/jobs/retry", "/api/jobs/run", "/api/libraries/<int:n>/scan",
                 "/api/libraries/<int:n>/accept-loss"):  # fmt: skip
        app.add_url_rule(rule, rule, done, methods=["POST"])
    app.add_url_rule("/api/jobs/<int:n>", "cancel", done, methods=["DELETE"])

    @app.post("/api/jobs/<any(pause,resume):deed>")
    def pause(deed: str) -> Response:
        kind = request.get_json()["kind"]
        part = store.summary["kinds"][kind] if kind else store.summary
        part["paused"] = deed == "pause"
        return jsonify({})

    @app.post("/api/libraries")
    def add() -> tuple[Response, int]:
        path = request.get_json()["path"]
        if not path.startswith("/home"):
            return jsonify(
                {"error": f"{path} is not a folder", "code": "invalid_directory", "hint": "check the spelling"}
            ), 400
        store.roots.append(library(len(store.roots) + 1, Path(path).name, path))
        return jsonify({"id": len(store.roots)}), 201

    @app.delete("/api/libraries/<int:number>")
    def remove(number: int) -> Response:
        store.roots[:] = [root for root in store.roots if root["id"] != number]
        return jsonify({})

    @app.errorhandler(VidwatchdError)
    def refuse(error: VidwatchdError) -> tuple[Response, int]:
        return jsonify({"error": error.message, "code": error.code, "hint": error.hint}), error.http_status


def _files(app: Flask, store: Store) -> None:
    @app.get("/files/<look>/<any(thumb,sheet,index):part>")
    def artifact(look: str, part: str) -> Response:
        return send_file(getattr(store.looks[look], part), max_age=3600)

    @app.route("/api/videos/<int:video_id>/file")
    def file(video_id: int) -> Response:
        return send_file(store.looks[store.items[video_id]["look"]].clip, conditional=True, mimetype="video/mp4")


def _stream(store: Store) -> Iterator[str]:
    mine: queue.Queue[str] = queue.Queue()
    store.streams.append(mine)
    yield ": hello\n\n"
    try:
        while True:
            try:
                yield mine.get(timeout=0.5)
            except queue.Empty:
                yield ": still here\n\n"
    finally:
        store.streams.remove(mine)


def library(number: int, name: str, root: str, **more: Any) -> dict[str, Any]:
    """One healthy library; ``more`` overrides any key."""
    base = {
        "id": number, "name": name, "root": root, "online": True, "problem": "", "held": "", "watched": True,
        "videos": 0, "gone": 0, "unknown": 0, "bytes": 0, "last_scan_at": time.time() - 300, "scan_seconds": 0.4,
        "watch": {"mode": "inotify", "reason": "", "fix": ""}, "scanning": False,
    }  # fmt: skip
    return {**base, **more}


def counts(done: int = 0, queued: int = 0, running: int = 0, failed: int = 0, **more: Any) -> dict[str, Any]:
    """One kind's line of the job summary."""
    left = 12.0 * (queued + running) if queued + running else None
    base = {"done": done, "queued": queued, "running": running, "failed": failed, "paused": False, "left_seconds": left}
    return {**base, **more}


class Served:
    """A store behind a real socket, in a thread."""

    def __init__(self, store: Store, port: int = 0) -> None:
        self.store = store
        self.server: BaseWSGIServer = make_server("127.0.0.1", port, create_app(store), threaded=True)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self) -> Served:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)


def rich(store: Store) -> Store:
    """A lived-in library: several folders, tags, people, odd names and every state."""
    looks = itertools.cycle(store.looks)
    names = ["Harbour at dawn.mp4", "Grandma's 80th – speeches.mov", "Lecture 07 · Fourier series.mkv", "GX010432.MP4",
             "2019-08-14 Sarek, day three — the long way round the glacier and back.mp4", "interview_take_2.mov",
             "Big Buck Bunny.webm", "dashcam 2024-11-02.mp4", "Kitchen before.mp4", "Kitchen after.mp4",
             "screencast <b>bold</b> & \"quotes\".mkv", "Timelapse clouds.mp4"]  # fmt: skip
    tags = ["family", "holiday", "lecture", "b-roll", "kitchen", "to edit", "outdoors", "4k master"]
    people = ["Ada Lindqvist", "Tomás", "Grandma"]
    sizes = [(3840, 2160), (1920, 1080), (1280, 720), (1920, 800), (640, 480)]
    for number in range(90):
        name = names[number % 12] if number < 12 else f"{names[number % 12].rsplit('.', 1)[0]} ({number}).mp4"
        width, height = sizes[number % 5]
        video = store.add(
            name, next(looks), folder=["", "2024/Summer", "Rushes"][number % 3], size_bytes=37_000_000 * (number % 9 + 1),
            tags=tags[number % 8 : number % 8 + number % 4], performers=people[number % 3 : number % 3 + number % 2],
            duration_seconds=[754.2, 64.0, 3723.0, 20.0][number % 4], width=width, height=height,
            video_codec=["h264", "hevc", "vp9"][number % 3], added_at=time.time() - number * number * 500,
        )  # fmt: skip
        if store.looks[video["look"]].height > store.looks[video["look"]].width:
            video.update(width=1080, height=1920)
        if number % 4 == 3:
            video["duration_seconds"] = store.looks[video["look"]].seconds
    _trouble(store)
    store.roots = [
        library(1, "Films", "/srv/films", videos=88, bytes=214_000_000_000, gone=1, unknown=1, scanning=False),
        library(2, "Old disk", "/mnt/usb/archive", videos=412, bytes=1_900_000_000_000, online=False,
                problem="/mnt/usb/archive is empty where 412 videos were; its marker file is missing.", watched=True,
                last_scan_at=time.time() - 9 * 86400, watch={"mode": "off", "reason": "the folder is not there", "fix": ""}),
        library(3, "NAS", "/mnt/nas/video", videos=50, bytes=90_000_000_000,
                held="42 of 50 videos are missing: Lectures/01.mp4, Lectures/02.mp4 and 40 more.",
                watch={"mode": "polling", "reason": "the inotify table is full (8192 watches)", "fix": "sysctl fs.inotify.max_user_watches=524288"}),
    ]  # fmt: skip
    store.summary = {
        "paused": False,
        "kinds": {"metadata": counts(90), "thumbs": counts(87, 1, 0, 2), "sprites": counts(61, 24, 2, 1)},
        "running": [
            {"id": 7, "kind": "sprites", "video_id": 3, "video_name": "Lecture 07 · Fourier series.mkv", "progress": 0.62, "started_at": time.time()},
            {"id": 8, "kind": "sprites", "video_id": 5, "video_name": store.items[5]["name"], "progress": 0.08, "started_at": time.time()},
        ],
        "failed": [
            {"id": 3, "kind": "thumbs", "video_id": 8, "video_name": "dashcam 2024-11-02.mp4", "error": "the file ends in the middle of a frame (moov atom not found)", "attempts": 3, "when": time.time() - 5000},
            {"id": 4, "kind": "thumbs", "video_id": 10, "video_name": "Kitchen after.mp4", "error": "the worker ran out of memory", "attempts": 1, "when": time.time() - 50},
            {"id": 5, "kind": "sprites", "video_id": 8, "video_name": "dashcam 2024-11-02.mp4", "error": "no frame could be read", "attempts": 3, "when": time.time() - 4000},
        ],
    }  # fmt: skip
    return store


def _trouble(store: Store) -> None:
    bare: dict[str, Any] = {"thumb_url": None, "sprite": None}
    store.items[4].update(bare, artifacts={"metadata": "done", "thumbs": "missing", "sprites": "missing"})
    store.items[8].update(
        bare, artifacts={"metadata": "done", "thumbs": "failed", "sprites": "failed"},
        problem="the file ends in the middle of a frame (moov atom not found)", duration_seconds=None, width=None, height=None,
    )  # fmt: skip
    store.items[6].update(presence="gone", problem="")
    store.items[9].update(presence="unknown", problem="input/output error while reading it")
    store.items[10].update(artifacts={"metadata": "done", "thumbs": "stale", "sprites": "unavailable"})
    store.items[2].update(playable=False, why_not="Its picture is HEVC, which this browser may not show.", rating=4,
                          notes="Sound is best from the third minute on.")  # fmt: skip


SCENARIOS = {
    "rich": rich,
    "first": lambda store: store,
    "bare": lambda store: store.roots.append(library(1, "Films", "/srv/films")) or store,
}


def main() -> None:
    """Serve one scenario until stopped."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--scenario", choices=SCENARIOS, default="rich")
    parser.add_argument("--port", type=int, default=8500)
    parser.add_argument(
        "--clip", action="append", default=[], help="PATH=SECONDS of a real clip (H.264) to show as well"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        looks = make_looks(Path(folder))
        for number, clip in enumerate(given.clip):
            path, _, seconds = clip.rpartition("=")
            link = Path(folder) / f"real{number}.mp4"
            link.symlink_to(path)
            looks.insert(number, dress(link, float(seconds)))
        with Served(SCENARIOS[given.scenario](Store(looks)), given.port) as served:
            print(served.url, flush=True)
            served.thread.join()


if __name__ == "__main__":
    main()
