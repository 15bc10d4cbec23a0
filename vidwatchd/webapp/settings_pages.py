"""settings_pages: the settings as the page shows them: stored forms on top, each value in the control that fits it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

STORED = "Stored forms"
# Part of the group "Stored forms" → its settings: sections of the file, or single keys of other sections.
PARTS = {
    "Script": ("script.",),
    "Picture": ("t2v.", "device"),
    "Sound": ("audio.",),
    "Keeping": ("store.",),
}
# The kind has every setting once more, for what is to hold for nothing but itself.
KIND_PREFIX, KIND_TITLE = "artifacts.stored.", "Stored forms: what differs for those in the libraries"
LABELS = {
    "device": "Device (T2V / BLIP)",
    "audio.format": "Format of the sound",
    "audio.max_mb": "Size of the sound, in MB",
    "audio.mono": "One channel only",
    "audio.ffmpeg_path": "Path of ffmpeg",
    "script.backend": "Transcript comes from",
    "script.model": "Speech model",
    "script.visual_backend": "Pictures described by",
    "script.visual_interval_sec": "A picture every so many seconds",
    "script.visual_max_frames": "At most so many pictures",
    "t2v.backend": "Stands in for the picture",
    "t2v.model_id": "Model that makes pictures",
    "t2v.model_path": "Folder of such a model",
    "t2v.max_mb": "Size of the picture, in MB",
    "t2v.duration_sec": "Length of the placeholder, in seconds",
    "t2v.steps": "Steps of the model",
    "t2v.seed": "Seed",
    "t2v.device": "Device for pictures alone",
    "store.keep_original": "Keep what is uploaded",
    "store.min_free_gb": "Room that is left free, in GB",
    "store.uploads_folder": "Folder of uploads",
    "store.max_upload_gb": "Largest upload, in GB",
    "store.cache_gb": "Room for joined films, in GB",
}


def arranged(groups: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """``[{"title", "parts": [{"title", "settings"}], "count", "changed"}]``: the groups with stored forms first.

    Each setting gets ``plain``, its value decoded, ``value_code`` and ``default_code`` in ASCII, ``value_words`` and
    ``default_words`` for people, and a ``label``.
    """
    held: dict[str, list[dict[str, Any]]] = {part: [] for part in PARTS}
    others: list[tuple[str, list[dict[str, Any]]]] = []
    for group in groups:
        rows = [_shown(row) for row in group["settings"]]
        for row in rows:
            if part := _part(row["key"]):
                held[part].append(row)
        title = KIND_TITLE if rows and rows[0]["key"].startswith(KIND_PREFIX) else group["title"]
        others.append((title, [row for row in rows if not _part(row["key"])]))
    first = _group(STORED, [(part, rows) for part, rows in held.items() if rows])
    rest = [_group(title, [("", rows)]) for title, rows in others if rows]
    return [first, *rest] if first["count"] else rest


def _part(key: str) -> str:
    for part, names in PARTS.items():
        if any(key.startswith(name) if name.endswith(".") else key == name for name in names):
            return part
    return ""


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    plain = json.loads(row["value"])
    # Without odd characters, for an attribute that a script reads.
    codes = {f"{name}_code": json.dumps(json.loads(row[name])) for name in ("value", "default")}
    words = {f"{name}_words": _words(json.loads(row[name])) for name in ("value", "default")}
    return {**row, **codes, **words, "plain": plain, "label": LABELS.get(row["key"], "")}


def _words(value: Any) -> str:
    if isinstance(value, str):
        return value or "empty"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list) and not any(isinstance(each, (list, dict)) for each in value):
        return ", ".join(map(str, value)) or "none"
    return "as it comes" if value is None else json.dumps(value, ensure_ascii=False)


def _group(title: str, parts: list[tuple[str, list[dict[str, Any]]]]) -> dict[str, Any]:
    rows = [row for _, settings in parts for row in settings]
    changed = sum(bool(row["changed"]) for row in rows)
    named = [{"title": part, "settings": settings} for part, settings in parts]
    return {"title": title, "parts": named, "count": len(rows), "changed": changed}
