"""config: videorc.json read into a checked ``Config``; an unknown key is an error that names the nearest right one.

Order of precedence: flag > environment > file > default. The file is the first of ``--config``, ``$VIDEORC``,
``videorc.json`` in the target folder, and the platform's configuration folder (with ``--data-dir``: that folder).
"""

from __future__ import annotations

import difflib
import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import UnionType
from typing import Any, Literal, get_args

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vidwatchd.errors import ConfigError, StorageError
from vidwatchd.model import native

APP = "vidwatchd"
FILE_NAME = "videorc.json"


def setting(default: Any, help: str, flag: str | None = None, **limits: Any) -> Any:
    """One setting of a kind or product: its default, help, the command line's flag and pydantic's limits (ge, le …)."""
    return Field(default=default, description=help, json_schema_extra={"flag": flag}, **limits)


class Section(BaseModel):
    """A group of settings; anything it does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LibraryConfig(Section):
    """One watched folder."""

    path: str = Field(description="absolute path of the folder")
    name: str = Field(default="", description="shown in the dashboard; empty: the folder's own name")
    watch: bool = Field(default=True, description="follow changes; false: only scanned when asked")
    kinds: tuple[str, ...] | None = Field(
        default=None, description="kinds made here by themselves; null: all that the daemon makes"
    )

    @property
    def folder(self) -> str:
        """``path`` as the operating system takes it."""
        return native(self.path)


class WorkersConfig(Section):
    """How many of each kind may run at once, and how many processes over all."""

    total: int = Field(default=0, ge=0, description="worker processes over all; 0: one a core")
    metadata: int = Field(default=3, ge=1, description="files probed at once")
    thumbs: int = Field(default=4, ge=1, description="thumbnails at once")
    sprites: int = Field(default=2, ge=1, description="sprite sheets at once")
    previews: int = Field(default=2, ge=1, description="previews at once")
    subtitles: int = Field(default=1, ge=1, description="transcriptions at once")
    phash: int = Field(default=2, ge=1, description="perceptual hashes at once")
    heatmaps: int = Field(default=2, ge=1, description="heatmaps at once")
    scenes: int = Field(default=2, ge=1, description="scene detections at once")
    faces: int = Field(default=1, ge=1, description="face extractions at once")
    stored: int = Field(default=1, ge=1, description="stored forms at once")
    codecs: int = Field(default=4, ge=1, description="codec scans at once")
    transcode: int = Field(default=1, ge=1, description="transcodes at once")
    finish: int = Field(default=0, ge=0, description="processes of the finish command; 0: as total")


class ThresholdsConfig(Section):
    """Where a number decides."""

    scene: float = Field(
        default=0.4,
        gt=0,
        le=255,
        description="scene cut; up to 1 a fraction (0.4 is the detector's own 27), above it 0-255",
    )
    phash_similarity: float = Field(
        default=0.92, gt=0, le=1, description="how alike two hashes are to count as duplicates"
    )


class WatchConfig(Section):
    """How changes on disk are noticed."""

    settle_seconds: float = Field(default=5.0, ge=0, description="a file unchanged for this long is complete")
    debounce_seconds: float = Field(default=0.2, ge=0, description="hints are collected for this long before a look")
    rescan_minutes: float = Field(default=60.0, gt=0, description="a full look at every library this often, jittered")
    polling: Literal["auto", "always", "never"] = Field(
        default="auto", description="poll instead of inotify: network mounts only, always, never"
    )
    poll_seconds: float = Field(default=30.0, gt=0, description="how often polling looks")


class ScanConfig(Section):
    """What counts as a video, and what a loss."""

    extensions: tuple[str, ...] = Field(
        default=("mp4", "mkv", "mov", "avi", "webm", "m4v"), description="file endings that are videos"
    )
    ignore: tuple[str, ...] = Field(default=(), description="further name patterns (* and ?) never looked at")
    grace_days: float = Field(default=30.0, ge=0, description="a deleted video's row and artifacts are kept this long")
    loss_fraction: float = Field(
        default=0.5, gt=0, le=1, description="a scan that would lose more than this part stops and asks"
    )
    loss_minimum: int = Field(default=10, ge=0, description="a loss of this many videos or fewer never stops a scan")


class JobsConfig(Section):
    """How owed work is done."""

    attempts: int = Field(default=3, ge=1, description="tries before a job is set aside with its reason")
    retry_seconds: tuple[float, ...] = Field(default=(60.0, 600.0, 3600.0), description="waits before each further try")
    timeout_seconds: float = Field(
        default=900.0, gt=0, description="a visit that takes longer, and ten times its video's length, is ended"
    )
    idle_seconds: float = Field(default=60.0, gt=0, description="worker processes leave after this long without work")
    nice: int = Field(default=10, ge=0, le=19, description="niceness of worker processes")


class ServeConfig(Section):
    """The dashboard's server."""

    host: str = Field(
        default="127.0.0.1", description="address to listen on; another than loopback needs password_file"
    )
    port: int = Field(default=8420, ge=0, le=65535, description="port to listen on; 0: any free one")
    password_file: str = Field(default="", description="file holding user:password; asked for by HTTP Basic")
    allowed_hosts: tuple[str, ...] = Field(default=(), description="further Host names that may reach the dashboard")


class MediaConfig(Section):
    """The tools that read and write media."""

    ffmpeg_path: str = Field(default="", description="ffmpeg to use; empty: the one on the PATH, else the embedded one")


class ModelsConfig(Section):
    """Where models are kept, and how long they stay in memory."""

    folder: str = Field(default="", description="folder that models are pulled into; empty: models in the data folder")
    idle_seconds: float = Field(
        default=300.0, gt=0, description="the worker that holds a model leaves after this long without work"
    )


class PeopleConfig(Section):
    """How faces of all videos are grouped into people."""

    cluster_eps: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="cosine distance within which two faces are one person's; 0: the model's own",
    )
    cluster_min_samples: int = Field(default=1, ge=1, description="so many faces within it make a group")
    gallery: str = Field(default="", description="folder with one folder of pictures or videos per person; empty: none")
    gallery_sample_rate: float = Field(default=1.0, gt=0, le=60, description="frames a second of a gallery's videos")
    label_threshold: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="cosine distance to the gallery within which a name is given; 0: the model's own",
    )
    min_occurrences: int = Field(default=2, ge=1, description="frames with a person's face that make a performer")


class ArtifactsConfig(BaseModel):
    """Where artifacts lie, and each kind's own settings (``artifacts.<kind>.<setting>``)."""

    model_config = ConfigDict(extra="allow", frozen=True)

    layout: Literal["beside", "central"] = Field(
        default="beside", description="beside each video in .artifacts, or central in the data folder"
    )

    def of(self, kind: str) -> Mapping[str, Any]:
        """The settings a person gave for one kind; {} when none."""
        return dict((self.model_extra or {}).get(kind, {}))


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
    """Write the list of libraries to the file in use, atomically, leaving every other key as it stands."""
    path = config.writable_file
    values = _read(path) if path.exists() else {}
    values["libraries"] = [library.model_dump(exclude_defaults=True) for library in libraries]
    _write(path, values)
    return config.model_copy(update={"libraries": tuple(libraries), "source": path})


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
        values = _yaml(text) if path.suffix in {".yaml", ".yml"} else json.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error
    except json.JSONDecodeError as error:
        raise ConfigError(f"{path}: line {error.lineno}: {error.msg}", hint="the file must be valid JSON") from error
    if not isinstance(values, dict):
        raise ConfigError(f"{path}: must hold one JSON object")
    return values


def _yaml(text: str) -> Any:
    try:
        import yaml
    except ImportError as error:
        raise ConfigError(
            "a .yaml settings file needs PyYAML", hint="pip install pyyaml, or use videorc.json"
        ) from error
    try:
        return yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise ConfigError(f"invalid YAML: {error}") from error


def _write(path: Path, values: Mapping[str, Any]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            json.dump(values, file, indent=2, ensure_ascii=False)
            file.write("\n")
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
