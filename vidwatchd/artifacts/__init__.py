"""artifacts: every kind that can be made of a video, in the order made; adding one is one file and one line here."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from operator import attrgetter
from typing import Any

from pydantic import ValidationError

from vidwatchd.artifacts.base import Kind
from vidwatchd.artifacts.chapters import Chapters
from vidwatchd.artifacts.faces import Faces
from vidwatchd.artifacts.heatmaps import Heatmaps
from vidwatchd.artifacts.meaning import Meaning
from vidwatchd.artifacts.metadata import Metadata
from vidwatchd.artifacts.phash import Phash
from vidwatchd.artifacts.previews import Previews
from vidwatchd.artifacts.scenes import Scenes
from vidwatchd.artifacts.sprites import Sprites
from vidwatchd.artifacts.stored import Stored
from vidwatchd.artifacts.subtitles import Subtitles
from vidwatchd.artifacts.thumbs import Thumbs
from vidwatchd.config import ArtifactsConfig, Config, explain, unknown
from vidwatchd.errors import ConfigError, NotFound

KINDS: dict[str, type[Kind]] = {
    kind.name: kind
    for kind in (
        Metadata,
        Thumbs,
        Sprites,
        Phash,
        Heatmaps,
        Previews,
        Scenes,
        Faces,
        Subtitles,
        Chapters,
        Meaning,
        Stored,
    )
}


def kind(name: str) -> type[Kind]:
    """The kind called ``name``, or by one of its aliases. Raises NotFound with the nearest right name."""
    found = KINDS.get(name) or next((kind for kind in KINDS.values() if name in kind.aliases), None)
    if found is None:
        near = difflib.get_close_matches(name, _names(), n=1, cutoff=0.5)
        hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(KINDS)}"
        raise NotFound(f"there is no kind {name!r}", hint=hint)
    return found


def settings_for(config: Config, kind_name: str, overrides: Mapping[str, Any] | None = None) -> Kind:
    """One kind with its settings: the defaults, over them the file's ``artifacts.<kind>``, over them a command's flags.

    Raises ConfigError naming the key and the nearest right one, NotFound for an unknown kind.
    """
    found = kind(kind_name)
    elsewhere = {field: attrgetter(key)(config) for field, key in found.defaults.items()}
    values = {**elsewhere, **_section(config, found.name), **(overrides or {})}
    try:
        return found(**values)
    except ValidationError as error:
        where = "asked for" if {*error.errors()[0]["loc"][:1]} & {*(overrides or {})} else _where(config)
        raise explain(error, found, where=where, prefix=f"artifacts.{found.name}") from error


def check(config: Config) -> None:
    """Refuse settings of kinds that do not exist and settings that their kinds do not know. Raises ConfigError."""
    for name in config.artifacts.model_extra or {}:
        if name not in KINDS:
            raise unknown(f"artifacts.{name}", [*KINDS, *ArtifactsConfig.model_fields], where=_where(config))
    for name in KINDS:
        settings_for(config, name)


def _section(config: Config, name: str) -> Mapping[str, Any]:
    section = (config.artifacts.model_extra or {}).get(name, {})
    if not isinstance(section, Mapping):
        raise ConfigError(f"{_where(config)}: artifacts.{name} must be a group of settings, not {section!r}")
    return section


def _where(config: Config) -> str:
    return str(config.source or "settings")


def _names() -> list[str]:
    return [*KINDS, *(alias for kind in KINDS.values() for alias in kind.aliases)]
