"""kept: stored forms as the API tells of them, for pages over data in memory."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from typing import Any

STATES = ("ready", "processing", "failed", "unavailable")


def item(number: int = 1, status: str = "ready", **more: Any) -> dict[str, Any]:
    """One stored form; ``more`` overrides any key."""
    form_id, ready = str(uuid.UUID(int=number)), status == "ready"
    base = f"/api/videos/{number}/artifacts/stored"
    files = {name: f"{base}/{name}" if ready else None for name in ("audio", "script", "resultant", "manifest")}
    made = {"source_bytes": 17_700_000, "stored_bytes": 122_000 if ready else None, "ratio": 145.1 if ready else None}
    return {
        "id": form_id,
        "status": status,
        "progress": 0.4 if status == "processing" else None,
        "error": "" if ready else "it cannot be made",
        "fix": "",
        "video_id": number,
        "name": f"film {number}.mp4",
        "path": f"film {number}.mp4",
        "library": "Films",
        "thumb_url": None,
        "watch_url": f"/watch/{number}",
        "duration_seconds": 64.0,
        **made,
        "ssim": 0.912 if ready else None,
        "backend": "proxy",
        "model": "",
        "origin": "real",
        "stale": False,
        "made_at": time.time() - 600 if ready else None,
        "original": "here",
        "has_original": True,
        "files": files,
        "stream_url": f"/stream/{form_id}?original=0",
        "original_url": f"/stream/{form_id}?original=1",
        "download_url": f"/stream/{form_id}?original=0&download=1",
        **more,
    }


def listing(*forms: Mapping[str, Any], query: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What GET /api/stored answers."""
    asked = query or {}
    named = [form for form in forms if asked.get("q", "").lower() in form["name"].lower()]
    found = [form for form in named if asked.get("status", "") in ("", form["status"])]
    start, limit = int(asked.get("offset", 0)), int(asked.get("limit", 60))
    ready = [form for form in forms if form["status"] == "ready"]
    return {
        "ids": [form["id"] for form in found[start : start + limit]],
        "stored": found[start : start + limit],
        "total": len(found),
        "counts": {state: sum(form["status"] == state for form in named) for state in STATES},
        "source_bytes": sum(form["source_bytes"] for form in ready),
        "stored_bytes": sum(form["stored_bytes"] for form in ready),
        "next_offset": start + limit if len(found) > start + limit else None,
    }


def terms() -> dict[str, Any]:
    """What an upload may be."""
    return {"max_bytes": 100 * 10**9, "keep_original": True, "extensions": ["mp4", "mkv"]}
