"""settings: every setting of the file in use: its value, its default, and a sentence of what it does; and changing one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from vidwatchd import artifacts
from vidwatchd import config as files
from vidwatchd.config import Config
from vidwatchd.errors import ConfigError, UsageError
from vidwatchd.model import portable
from vidwatchd.operations import Context, joined, models, programs
from vidwatchd.operations.setting_rows import PROGRAM, fixed, rows


def listed(ctx: Context) -> dict[str, Any]:
    """``{"file", "exists", "changed", "groups": [{"title", "settings": [row]}]}``.

    A row has ``key value default help changed``, and for an editor ``type choices minimum maximum above whole editable
    note``. Values are JSON as one writes it into the file; ``changed``: it differs from the default, or how many do.
    """
    file = ctx.config.writable_file
    groups: dict[str, list[dict[str, Any]]] = {}
    for title, row in rows(ctx.config):
        groups.setdefault(title, []).append(row)
    listed = [{"title": title, "settings": rows} for title, rows in groups.items()]
    changed = sum(row["changed"] for rows in groups.values() for row in rows)
    return {"file": portable(str(file)), "exists": ctx.config.source is not None, "changed": changed, "groups": listed}


def shown(ctx: Context, key: str) -> dict[str, Any]:
    """One setting's row. Raises ConfigError for none."""
    found = _by_key(ctx.config)
    if key not in found:
        raise files.unknown(key, _near(key, found), where="settings")
    return found[key]


def change(ctx: Context, values: Mapping[str, Any]) -> dict[str, Any]:
    """Set settings (dotted key → value as JSON has it, None: back to the default) in the file in use: ``{"file", "settings"}``.

    All of them or none; what else stands in the file stays as it is. Raises ConfigError, UsageError, StorageError.
    """
    if not values:
        raise UsageError("no setting was named", hint='send {"thresholds.scene": 0.3}')
    for key, value in values.items():
        _check(ctx, key, value)
    with ctx.changing_settings:
        ctx.config = files.save_values(ctx.config, values, artifacts.check)
    ctx.notify("settings", {"keys": list(values)})
    now = _by_key(ctx.config)
    return {"file": portable(str(ctx.config.writable_file)), "settings": [now[key] for key in values]}


def storage(ctx: Context) -> list[dict[str, Any]]:
    """What this program keeps beside the videos' own artifacts: ``[{"what", "where", "bytes"}]``, free room last."""
    config, index = ctx.config, ctx.index.path
    kept = sum(os.path.getsize(file) for file in (index, f"{index}-wal") if os.path.exists(file)) if index else 0
    found = models.listed(ctx)
    return [
        {"what": "Index", "where": portable(index or config.data_folder), "bytes": kept},
        {"what": "Models", "where": found["folder"], "bytes": sum(model["disk_bytes"] for model in found["models"])},
        {"what": "Films joined to be played", "where": portable(joined.folder(ctx)), "bytes": joined.taken_bytes(ctx)},
        {"what": "Free for models", "where": found["folder"], "bytes": found["free_bytes"]},
    ]


def _check(ctx: Context, key: str, value: Any) -> None:
    shown(ctx, key)
    if why := fixed(key):
        raise UsageError(f"{key} is not changed here: {why}", hint=f"edit {portable(str(ctx.config.writable_file))}")
    if key.rpartition(".")[2] == PROGRAM and value:
        if not isinstance(value, str):
            raise ConfigError(f"{key}: must be text, not {value!r}")
        programs.check_ffmpeg(ctx, key, value)


def _by_key(config: Config) -> dict[str, dict[str, Any]]:
    return {row["key"]: row for _, row in rows(config)}


def _near(key: str, known: Mapping[str, Any]) -> list[str]:
    """The last parts of the keys that share the wrong one's group."""
    head = key.rpartition(".")[0]
    return [name.rpartition(".")[2] for name in known if name.rpartition(".")[0] == head] or [*known]
