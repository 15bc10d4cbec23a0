"""setting_rows: what is known of each setting: value, default, help, and what an editor of it needs to know."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from vidwatchd import artifacts
from vidwatchd.config import Config

GENERAL = "General"
PROGRAM = "ffmpeg_path"

_AT_START = "it decides what is begun at the start"
_EXPOSED = "it decides who can reach this program"
# Key, or the group of keys, → why it is changed in the file alone.
_FIXED: Mapping[str, str] = {
    "libraries": "the page Libraries changes them",
    "data_dir": _AT_START,
    "serve": _EXPOSED,
    "models.folder": "what was pulled lies there",
    "store.uploads_folder": "what was uploaded lies there",
    "artifacts.layout": "what was made lies where it says",
    "artifacts.subtitles.whisper_cpp_bin": "it names a program that is run",
}
_LATER = "takes effect at the next start"
# Read once, when their parts begin.
_NOTES: Mapping[str, str] = {
    **dict.fromkeys(("workers.total", "jobs.nice", "jobs.idle_seconds", "models.idle_seconds"), _LATER),
    **dict.fromkeys(("watch.debounce_seconds", "watch.rescan_minutes", "watch.polling", "watch.poll_seconds"), _LATER),
    **dict.fromkeys(("scan.extensions", "scan.ignore"), "noticed by the watcher from the next start on"),
}


def rows(config: Config) -> Iterator[tuple[str, dict[str, Any]]]:
    """(title of its group, row) of every setting, in the order of the file."""
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


def fixed(key: str) -> str:
    """Why a setting is changed in the file alone; "" when it may be changed by a request."""
    parts = key.split(".")
    return next((why for n in range(1, len(parts) + 1) if (why := _FIXED.get(".".join(parts[:n])))), "")


def _kind_rows(config: Config, kind: str, title: str) -> Iterator[tuple[str, dict[str, Any]]]:
    now, usual = artifacts.settings_for(config, kind), artifacts.settings_for(Config(), kind)
    for name, field in type(now).model_fields.items():
        yield title, _row(f"artifacts.{kind}.{name}", getattr(now, name), field, getattr(usual, name))


def _row(key: str, value: Any, field: FieldInfo, default: Any) -> dict[str, Any]:
    shown, usual, why = _json(value), _json(default), fixed(key)
    values = {"key": key, "value": shown, "default": usual, "help": field.description or "", "changed": shown != usual}
    note = f"{why}: edit the file" if why else _NOTES.get(key, "")
    return {**values, **_form(field), "editable": not why, "note": note}


def _form(field: FieldInfo) -> dict[str, Any]:
    """What an input for it looks like. ``above`` and ``below`` are limits that are not allowed themselves."""
    kind, choices = _type(field.annotation)
    limits = {
        "minimum": _limit(field, "ge", "gt"), "maximum": _limit(field, "le", "lt"),
        "above": _limit(field, "gt") is not None, "whole": field.annotation is int,
    }  # fmt: skip
    return {"type": kind, "choices": choices, **limits}


def _type(annotation: Any) -> tuple[str, list[Any]]:
    """bool, number, text, choice or list; with the choices."""
    inner = [part for part in get_args(annotation) if part is not NoneType]
    if get_origin(annotation) in (Union, UnionType) and len(inner) == 1:
        return _type(inner[0])
    if get_origin(annotation) is Literal:
        return "choice", list(inner)
    if get_origin(annotation) in (tuple, list):
        return "list", []
    return {bool: "bool", int: "number", float: "number"}.get(annotation, "text"), []


def _limit(field: FieldInfo, *names: str) -> float | None:
    found = [getattr(limit, name, None) for limit in field.metadata for name in names]
    return next((value for value in found if value is not None), None)


def _title(section: BaseModel) -> str:
    return (type(section).__doc__ or "").partition("\n")[0].partition(" (")[0].rstrip(".")


def _json(value: Any) -> str:
    """As it stands in a settings file."""
    return json.dumps(_plain(value), ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_defaults=True)
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value
