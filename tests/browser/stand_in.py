"""stand_in: the dashboard over data in memory: the pages' seam and the API they call, without a daemon."""

from __future__ import annotations

import io
import json
import queue
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, jsonify, request, send_file
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from tests.browser.kept import item as kept
from tests.browser.kept import listing, terms
from tests.browser.pictures import Look
from tests.browser.scenarios import library, no_duplicates, pulling, some_checks, some_models, some_settings
from vidwatchd.errors import NotFound, UsageError, VidwatchdError
from vidwatchd.webapp.pages import problem_page, register

TITLES = {
    "metadata": "Metadata",
    "thumbs": "Thumbnails",
    "sprites": "Sprite sheets",
    "previews": "Hover previews",
    "phash": "Perceptual hashes",
    "heatmaps": "Heatmaps",
    "scenes": "Scenes",
    "subtitles": "Subtitles",
    "faces": "Faces",
    "stored": "Stored forms",
}
KINDS = tuple(TITLES)
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
        self.alike: dict[str, Any] = no_duplicates()
        self.cover: dict[str, Any] = {"total": 0, "kinds": []}
        self.shelf: dict[str, Any] = some_models()
        self.checks: list[dict[str, str]] = some_checks()
        self.looked: list[bool] = []
        self.forms: list[dict[str, Any]] = []
        self.taken: list[tuple[str, str]] = []
        self.set: dict[str, Any] = some_settings()
        self.asked: list[tuple[int, float | None, int | None]] = []
        self.calls: list[tuple[str, str, Any]] = []
        self.streams: list[queue.Queue[str]] = []
        self.told: list[str] = []
        self.telling = threading.Lock()

    def add(self, name: str, look: str, **more: Any) -> dict[str, Any]:
        """One more video that looks like ``look``; ``more`` overrides any key."""
        number = max(self.items, default=0) + 1
        made = self.looks[look]
        video = {
            "id": number,
            "name": name,
            "path": name,
            "library": "Films",
            "library_id": 1,
            "folder": "",
            "duration_seconds": made.seconds,
            "width": made.width,
            "height": made.height,
            "size_bytes": 48_000_000,
            "video_codec": "h264",
            "presence": "present",
            "problem": "",
            "added_at": time.time() - number * 4000,
            "tags": [],
            "performers": [],
            "people": [],
            "artifacts": dict.fromkeys(KINDS, "done"),
            "thumb_url": f"/files/{look}/thumb?v=1",
            "sprite": {"sheet_url": f"/files/{look}/sheet?v=1", "index_url": f"/files/{look}/index?v=1", "vtt_url": ""},
            "preview_url": f"/files/{look}/preview?v=1",
            "heat_url": f"/files/{look}/heat?v=1",
            "scenes_url": f"/files/{look}/scenes?v=1",
            "look": look,
            "rating": None,
            "notes": "",
            "playable": True,
            "why_not": "",
            "audio_codec": "aac",
        }
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
            "container": "mov,mp4",
            "mimetype": "video/mp4",
            "fingerprint": "00a1b2c3d4e5f607",
            "library_root": "/srv/films",
            "file_url": f"/api/videos/{video_id}/file",
            "jobs": [],
            "details": {kind: _detail(kind, state) for kind, state in video["artifacts"].items()},
            "previous_id": ids[at - 1] if at else None,
            "next_id": ids[at + 1] if at + 1 < len(ids) else None,
            **video,
        }

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

    def titles(self) -> dict[str, str]:
        return TITLES

    def duplicates(self, limit: int, threshold: float | None, library_id: int | None) -> dict[str, Any]:
        self.asked.append((limit, threshold, library_id))
        groups = self.alike["groups"]
        return {**self.alike, "groups": groups[:limit], "total_groups": len(groups)}

    def search(self, words: str, offset: int, typing: bool) -> dict[str, Any]:
        told = {
            "hits": [],
            "chips": [],
            "notices": [],
            "words": words,
            "total": 0,
            "capped": False,
            "next_offset": None,
        }
        return {**told, "did_you_mean": "", "query": words}

    def searches(self) -> dict[str, Any]:
        return {"searches": [], "problems": []}

    def coverage(self) -> dict[str, Any]:
        return self.cover

    def models(self) -> dict[str, Any]:
        return self.shelf

    def settings(self) -> dict[str, Any]:
        return self.set

    def change(self, values: dict[str, Any]) -> list[dict[str, Any]]:
        """The rows that changed. Raises UsageError for a path that is none."""
        rows = {row["key"]: row for group in self.set["groups"] for row in group["settings"]}
        for key, value in values.items():
            if key.endswith("_path") and value and not value.startswith("/"):
                raise UsageError(f"{value} is not ffmpeg", hint="give the path of the program")
            rows[key]["value"] = rows[key]["default"] if value is None else json.dumps(value)
            rows[key]["changed"] = rows[key]["value"] != rows[key]["default"]
        return [rows[key] for key in values]

    def machine(self, again: bool) -> list[dict[str, str]]:
        self.looked.append(again)
        return self.checks

    def people(self, query: dict[str, str]) -> dict[str, Any]:
        return {"people": [], "total": 0, "unsorted": 0, "available": True, "reason": "", "fix": ""}

    def sought(self) -> dict[str, Any]:
        reasons: dict[str, Any] = {"failed": [], "unavailable": []}
        done = {"kind": "faces", "done": len(self.items), "missing": 0, "failed": 0, "reasons": reasons}
        return {"total": len(self.items), **done, "fix": "", "model": ""}

    def stored(self, query: dict[str, str]) -> dict[str, Any]:
        return listing(*self.forms, query=query)

    def stored_of(self, video_id: int) -> dict[str, Any] | None:
        return next((form for form in self.forms if form["video_id"] == video_id), None)

    def upload_terms(self) -> dict[str, Any]:
        return terms()

    def model(self, name: str) -> dict[str, Any]:
        return next(each for each in self.shelf["models"] if each["name"] == name)

    def alike_to(self, video_id: int) -> list[dict[str, Any]]:
        """Every other video of the groups that hold this one."""
        return [
            {**video, "kind": group["kind"], "similarity": group["similarity"]}
            for group in self.alike["groups"]
            if video_id in [video["id"] for video in group["videos"]]
            for video in group["videos"]
            if video["id"] != video_id
        ]

    def edit(self, video_id: int, body: dict[str, Any]) -> dict[str, Any]:
        video = self.items[video_id]
        for key, added, removed in (("tags", "add", "remove"), ("performers", "performers_add", "performers_remove")):
            kept = [name for name in video[key] if name not in body.get(removed, [])]
            video[key] = sorted({*kept, *body.get(added, [])}, key=str.lower)
        video["people"] = video["performers"]
        video.update({key: body[key] or None for key in ("rating", "notes") if body.get(key) is not None})
        self.tell("video", {"ids": [video_id], "why": "tags"})
        return {key: video[key] for key in ("tags", "performers", "rating", "notes")}

    def tell(self, event: str, data: Any) -> None:
        with self.telling:
            self.told.append(f"id: {len(self.told) + 1}\nevent: {event}\ndata: {json.dumps(data)}\n\n")
            for stream in self.streams:
                stream.put(self.told[-1])

    def listen(self, since: str | None) -> queue.Queue[str]:
        """What is told from now on, after what was told since the event of that number."""
        stream: queue.Queue[str] = queue.Queue()
        with self.telling:
            for told in self.told[int(since) :] if since else ():
                stream.put(told)
            self.streams.append(stream)
        return stream


def _fits(video: dict[str, Any], query: dict[str, str]) -> bool:
    names = {name for name in (query.get("tags") or "").split(",") if name}
    wanted = [
        not query.get("ids") or str(video["id"]) in query["ids"].split(","),
        (query.get("q") or "").lower() in " ".join([video["path"], *video["tags"], *video["performers"]]).lower(),
        names <= set(video["tags"]) or bool(query.get("match_any") and names & set(video["tags"])),
        not query.get("performers") or query["performers"] in video["performers"],
        query.get("presence") in (None, "", "any") or video["presence"] == query["presence"],
        not query.get("codec") or video["video_codec"] == query["codec"],
        not query.get("folder") or video["folder"].startswith(query["folder"]),
        not query.get("library") or str(video["library_id"]) == query["library"],
        not query.get("failed") or video["artifacts"].get(query["failed"]) == "failed",
        not query.get("missing") or video["artifacts"].get(query["missing"]) == "missing",
        (video["height"] or 0) >= float(query.get("min_height") or 0),
        float(query.get("min_duration") or 0)
        <= (video["duration_seconds"] or 0)
        < float(query.get("max_duration") or 1e9),
    ]
    return all(wanted)


def _detail(kind: str, state: str) -> dict[str, Any]:
    there = state in ("done", "stale")
    names = [f"clip.mp4.{kind}.jpg"] + [f".clip.mp4.{kind}/seg_{at:02}.webm" for at in range(12 * (kind == "previews"))]
    files = [{"name": name, "url": "/files/test/thumb?v=1", "size_bytes": 48_213} for name in names if there]
    visit = {"plan": "seek", "why": "9 keyframes wanted of 48 or more", "frames_decoded": 9}
    return {
        "state": state,
        "version": 1,
        "backend": "pyav" if there else "",
        "cost_seconds": 0.84 if there else 0,
        "cost_bytes": 48_213 if there else 0,
        "made_at": time.time() - 400 if there else 0,
        "facts": {"visit": visit} if there and kind != "metadata" else {},
        "settings": {},
        "error": "the file ends in the middle of a frame (12.4 s of 60 s were read)" if state == "failed" else "",
        "files": files,
    }


def create_app(store: Store) -> Flask:
    """Pages and API over ``store``, with the policy of the real one."""
    app = Flask(__name__, static_folder=None)
    register(app, store)
    _api(app, store)
    _words(app, store)
    _actions(app, store)
    _models(app, store)
    _stored(app, store)
    _files(app, store)
    app.register_error_handler(404, problem_page)

    @app.after_request
    def protect(answer: Response) -> Response:
        answer.headers["Content-Security-Policy"] = CSP
        return answer

    @app.before_request
    def note() -> None:
        g.events_since = str(len(store.told))
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
        stream = store.listen(request.headers.get("Last-Event-ID") or request.args.get("since"))
        return Response(_stream(store, stream), mimetype="text/event-stream", headers={"Cache-Control": "no-store"})

    @app.get("/api/folders")
    def folders() -> Response:
        path = request.args.get("path") or "/home/you"
        if not path.startswith("/home") and path != "/":
            raise VidwatchdError(f"{path} is not there", hint="type the folder as this machine names it")
        parent = str(Path(path).parent) if path != "/" else None
        names = ["Videos", "Pictures", "Lectures 2024", "<script>alert(1)</script>"] if path != "/" else ["home"]
        return jsonify(
            {
                "path": path,
                "parent": parent,
                "folders": [{"name": name, "path": f"{path.rstrip('/')}/{name}"} for name in names],
            }
        )


def _words(app: Flask, store: Store) -> None:
    @app.get("/api/videos/<int:video_id>/people")
    def people(video_id: int) -> Response:
        return jsonify({"people": [], "state": store.items[video_id]["artifacts"]["faces"], "reason": "", "fix": ""})

    @app.get("/api/videos/<int:video_id>/transcript")
    def transcript(video_id: int) -> Response:
        tracks = store.items[video_id].get("transcript", [])
        making = {"state": "done" if tracks else "missing", "error": "", "speech": bool(tracks) or None, "job": ""}
        chapters = {"source": "", "edited": False, "chapters": [], "vtt_url": ""}
        return jsonify({"tracks": tracks, "chapters": chapters, "making": making, "problem": ""})


def _actions(app: Flask, store: Store) -> None:
    @app.get("/api/videos/<int:video_id>/duplicates")
    def duplicates(video_id: int) -> Response:
        return jsonify({"duplicates": store.alike_to(video_id)})

    def done(**_: Any) -> tuple[Response, int]:
        return jsonify({"id": 1}), 202

    for rule in (
        "/api/videos/<int:n>/make",
        "/api/jobs",
        "/api/jobs/retry",
        "/api/jobs/run",
        "/api/duplicates/verdict",
        "/api/libraries/<int:n>/scan",
        "/api/libraries/<int:n>/accept-loss",
    ):
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

    @app.patch("/api/libraries/<int:number>")
    def keeps(number: int) -> Response:
        root = next(root for root in store.roots if root["id"] == number)
        root["skip"] = [] if request.get_json()["stored"] else ["stored"]
        return jsonify(root)

    @app.delete("/api/libraries/<int:number>")
    def remove(number: int) -> Response:
        store.roots[:] = [root for root in store.roots if root["id"] != number]
        return jsonify({})

    @app.errorhandler(VidwatchdError)
    def refuse(error: VidwatchdError) -> tuple[Response, int]:
        return jsonify({"error": error.message, "code": error.code, "hint": error.hint}), error.http_status


def _stored(app: Flask, store: Store) -> None:
    def form_of(form_id: str) -> dict[str, Any]:
        return next(form for form in store.forms if form["id"] == form_id)

    @app.post("/api/store")
    def take() -> tuple[Response, int]:
        name = request.files["file"].filename or ""
        store.taken.append((name, request.form["keep_original"]))
        if name.endswith(".txt"):
            return jsonify({"error": f"{name} holds no video", "code": "unsupported", "hint": "send a video file"}), 415
        same = [form for form in store.forms if form["name"] == name]
        if not same:
            store.forms.insert(0, kept(len(store.forms) + 1, "processing", name=name, progress=None))
        form = same[0] if same else store.forms[0]
        told = {"id": form["id"], "status": "processing", "video_id": form["video_id"], "name": name}
        return jsonify({**told, "duplicate": bool(same)}), 202

    @app.post("/api/reconstitute")
    def join() -> tuple[Response, int]:
        asked = request.get_json()
        url = form_of(asked["stored_id"])["original_url" if asked["original"] else "stream_url"]
        if not url:
            return jsonify({"error": "the original is gone", "code": "gone", "hint": "play the compact copy"}), 410
        return jsonify({"stream_url": url, "ready": True, "seconds": 0.1}), 200

    @app.get("/stream/<form_id>")
    def stream(form_id: str) -> Response:
        return _send(store.looks[store.items[form_of(form_id)["video_id"]]["look"]].clip)

    @app.get("/api/videos/<int:video_id>/artifacts/stored/script")
    def script(video_id: int) -> Response:
        return Response("[00:00:01] Hello.\n<b>[Visual description]</b>\n", mimetype="text/plain")


def _models(app: Flask, store: Store) -> None:
    @app.get("/api/models")
    def list_models() -> Response:
        return jsonify(store.shelf)

    @app.patch("/api/settings")
    def change() -> Response:
        return jsonify({"settings": store.change(request.get_json())})

    @app.post("/api/models/<name>/pull")
    def pull_model(name: str) -> tuple[Response, int]:
        store.model(name)["pull"] = pulling("queued")
        return jsonify({"id": "a1"}), 202

    @app.delete("/api/models/<name>")
    def remove_model(name: str) -> Response:
        store.model(name).update(here=False, pulled=False, disk_bytes=0)
        return jsonify({"removed": name})

    @app.delete("/api/jobs/a1")
    def stop_pull() -> Response:
        for each in store.shelf["models"]:
            each["pull"] = None
        return jsonify({})


def _files(app: Flask, store: Store) -> None:
    @app.get("/files/<look>/<any(thumb,sheet,index,preview,heat,scenes):part>")
    def artifact(look: str, part: str) -> Response:
        return _send(getattr(store.looks[look], part), max_age=3600)

    @app.route("/api/videos/<int:video_id>/file")
    def file(video_id: int) -> Response:
        return _send(store.looks[store.items[video_id]["look"]].clip)


def _send(path: Path, max_age: int | None = None) -> Response:
    # From memory: a browser that hangs up in the middle would leave a real file open behind it.
    return send_file(
        io.BytesIO(path.read_bytes()), conditional=True, download_name=path.name, etag=path.name, max_age=max_age
    )


def _stream(store: Store, mine: queue.Queue[str]) -> Iterator[str]:
    yield ": hello\n\n"
    try:
        while True:
            try:
                yield mine.get(timeout=0.5)
            except queue.Empty:
                yield ": still here\n\n"
    finally:
        with store.telling:
            store.streams.remove(mine)


class Handler(WSGIRequestHandler):
    """Keeps connections, as the real server does, and writes no log: a page asks for fifty files."""

    protocol_version = "HTTP/1.1"

    def log_request(self, *_: object) -> None:
        """Say nothing."""


class Served:
    """A store behind a real socket, in a thread."""

    def __init__(self, store: Store, port: int = 0) -> None:
        self.store = store
        self.server: BaseWSGIServer = make_server(
            "127.0.0.1", port, create_app(store), threaded=True, request_handler=Handler
        )
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Served:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)
