"""settings: every setting of the file in use: its value, its default, and a sentence of what it does."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from vidwatchd import artifacts
from vidwatchd.config import Config
from vidwatchd.model import portable
from vidwatchd.operations import Context, joined, models

GENERAL = "General"


def listed(ctx: Context) -> dict[str, Any]:
    """``{"file", "exists", "changed", "groups": [{"title", "settings": [{"key", "value", "default", "help", "changed"}]}]}``.

    Values are JSON as one writes it into the file; ``changed``: it differs from the default, or how many do.
    """
    file = ctx.config.writable_file
    groups: dict[str, list[dict[str, Any]]] = {}
    for title, row in _rows(ctx.config):
        groups.setdefault(title, []).append(row)
    listed = [{"title": title, "settings": rows} for title, rows in groups.items()]
    changed = sum(row["changed"] for rows in groups.values() for row in rows)
    return {"file": portable(str(file)), "exists": ctx.config.source is not None, "changed": changed, "groups": listed}


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


def _rows(config: Config) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, field in Config.model_fields.items():
        value = getattr(config, name)
        if field.exclude:
            continue
        if isinstance(value, BaseModel):
            yield from (
                (_title(value), _row(f"{name}.{inner}", getattr(value, inner), known, known.default))
                for inner, known in type(value).model_fields.items()
            )
        else:
            yield GENERAL, _row(name, value, field, field.default)
    for kind in artifacts.KINDS.values():
        yield from _kind_rows(config, kind.name, kind.title)


def _kind_rows(config: Config, kind: str, title: str) -> Iterator[tuple[str, dict[str, Any]]]:
    now, usual = artifacts.settings_for(config, kind), artifacts.settings_for(Config(), kind)
    for name, field in type(now).model_fields.items():
        yield title, _row(f"artifacts.{kind}.{name}", getattr(now, name), field, getattr(usual, name))


def _row(key: str, value: Any, field: FieldInfo, default: Any) -> dict[str, Any]:
    shown, usual = _json(value), _json(default)
    return {"key": key, "value": shown, "default": usual, "help": field.description or "", "changed": shown != usual}


def _title(section: BaseModel) -> str:
    return (type(section).__doc__ or "").partition("\n")[0].partition(" (")[0].rstrip(".")


def _json(value: Any) -> str:
    """As it stands in a settings file."""
    return json.dumps(_plain(value), ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_defaults=True)
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value
