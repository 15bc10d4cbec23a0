"""config: videorc.json read into a checked ``Config``; an unknown key is an error that names the nearest right one.

Order of precedence: flag > environment > file > default. The file is the first of ``--config``, ``$VIDEORC``,
``videorc.json`` in the target folder, and the platform's configuration folder (with ``--data-dir``: that folder).
"""

from __future__ import annotations

import difflib
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import UnionType
from typing import Any, Literal, get_args

import platformdirs
from pydantic import BaseModel, Field, ValidationError

from vidwatchd.config.sections import (
    ArtifactsConfig,
    AudioConfig,
    JobsConfig,
    LibraryConfig,
    MediaConfig,
    ModelsConfig,
    PeopleConfig,
    ScanConfig,
    ScriptConfig,
    Section,
    ServeConfig,
    StoreConfig,
    T2vConfig,
    ThresholdsConfig,
    WatchConfig,
    WorkersConfig,
    setting,
)
from vidwatchd.errors import ConfigError, StorageError
from vidwatchd.model import native

__all__ = [
    "ArtifactsConfig",
    "Config",
    "LibraryConfig",
    "ScanConfig",
    "Section",
    "explain",
    "load",
    "parse",
    "platform_file",
    "sample",
    "save_libraries",
    "save_values",
    "saved_libraries",
    "setting",
    "unknown",
]

APP = "vidwatchd"
FILE_NAME = "videorc.json"
YAML = frozenset({".yaml", ".yml"})


class Config(Section):
    """All settings. ``source`` is the file they came from, None for defaults alone; ``home`` the one to write then."""

    libraries: tuple[LibraryConfig, ...] = Field(default=(), description="folders to watch")
    data_dir: str = Field(default="", description="folder of the index; empty: the platform's data folder")
    artifacts: ArtifactsConfig = ArtifactsConfig()
    workers: WorkersConfig = WorkersConfig()
    thresholds: ThresholdsConfig = ThresholdsConfig()
    watch: WatchConfig = WatchConfig()
    scan: ScanConfig = ScanConfig()
    jobs: JobsConfig = JobsConfig()
    serve: ServeConfig = ServeConfig()
    media: MediaConfig = MediaConfig()
    audio: AudioConfig = AudioConfig()
    script: ScriptConfig = ScriptConfig()
    t2v: T2vConfig = T2vConfig()
    store: StoreConfig = StoreConfig()
    models: ModelsConfig = ModelsConfig()
    people: PeopleConfig = PeopleConfig()
    device: Literal["auto", "cuda", "cpu"] = Field(
        default="auto", description="where models run: auto takes a graphics card that works"
    )
    source: Path | None = Field(default=None, exclude=True)
    home: Path | None = Field(default=None, exclude=True)

    @property
    def data_folder(self) -> str:
        """Where the index lives: flag or environment, then the file, then the platform's data folder."""
        return self.data_dir or platformdirs.user_data_dir(APP, appauthor=False)

    @property
    def ffmpeg_path(self) -> str:
        """The ffmpeg that was named, "" for none: ``audio.ffmpeg_path``, the name that stored forms know it by, wins."""
        return self.audio.ffmpeg_path or self.media.ffmpeg_path

    @property
    def uploads_folder(self) -> str:
        """Where uploaded videos go, as the operating system takes it."""
        return native(self.store.uploads_folder or os.path.join(self.data_folder, "uploads"))

    @property
    def models_folder(self) -> str:
        """Where models are kept, as the operating system takes it."""
        return native(self.models.folder or os.path.join(self.data_folder, "models"))

    @property
    def writable_file(self) -> Path:
        """The file that changed settings are written to: the one in use, else the platform's."""
        return self.source or self.home or platform_file()


def platform_file() -> Path:
    """Where the platform keeps a user's settings for this program."""
    return Path(platformdirs.user_config_dir(APP, appauthor=False)) / FILE_NAME


def load(
    *,
    flag: str | None = None,
    folder: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Config:
    """Find, read and check the settings; ``overrides`` are a command's flags. Raises ConfigError."""
    data_dir = (overrides or {}).get("data_dir") or environ.get("VIDWATCHD_DATA_DIR")
    # Who puts the index elsewhere means an installation of its own: libraries added to it are not everybody's.
    home = Path(native(data_dir)).absolute() / FILE_NAME if data_dir else platform_file()
    source = _discover(flag, folder, home, environ)
    values = _read(source) if source else {}
    if data_dir:
        values = {**values, "data_dir": data_dir}
    return parse(_merge(values, overrides or {}), source, home)


def parse(values: Mapping[str, Any], source: Path | None = None, home: Path | None = None) -> Config:
    """Check plain values into a Config. Raises ConfigError naming the key, and the nearest right one."""
    try:
        return Config(**{**values, "source": source, "home": home})
    except ValidationError as error:
        raise explain(error, Config, where=str(source or "settings")) from error


def explain(error: ValidationError, model: type[BaseModel], *, where: str, prefix: str = "") -> ConfigError:
    """One sentence for the first thing wrong in ``error``: the key's full name, and what it should have been."""
    first = error.errors()[0]
    path = [str(part) for part in first["loc"]]
    key = ".".join([prefix, *path] if prefix else path)
    if first["type"] != "extra_forbidden":
        return ConfigError(f"{where}: {key}: {_wrong(first)}, not {first['input']!r}")
    return unknown(key, _names(model, path[:-1]), where=where)


def _wrong(error: Mapping[str, Any]) -> str:
    """What pydantic says, less what it says of itself."""
    if error["type"] == "string_pattern_mismatch":
        return f"must have the form {error['ctx']['pattern']}"
    said = str(error["msg"]).removeprefix("Value error, ").replace("Input should", "must")
    return said[:1].lower() + said[1:]


def unknown(key: str, names: Iterable[str], *, where: str) -> ConfigError:
    """The error for a settings key that does not exist; ``names`` are the right last parts."""
    head, _, last = key.rpartition(".")
    near = difflib.get_close_matches(last, list(names), n=1, cutoff=0.5)
    right = f"{head}.{near[0]}" if head and near else near[0] if near else ""
    hint = f"did you mean {right}?" if right else f"known: {', '.join(sorted(names)) or 'none at all'}"
    return ConfigError(f"{where}: unknown setting {key}", hint=hint)


def sample(kinds: Mapping[str, type[BaseModel]]) -> dict[str, Any]:
    """Every setting at its default, with one library to show the form; ``kinds`` maps each kind to its settings."""
    values = Config(libraries=(LibraryConfig(path="/home/me/Videos"),)).model_dump(mode="json")
    values["artifacts"] |= {name: settings().model_dump(mode="json") for name, settings in kinds.items()}
    return values


def saved_libraries(config: Config) -> list[LibraryConfig]:
    """The libraries as the file in use lists them now: another process may have added one. Raises ConfigError."""
    path = config.writable_file
    return list(parse(_read(path), path).libraries if path.exists() else config.libraries)


def save_libraries(config: Config, libraries: Iterable[LibraryConfig]) -> Config:
    """Write the list of libraries to the file in use, atomically, leaving every other key as it stands.

    Of a YAML file every other line is left, with its comments. Raises ConfigError where that cannot be done, StorageError.
    """
    path = config.writable_file
    values = _read(path) if path.exists() else {}
    values["libraries"] = [library.model_dump(exclude_defaults=True) for library in libraries]
    _write(path, _yaml_with(path, "libraries", values) if path.suffix in YAML else _json(values))
    return config.model_copy(update={"libraries": tuple(libraries), "source": path})


def save_values(config: Config, values: Mapping[str, Any], check: Callable[[Config], None]) -> Config:
    """Set dotted keys (None: take one out) in the file in use, atomically, once the whole of it holds; ``config`` with them.

    Raises ConfigError (also for a YAML file, whose comments would be lost), and what ``check`` does; then nothing changes.
    """
    path = config.writable_file
    if path.suffix in YAML:
        raise ConfigError(
            f"{path} is YAML, which is not written here: its comments would be lost", hint="edit it by hand"
        )
    written = _read(path) if path.exists() else {}
    running = config.model_dump(exclude_unset=True)
    for key, value in values.items():
        _put(written, key.split("."), value)
        _put(running, key.split("."), value)
    check(parse(written, path, config.home))
    changed = parse(running, path, config.home)
    check(changed)
    _write(path, _json(written))
    return changed


def _put(values: dict[str, Any], path: list[str], value: Any) -> None:
    """Set a nested member; None takes it out. Raises ConfigError where the file has something else in a group's place."""
    for part in path[:-1]:
        values = values.setdefault(part, {}) if isinstance(values, dict) else {}
    if not isinstance(values, dict):
        raise ConfigError(f"{'.'.join(path[:-1])} must be a group of settings")
    if value is None:
        values.pop(path[-1], None)
    else:
        values[path[-1]] = value


def _discover(flag: str | None, folder: str | None, home: Path, environ: Mapping[str, str]) -> Path | None:
    named = flag or environ.get("VIDEORC")
    if named:
        if not Path(named).is_file():
            raise ConfigError(f"settings file {named} does not exist", hint="give --config or VIDEORC an existing file")
        return Path(named).absolute()
    near = [Path(folder) / FILE_NAME] if folder else []
    # os.path.isfile: a folder that may not be read holds no settings; Path.is_file would raise.
    return next((path.absolute() for path in [*near, home] if os.path.isfile(path)), None)


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        values = _yaml(path, text) if path.suffix in YAML else json.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error
    except json.JSONDecodeError as error:
        raise ConfigError(f"{path}: line {error.lineno}: {error.msg}", hint="the file must be valid JSON") from error
    if not isinstance(values, dict):
        raise ConfigError(f"{path}: must hold one JSON object")
    return values


def _yaml(path: Path, text: str) -> Any:
    try:
        import yaml
    except ImportError as error:
        raise ConfigError(
            "a .yaml settings file needs PyYAML", hint="pip install pyyaml, or use videorc.json"
        ) from error
    try:
        return yaml.safe_load(text) or {}
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(f"{path}: line {line}: {error.problem}", hint="the file must be valid YAML") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: {error}", hint="the file must be valid YAML") from error


def _yaml_with(path: Path, key: str, values: Mapping[str, Any]) -> str:
    """A YAML file's text in which one key has its new value and no other line is touched. Raises ConfigError."""
    import yaml

    text = path.read_text(encoding="utf-8") if path.exists() else ""
    # A key's value goes on until the next line that begins in the first column, which a list's dashes and comments may too.
    rest = re.sub(rf"^{key}[ ]*:.*\n?(?:(?:[ \t-].*)?\n|[ \t-].*\Z)*", "", text, flags=re.MULTILINE)
    new = f"{rest.rstrip()}\n" if rest.strip() else ""
    new += yaml.safe_dump({key: values[key]}, allow_unicode=True, sort_keys=False)
    try:
        if key not in _yaml(path, rest) and _yaml(path, new) == values:
            return new
    except ConfigError:
        pass  # as where all of it stands in one pair of braces
    raise ConfigError(f"{path} is not in a form that is changed here", hint=f"write {key} into it by hand")


def _json(values: Mapping[str, Any]) -> str:
    return json.dumps(values, indent=2, ensure_ascii=False) + "\n"


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(file.name, path)
    except OSError as error:
        raise StorageError(f"settings could not be written to {path}: {error.strerror}") from error


def _merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        old = merged.get(key)
        merged[key] = _merge(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return merged


def _names(model: type[BaseModel], path: list[str]) -> list[str]:
    for part in path:
        field = model.model_fields.get(part)
        inner = _model_in(field.annotation) if field else None
        model = inner or model
    return [name for name in model.model_fields if name not in ("source", "home")]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and not isinstance(annotation, UnionType) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)
