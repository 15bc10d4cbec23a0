"""doctor: what this machine can do, and what is missing with its fix; nothing is written, whatever is broken."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from typing import Literal

from vidwatchd import __version__, artifacts, operations
from vidwatchd.backends import caption, faces, surrogate
from vidwatchd.backends import models as known
from vidwatchd.backends.base import AUTO
from vidwatchd.backends.faces import wheels
from vidwatchd.config import Config
from vidwatchd.disk import hangs
from vidwatchd.errors import VidwatchdError
from vidwatchd.index import FILE_NAME
from vidwatchd.library import WITNESSES, offline_reason
from vidwatchd.media import capabilities
from vidwatchd.model import native, portable
from vidwatchd.operations import current, libraries
from vidwatchd.operations.upkeep import FOLDER as BACKUPS

State = Literal["ok", "warn", "missing", "fail"]

# Distributions that the program needs, and those that an extra adds.
CORE = (
    "apscheduler", "av", "charset-normalizer", "click", "ffmpeg-python", "flask", "flask-openapi3", "imagehash",
    "imageio-ffmpeg", "numpy", "opencv-python-headless", "pebble", "pillow", "platformdirs", "pydantic",
    "pysubs2", "regex", "rich", "scenedetect-headless", "sqlite-utils", "waitress", "watchdog",
)  # fmt: skip
EXTRAS = {
    "subtitles": ("faster-whisper", "onnxruntime"),
    "faces": ("opencv-python-headless",),
    "insightface": ("insightface", "onnxruntime", "onnx", "opencv-python"),
    "describe": ("torch", "transformers", "safetensors"),
    "generate": ("torch", "transformers", "safetensors", "diffusers", "accelerate", "sentencepiece", "protobuf"),
    "cluster": ("celery", "redis"),
    "yaml": ("pyyaml",),
}
LOW_BYTES = 1_000_000_000
VERY_LOW_BYTES = 100_000_000
# A worker at 4K takes up to 440 MB; the daemon and its index fit in the rest.
WORKER_BYTES = 500_000_000
INOTIFY = "/proc/sys/fs/inotify"
FEW_INSTANCES = 16
KEPT_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Check:
    """One finding: ``missing`` is something optional, ``fail`` keeps the program from working; ``fix`` is the remedy."""

    name: str
    state: State
    detail: str
    fix: str = ""


def doctor(config: Config) -> list[Check]:
    """Every finding, also where the index is damaged or the data folder cannot be written."""
    every: tuple[Callable[[Config], Iterator[Check]], ...] = (
        _python, _opencv, _media, _machine, _data_folder, _index, _extras, _models, _faces, _stored,
    )  # fmt: skip
    return [check for look in every for check in _guarded(look, config)]


def recent(ctx: operations.Context, *, again: bool = False) -> list[Check]:
    """``doctor``, at most a few minutes old unless asked ``again``: it tries every encoder, which takes seconds."""
    at, found = ctx.held.get("doctor", (0.0, []))
    if again or not found or time.monotonic() - at > KEPT_SECONDS:
        found = doctor(ctx.config)
        ctx.held["doctor"] = (time.monotonic(), found)
    return list(found)


def _guarded(look: Callable[[Config], Iterator[Check]], config: Config) -> Iterator[Check]:
    try:
        yield from look(config)
    except OSError as error:
        yield Check(look.__name__.strip("_").replace("_", " "), "fail", f"it cannot be looked at: {error}")


def _python(config: Config) -> Iterator[Check]:
    yield Check("vidwatchd", "ok", f"{__version__}, settings from {config.source or 'the defaults'}")
    yield Check("python", "ok", f"{sys.version.split()[0]} at {sys.executable}")
    versions = {name: _version(name) for name in CORE}
    lost = _lost(CORE)
    detail = ", ".join(f"{name} {version}" for name, version in versions.items() if version)
    yield Check("packages", "ok", detail)
    if lost:
        yield Check("packages", "fail", f"not installed: {', '.join(lost)}", f"pip install {' '.join(lost)}")


def _opencv(config: Config) -> Iterator[Check]:
    found, lacking = wheels.installed(), wheels.broken()
    detail = ", ".join(f"{name} {version}" for name, version in found.items()) or "of another origin than pip"
    if lacking is not None:
        yield Check("opencv", "fail", lacking.message, lacking.hint)
    elif len(found) > 1:
        rivals = f"{detail}: one folder for all, so the last one installed is used, and removing one removes it"
        yield Check("opencv", "warn", rivals, wheels.repair(found))
    else:
        yield Check("opencv", "ok", detail)


def _media(config: Config) -> Iterator[Check]:
    try:
        found = capabilities.inspect(native(config.ffmpeg_path))
    except ImportError as error:
        yield Check("pyav", "fail", f"it cannot be loaded: {error}", "pip install --force-reinstall av")
        return
    yield from _ffmpeg(found)
    lost = found.pyav_missing_decoders
    detail = f"{found.pyav_version} with ffmpeg {found.pyav_ffmpeg_version}; reads {', '.join(found.pyav_decoders)}"
    yield Check("pyav", "ok", detail)
    if lost:
        yield Check("pyav", "warn", f"does not read {', '.join(lost)}", "pip install --force-reinstall av")


def _ffmpeg(found: capabilities.Capabilities) -> Iterator[Check]:
    if found.ffmpeg_problem:
        yield Check("ffmpeg", "fail", found.ffmpeg_problem, "pip install --force-reinstall imageio-ffmpeg")
        return
    yield Check("ffmpeg", "ok", f"{found.ffmpeg_version} at {found.ffmpeg_path}")
    yield Check("encoders", "ok" if found.encoders else "warn", f"tried and working: {_listed(found.encoders)}")
    if found.missing_filters:
        yield Check(
            "filters", "missing", f"not in this ffmpeg: {_listed(found.missing_filters)}", "install a full ffmpeg"
        )
    works = f"tried and working: {_listed(found.hwaccels)}" if found.hwaccels else "no hardware decoding works here"
    yield Check("hardware", "ok" if found.hwaccels else "missing", works)


def _machine(config: Config) -> Iterator[Check]:
    cores, memory = os.cpu_count() or 1, _memory_bytes()
    workers = config.workers.total or cores
    detail = f"{cores} cores, {memory / 1e9:.1f} GB of memory, {workers} workers"
    if workers * WORKER_BYTES > memory:
        fits = max(1, memory // WORKER_BYTES)
        yield Check("machine", "warn", f"{detail}: too many for the memory", f'set "workers": {{"total": {fits}}}')
    else:
        yield Check("machine", "ok", detail)


def _data_folder(config: Config) -> Iterator[Check]:
    folder = native(config.data_folder)
    there = _existing(folder)
    if not os.path.isdir(there) or not os.access(there, os.W_OK | os.X_OK):
        yield Check(
            "data folder", "fail", f"{config.data_folder} cannot be written", "correct its permissions, or --data-dir"
        )
        return
    free = shutil.disk_usage(there).free
    detail = f"{config.data_folder}{'' if there == folder else ' (not made yet)'}, {free / 1e9:.1f} GB free"
    state: State = "fail" if free < VERY_LOW_BYTES else "warn" if free < LOW_BYTES else "ok"
    yield Check("data folder", state, detail, "" if state == "ok" else "free some space, or --data-dir")


def _index(config: Config) -> Iterator[Check]:
    try:
        with operations.look(config, current.rows) as ctx:
            problem, version = ctx.index.check(), ctx.index.version()
            yield from _libraries(ctx)
    except VidwatchdError as error:
        yield Check("index", "fail", error.message, error.hint)
        return
    if problem:
        restore = f"move {FILE_NAME} away: a scan builds a new one; backups are in {BACKUPS}/"
        yield Check("index", "fail", f"it is damaged: {problem}", restore)
    else:
        yield Check("index", "ok", f"whole, schema {version}")


def _libraries(ctx: operations.Context) -> Iterator[Check]:
    known = libraries.configured(ctx)
    if not known:
        yield Check("libraries", "missing", "no folder is watched", "vidwatchd library add FOLDER")
    for library in known:
        witnesses = [video.path for video in ctx.index.videos.some(library.id, WITNESSES)]
        answers = ctx.pulse.beats(native(library.root))
        reason = offline_reason(library, witnesses, mark=False) if answers else hangs(native(library.root)).message
        fix = "nothing is lost; it comes back by itself once the folder is there" if reason else ""
        yield Check(f"library {library.name}", "warn" if reason else "ok", reason or library.root, fix)
    folders = sum(len(ctx.index.libraries.folder_digests(library.id)) for library in known)
    yield from _inotify(folders)


def _inotify(folders: int) -> Iterator[Check]:
    watches, instances = (_number(f"{INOTIFY}/max_user_{name}") for name in ("watches", "instances"))
    if watches is None or instances is None:
        return  # not Linux
    detail = f"{watches} watches for {folders} folders, {instances} instances"
    if folders > watches // 2:
        wanted = 2 ** (4 * folders).bit_length()
        yield Check("inotify", "warn", f"{detail}: may not do", f"sysctl fs.inotify.max_user_watches={wanted}")
    elif instances < FEW_INSTANCES:
        yield Check("inotify", "warn", f"{detail}: few", "sysctl fs.inotify.max_user_instances=128")
    else:
        yield Check("inotify", "ok", detail)


def _extras(config: Config) -> Iterator[Check]:
    for extra, names in EXTRAS.items():
        lost = _lost(names)
        if lost:
            yield Check(
                f"extra {extra}", "missing", f"not installed: {', '.join(lost)}", f"pip install 'vidwatchd[{extra}]'"
            )
        else:
            yield Check(f"extra {extra}", "ok", ", ".join(f"{name} {_version(name)}".strip() for name in names))


def _models(config: Config) -> Iterator[Check]:
    folder = config.models_folder
    here = [name for name in known.MODELS if known.present(folder, name)]
    if here:
        yield Check("models", "ok", f"{', '.join(here)} in {portable(folder)}")
    else:
        yield Check("models", "missing", f"none in {portable(folder)}", "vidwatchd models list")


def _faces(config: Config) -> Iterator[Check]:
    """Every way to find faces; one that is ready is enough."""
    kinds = (name for name, kind in artifacts.KINDS.items() if kind.seen)
    model = next((dict(artifacts.settings_for(config, name)).get("model") for name in kinds), "") or AUTO
    for finder in faces.finders(config.models_folder, model):
        lacking = finder.ready()
        if lacking is None:
            yield Check(f"faces {finder.name}", "ok", finder.model)
        else:
            yield Check(f"faces {finder.name}", "missing", lacking.message, lacking.hint)


def _stored(config: Config) -> Iterator[Check]:
    """Every way to describe a film's pictures, and to make what stands in for them."""
    device = config.t2v.device or config.device
    films = surrogate.Options(model=config.t2v.model_path or config.t2v.model_id, device=device)
    seen = caption.Options(device=config.device)
    for part, found in (
        ("caption", caption.captioners(seen, config.models_folder)),
        ("surrogate", surrogate.surrogates(films, config.models_folder, native(config.ffmpeg_path))),
    ):
        for backend in found:
            lacking = backend.ready()
            state: State = "ok" if lacking is None else "missing"
            told = (lacking.message, lacking.hint) if lacking else ("ready", "")
            yield Check(f"{part} {backend.name}", state, *told)


def _lost(names: tuple[str, ...]) -> list[str]:
    """Those that are not installed; one build of OpenCV does for another."""
    opencv = bool(wheels.installed())
    return [name for name in names if not _version(name) and not (opencv and name in wheels.WHEELS)]


def _version(name: str) -> str:
    with suppress(metadata.PackageNotFoundError):
        return metadata.version(name)
    return ""


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "none"


def _existing(folder: str) -> str:
    """The folder, or the nearest one above it that exists."""
    while folder and not os.path.lexists(folder) and os.path.dirname(folder) != folder:
        folder = os.path.dirname(folder)
    return folder or "."


def _memory_bytes() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _number(file: str) -> int | None:
    try:
        with open(file, encoding="ascii") as lines:
            return int(lines.read())
    except (OSError, ValueError):
        return None
