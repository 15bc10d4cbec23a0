"""scenarios: what a stand-in dashboard can show: a lived-in library, an empty one, none at all."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.browser.stand_in import Store


CUT = "the file ends in the middle of a frame (moov atom not found)"


def library(number: int, name: str, root: str, **more: Any) -> dict[str, Any]:
    """One healthy library; ``more`` overrides any key."""
    base = {
        "id": number,
        "name": name,
        "root": root,
        "online": True,
        "problem": "",
        "held": "",
        "watched": True,
        "videos": 0,
        "gone": 0,
        "unknown": 0,
        "bytes": 0,
        "last_scan_at": time.time() - 300,
        "scan_seconds": 0.4,
        "watch": {"mode": "inotify", "reason": "", "fix": ""},
        "scanning": False,
    }
    return {**base, **more}


def counts(done: int = 0, queued: int = 0, running: int = 0, failed: int = 0, **more: Any) -> dict[str, Any]:
    """One kind's line of the job summary."""
    left = 12.0 * (queued + running) if queued + running else None
    base = {"done": done, "queued": queued, "running": running, "failed": failed, "paused": False, "left_seconds": left}
    return {**base, **more}


def no_duplicates(**more: Any) -> dict[str, Any]:
    """What the duplicates page is told when nothing was found; ``more`` overrides any key."""
    return {"groups": [], "compared": 0, "without_hash": 0, "computing": False, **more}


def group(store: Store, kind: str, ids: list[int], keeper: int, reason: str, similarity: float = 1.0) -> dict[str, Any]:
    """One group of duplicates."""
    videos = [store.items[number] for number in ids]
    return {"kind": kind, "similarity": similarity, "keeper": keeper, "reason": reason, "videos": videos}


def covered(
    kind: str, done: int, missing: int = 0, failed: int = 0, unavailable: int = 0, **more: Any
) -> dict[str, Any]:
    """One kind's line of the coverage; ``more`` overrides any key."""
    total = done + missing + failed + unavailable
    base = {
        "kind": kind.lower(),
        "title": kind,
        "summary": f"{more.get('title', kind)} of every video, beside it.",
        "done": done,
        "percent": int(1000 * done / total) / 10,
        "missing": missing,
        "failed": failed,
        "unavailable": unavailable,
        "reasons": {"failed": [], "unavailable": []},
        "fix": "",
    }
    return {**base, **more}


def model(name: str, size_bytes: int, **more: Any) -> dict[str, Any]:
    """One model that is not here; ``more`` overrides any key."""
    base = {
        "name": name,
        "title": f"Whisper {name}",
        "task": "transcribe",
        "task_title": "Speech to text",
        "backend": "faster-whisper",
        "licence": "MIT",
        "non_commercial": False,
        "repo": f"Systran/faster-whisper-{name}",
        "size_bytes": size_bytes,
        "here": False,
        "disk_bytes": 0,
        "pulled": False,
        "commit": "",
        "used_by": [],
        "pull": None,
    }
    return {**base, **more}


def models(*listed: dict[str, Any]) -> dict[str, Any]:
    """What the settings page is told of models."""
    return {"folder": "/var/lib/vidwatchd/models", "free_bytes": 212 * 10**9, "models": list(listed)}


def pulling(state: str, done: int = 0, of: int = 0, error: str = "") -> dict[str, Any]:
    """An order to pull a model."""
    progress = done / of if of else 0.0
    return {"id": "a1", "state": state, "error": error, "progress": progress, "done_bytes": done, "total_bytes": of}


def some_models() -> dict[str, Any]:
    """One of every state."""
    search = {"task": "embed", "task_title": "Search by meaning", "backend": "transformers"}
    own = {"task_title": "Others", "backend": "", "title": "A folder of your own", "licence": "", "repo": ""}
    lost = (
        "model.bin of large-v3 did not arrive whole: the connection was closed (vidwatchd models pull large-v3 goes on)"
    )
    return models(
        model("tiny", 78_000_000, here=True, pulled=True, disk_bytes=78_203_619),
        model("base", 148_000_000, pull=pulling("running", 61_000_000, 148_000_000)),
        model("small", 486_000_000, used_by=["artifacts.subtitles.model"]),
        model("medium", 1_531_000_000, pull=pulling("queued")),
        model("large-v3", 3_091_000_000, pull=pulling("failed", error=lost)),
        model("siglip2-base", 1_539_000_000, licence="Apache-2.0", title="SigLIP 2: pictures and words", **search),
        model("odd-one", 90_000_000, licence="CC-BY-NC-4.0", non_commercial=True, title="A model of a lab", **search),
        model("my-own <b>", 5, here=True, disk_bytes=5_000_000, **own),
    )


def setting(key: str, value: str, default: str, help: str, type_: str = "text", **more: Any) -> dict[str, Any]:
    """One setting as the operations tell of it."""
    limits = {"choices": [], "minimum": None, "maximum": None, "above": False, "whole": False}
    row = {"key": key, "value": value, "default": default, "help": help, "changed": value != default, "type": type_}
    return {**row, **limits, "editable": True, "note": "", **more}


def some_settings() -> dict[str, Any]:
    """Groups with a setting of every type; some are changed, some are not for a browser to change."""
    fixed = {"editable": False, "note": "it counts at the start only: edit the file"}
    hosts = '["nas.local", "films.example"]'
    visual = ["none", "auto", "facts", "blip", "blip2"]
    server = [
        setting("serve.port", "8420", "8420", "port to listen on", "number", **fixed),
        setting("serve.allowed_hosts", hosts, "[]", "further Host names that may reach the dashboard", "list", **fixed),
    ]
    seconds = setting("watch.settle_seconds", "5.0", "5.0", "a file unchanged for this long is complete", "number")
    script = [
        setting("script.visual_backend", '"none"', '"none"', "what describes the pictures", "choice", choices=visual),
        setting("script.visual_interval_sec", "1.0", "1.0", "how often", "number", minimum=0.1, maximum=3600),
    ]
    audio = [
        setting("audio.mono", "false", "false", "keep one channel", "bool"),
        setting("audio.ffmpeg_path", '""', '""', "ffmpeg to use; empty: media.ffmpeg_path"),
    ]
    endings = setting("scan.extensions", '["mp4", "mkv"]', '["mp4", "mkv"]', "file endings that are videos", "list")
    general = setting("device", '"auto"', '"auto"', "where models run", "choice", choices=["auto", "cuda", "cpu"])
    room = "stored forms are made by themselves only while so much is free on the disk"
    store = [setting("store.min_free_gb", "5.0", "5.0", room, "number", minimum=0)]
    groups = [
        {"title": "General", "settings": [general]},
        {"title": "The dashboard's server", "settings": server},
        {"title": "How changes on disk are noticed", "settings": [seconds, endings]},
        {"title": "The text of stored forms", "settings": script},
        {"title": "The sound of stored forms", "settings": audio},
        {"title": "Keeping stored forms", "settings": store},
    ]
    storage = [
        {"what": "Index", "where": "/var/lib/vidwatchd/index.db", "bytes": 41_000_000},
        {"what": "Models", "where": "/var/lib/vidwatchd/models", "bytes": 83_000_000},
        {"what": "Free for models", "where": "/var/lib/vidwatchd/models", "bytes": 212 * 10**9},
    ]
    file = "/home/you/.config/vidwatchd/videorc.json"
    return {"file": file, "exists": True, "changed": 1, "groups": groups, "storage": storage}


def some_checks() -> list[dict[str, str]]:
    """A finding of every state."""
    found = [
        ("vidwatchd", "ok", "0.1.0, settings from /home/you/.config/vidwatchd/videorc.json", ""),
        ("ffmpeg", "ok", "9.0.2 at /usr/bin/ffmpeg", ""),
        ("hardware", "missing", "no hardware decoding works here", ""),
        ("data folder", "warn", "/var/lib/vidwatchd, 0.9 GB free", "free some space, or --data-dir"),
        ("index", "fail", "it is damaged: row 12 missing from index", "move index.db away: a scan builds a new one"),
        ("extra subtitles", "missing", "not installed: faster-whisper", "pip install 'vidwatchd[subtitles]'"),
    ]
    return [{"name": name, "state": state, "detail": detail, "fix": fix} for name, state, detail, fix in found]


def rich(store: Store) -> Store:
    """A lived-in library: several folders, tags, people, odd names and every state."""
    looks = itertools.cycle(store.looks)
    names = [
        "Harbour at dawn.mp4",
        "Grandma's 80th – speeches.mov",
        "Lecture 07 · Fourier series.mkv",
        "GX010432.MP4",
        "2019-08-14 Sarek, day three — the long way round the glacier and back.mp4",
        "interview_take_2.mov",
        "Big Buck Bunny.webm",
        "dashcam 2024-11-02.mp4",
        "Kitchen before.mp4",
        "Kitchen after.mp4",
        'screencast <b>bold</b> & "quotes".mkv',
        "Timelapse clouds.mp4",
    ]
    tags = ["family", "holiday", "lecture", "b-roll", "kitchen", "to edit", "outdoors", "4k master"]
    people = ["Ada Lindqvist", "Tomás", "Grandma"]
    sizes = [(3840, 2160), (1920, 1080), (1280, 720), (1920, 800), (640, 480)]
    for number in range(90):
        name = names[number % 12] if number < 12 else f"{names[number % 12].rsplit('.', 1)[0]} ({number}).mp4"
        width, height = sizes[number % 5]
        video = store.add(
            name,
            next(looks),
            folder=["", "2024/Summer", "Rushes"][number % 3],
            size_bytes=37_000_000 * (number % 9 + 1),
            tags=tags[number % 8 : number % 8 + number % 4],
            performers=people[number % 3 : number % 3 + number % 2],
            people=people[number % 3 : number % 3 + number % 2],
            duration_seconds=[754.2, 64.0, 3723.0, 20.0][number % 4],
            width=width,
            height=height,
            video_codec=["h264", "hevc", "vp9"][number % 3],
            added_at=time.time() - number * number * 500,
        )
        if store.looks[video["look"]].height > store.looks[video["look"]].width:
            video.update(width=1080, height=1920)
        if number % 4 == 3:
            video["duration_seconds"] = store.looks[video["look"]].seconds
    _trouble(store)
    store.roots = _roots()
    store.summary = _summary(store)
    store.alike = _alike(store)
    store.cover = _cover()
    return store


def _alike(store: Store) -> dict[str, Any]:
    twins = [(store.items[1], store.items[13]), (store.items[7], store.items[19]), (store.items[7], store.items[31])]
    for number, (one, other) in enumerate(twins):
        small = {"width": one["width"] // 2, "height": one["height"] // 2, "size_bytes": one["size_bytes"] // 3}
        same = {"duration_seconds": (one["duration_seconds"] or 60) - 2 * number}
        other.update(small, **same, look=one["look"], thumb_url=one["thumb_url"], sprite=one["sprite"], folder="old")
        other.update(path=f"old/{other['name']}", library="NAS", video_codec="mpeg4", tags=[])
    copied = {**store.items[11], "id": 12, "folder": "copies", "path": "copies/11.mkv", "name": "11.mkv", "tags": []}
    store.items[12] = copied
    return no_duplicates(
        compared=88,
        without_hash=2,
        groups=[
            group(store, "exact", [11, 12], 11, "the older of two files with the same content"),
            group(store, "near", [13, 1], 1, "the larger picture, at four times the pixels", 0.984),
            group(store, "near", [7, 19, 31], 7, "the larger picture", 0.953),
        ],
    )


def _cover() -> dict[str, Any]:
    cut = [{"reason": CUT, "count": 1}, {"reason": "the worker ran out of memory", "count": 1}]
    pip = "faster-whisper is not installed (pip install 'vidwatchd[subtitles]')"
    return {
        "total": 90,
        "kinds": [
            covered("Metadata", 90),
            covered("Thumbs", 87, 1, 2, title="Thumbnails", reasons={"failed": cut, "unavailable": []}),
            covered("Sprites", 61, 28, 1, title="Sprite sheets", reasons={"failed": cut[:1], "unavailable": []}),
            covered("Previews", 40, 50, title="Hover previews"),
            covered("Phash", 88, 2, title="Perceptual hashes"),
            covered("Heatmaps", 12, 78),
            covered("Scenes", 3, 87),
            covered(
                "Subtitles", 0, 5, 0, 85, fix=pip, reasons={"failed": [], "unavailable": [{"reason": pip, "count": 85}]}
            ),
            covered("Faces", 0, 90),
        ],
    }


def _roots() -> list[dict[str, Any]]:
    return [
        library(1, "Films", "/srv/films", videos=88, bytes=214_000_000_000, gone=1, unknown=1, scanning=False),
        library(
            2,
            "Old disk",
            "/mnt/usb/archive",
            videos=412,
            bytes=1_900_000_000_000,
            online=False,
            problem="/mnt/usb/archive is empty where 412 videos were; its marker file is missing.",
            watched=True,
            last_scan_at=time.time() - 9 * 86400,
            watch={"mode": "off", "reason": "the folder is not there", "fix": ""},
        ),
        library(
            3,
            "NAS",
            "/mnt/nas/video",
            videos=50,
            bytes=90_000_000_000,
            held="42 of 50 videos are missing: Lectures/01.mp4, Lectures/02.mp4 and 40 more.",
            watch={
                "mode": "polling",
                "reason": "the inotify table is full (8192 watches)",
                "fix": "sysctl fs.inotify.max_user_watches=524288",
            },
        ),
    ]


def _summary(store: Store) -> dict[str, Any]:
    return {
        "paused": False,
        "kinds": {
            "metadata": counts(90),
            "thumbs": counts(87, 1, 0, 2),
            "sprites": counts(61, 24, 2, 1),
            "scenes": counts(3, 87),
        },
        "running": [
            {
                "id": 7,
                "kind": "sprites",
                "video_id": 3,
                "video_name": "Lecture 07 · Fourier series.mkv",
                "progress": 0.62,
                "started_at": time.time(),
            },
            {
                "id": 8,
                "kind": "sprites",
                "video_id": 5,
                "video_name": store.items[5]["name"],
                "progress": 0.08,
                "started_at": time.time(),
            },
        ],
        "failed": [
            {
                "id": 3,
                "kind": "thumbs",
                "video_id": 8,
                "video_name": "dashcam 2024-11-02.mp4",
                "error": CUT,
                "attempts": 3,
                "when": time.time() - 5000,
            },
            {
                "id": 4,
                "kind": "thumbs",
                "video_id": 10,
                "video_name": "Kitchen after.mp4",
                "error": "the worker ran out of memory",
                "attempts": 1,
                "when": time.time() - 50,
            },
            {
                "id": 5,
                "kind": "sprites",
                "video_id": 8,
                "video_name": "dashcam 2024-11-02.mp4",
                "error": "no frame could be read",
                "attempts": 3,
                "when": time.time() - 4000,
            },
        ],
    }


def _trouble(store: Store) -> None:
    bare: dict[str, Any] = {"thumb_url": None, "sprite": None}
    done = store.items[1]["artifacts"]
    store.items[4].update(bare, artifacts={**dict.fromkeys(done, "missing"), "metadata": "done"})
    store.items[8].update(
        bare,
        artifacts={**dict.fromkeys(done, "failed"), "metadata": "done"},
        preview_url=None,
        heat_url=None,
        scenes_url=None,
        problem=CUT,
        duration_seconds=None,
        width=None,
        height=None,
    )
    store.items[6].update(presence="gone", problem="")
    store.items[9].update(presence="unknown", problem="input/output error while reading it")
    store.items[10].update(artifacts={**done, "thumbs": "stale", "sprites": "unavailable", "faces": "missing"})
    store.items[2].update(
        playable=False,
        why_not="Its picture is HEVC, which this browser may not show.",
        rating=4,
        notes="Sound is best from the third minute on.",
    )


SCENARIOS: dict[str, Callable[[Store], Store]] = {
    "rich": rich,
    "first": lambda store: store,
    "bare": lambda store: store.roots.append(library(1, "Films", "/srv/films")) or store,
}
