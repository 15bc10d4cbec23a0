"""models: which models there are and which are here; pulling one, the only thing that ever downloads, and removing one."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from vidwatchd import artifacts, jobs
from vidwatchd.backends import hub
from vidwatchd.backends import models as known
from vidwatchd.backends.models import Model
from vidwatchd.errors import Conflict, NotFound, StorageError, UsageError
from vidwatchd.library import stored
from vidwatchd.model import display, portable
from vidwatchd.operations import Context, parameters
from vidwatchd.operations.jobs import SHOWN_SECONDS, Order, submit
from vidwatchd.operations.make import Progress

TASK = "models"
# What a pull notes of itself in the model's folder; only folders that hold it are ever removed.
NOTE = "model.json"
PART = ".part"
# A folder of models that stood still for so long is not being copied into.
STILL_SECONDS = 20.0


@dataclass(slots=True)
class _Shelf:
    """The models as they were last taken note of (name → bytes), what was made by them, and how they look since when."""

    known: Mapping[str, int]
    made_by: Mapping[str, tuple[bool, str]]
    seen: Mapping[str, int]
    since: float


def notice(ctx: Context, clock: Callable[[], float] = time.monotonic) -> bool:
    """Take note of models that a person put into the folder, or took away: whether what they make is owed now.

    To be asked now and then; what is still being copied is waited for.
    """
    folder = ctx.config.models_folder
    here = {name: _disk_bytes(os.path.join(folder, name)) for name in _names(folder)}
    shelf: _Shelf | None = ctx.held.get(TASK)
    if shelf is None:
        ctx.held[TASK] = _Shelf(here, _made_by(ctx), here, clock())
        return False
    if here != shelf.seen:
        shelf.seen, shelf.since = here, clock()
    if here == shelf.known or clock() - shelf.since < STILL_SECONDS:
        return False
    before, shelf.known, shelf.made_by = shelf.made_by, here, _made_by(ctx)
    _owe(ctx, before)
    return True


def listed(ctx: Context) -> dict[str, Any]:
    """Every known model and every other folder among the models, with what is on its way.

    ``{"folder", "free_bytes", "models": [{"name", "title", "task", "task_title", "backend", "licence", "non_commercial",
    "repo", "size_bytes", "here", "disk_bytes", "pulled", "commit", "used_by", "pull"}]}``; ``used_by`` names settings that
    ask for it, ``pull`` is the last order to pull it, null for none.
    """
    folder, used, pulls = ctx.config.models_folder, _used(ctx), _pulls(ctx)
    names = [*known.MODELS, *(name for name in _names(folder) if name not in known.MODELS)]
    models = [{**_one(folder, name), "used_by": used.get(name, []), "pull": pulls.get(name)} for name in names]
    return {"folder": portable(folder), "free_bytes": _free_bytes(folder), "models": models}


def one(ctx: Context, name: str) -> dict[str, Any]:
    """One model as in ``listed``. Raises NotFound with the nearest right name."""
    name = known.called(name)
    found = next((model for model in listed(ctx)["models"] if model["name"] == name), None)
    return found or {**_one(ctx.config.models_folder, known.named(name).name), "used_by": [], "pull": None}


def pull(ctx: Context, name: str, progress: Progress) -> dict[str, Any]:
    """Download a model, so that it is here whole or not at all; what an earlier try brought is gone on with.

    Raises NotFound, Unavailable (no network, damaged, not installed), StorageError, Conflict, and what ``progress`` raises.
    """
    model = known.named(name)
    if known.present(ctx.config.models_folder, model.name):
        return {"pulled": model.name, "already": True, **_place(ctx, model)}
    before = _made_by(ctx)
    with _workplace(ctx.config.models_folder, model) as part:
        progress(0, model.size_bytes, [model.name])
        wanted = hub.listing(model)
        _make_room(ctx.config.models_folder, wanted, part)
        sums = hub.fetch(model, wanted, part, progress)
        _publish(part, known.folder_of(ctx.config.models_folder, model.name), _note(model, wanted, sums))
    _owe(ctx, before)
    return {"pulled": model.name, "already": False, **_place(ctx, model)}


def order(ctx: Context, name: str) -> dict[str, Any]:
    """Have the daemon pull it; the request with its progress. Raises NotFound, Unavailable."""
    model = known.named(name)
    hub.check()
    waiting = _pulls(ctx).get(model.name)
    if waiting and waiting["state"] in ("queued", "running"):
        return waiting
    return submit(ctx, Order(TASK, params={"pull": model.name}))


def run_task(ctx: Context, order: Order, progress: Progress) -> dict[str, Any]:
    """Pull a model as a task of the daemon; ``params``: pull, the model's name."""
    return pull(ctx, check(ctx, order), progress)


def check(ctx: Context, order: Order) -> str:
    """The name of the model that an order asks for. Raises UsageError, NotFound."""
    parameters.known(TASK, order.params, ("pull",))
    name = order.params.get("pull")
    if not isinstance(name, str):
        raise UsageError("pull must be the name of a model", hint='"params": {"pull": "small"}')
    return known.named(name).name


def remove(ctx: Context, name: str) -> dict[str, Any]:
    """Delete a model that was pulled. Raises NotFound, Conflict for one that a person put there, StorageError."""
    folder, name = ctx.config.models_folder, known.called(name)
    if name not in _names(folder):
        known.named(name)
        raise NotFound(f"the model {name} is not here", hint="vidwatchd models list shows what is")
    where = os.path.join(folder, name)
    if os.path.islink(where) or not _noted(where):
        hint = f"delete {portable(where)} yourself if you do not need it"
        raise Conflict(f"the model {name} was not pulled by vidwatchd", hint=hint)
    freed, gone = _disk_bytes(where), os.path.join(folder, f".{name}.gone")
    before = _made_by(ctx)
    with stored(where):
        shutil.rmtree(gone, ignore_errors=True)
        os.rename(where, gone)  # it is gone at once: half a model would look like one
        shutil.rmtree(gone)
    _owe(ctx, before)
    return {"removed": name, "freed_bytes": freed}


def _one(folder: str, name: str) -> dict[str, Any]:
    where, model = os.path.join(folder, name), known.MODELS.get(name)
    here, note = known.present(folder, name), _noted(where)
    disk = _disk_bytes(where) if here else 0
    state = {"here": here, "disk_bytes": disk, "pulled": bool(note), "commit": str(note.get("commit", ""))}
    return {**_told(model, name, disk), **state}


def _told(model: Model | None, name: str, disk: int) -> dict[str, Any]:
    if model is None:  # a person put it there
        made = Model(name, "", "", "A folder of your own", disk, "", "", "", ())
        return {**_told(made, name, disk), "task_title": "Others"}
    shown = ("name", "title", "task", "backend", "licence", "non_commercial", "repo", "size_bytes")
    values = {member: getattr(model, member) for member in shown}
    return {**values, "task_title": known.TASKS.get(model.task, model.task.capitalize())}


def _used(ctx: Context) -> dict[str, list[str]]:
    """Model → the settings that name it."""
    found: dict[str, list[str]] = {}
    for kind in artifacts.KINDS:
        for field, value in artifacts.settings_for(ctx.config, kind):
            if "model" in field and isinstance(value, str) and value:
                found.setdefault(known.called(value), []).append(f"artifacts.{kind}.{field}")
    return found


def _pulls(ctx: Context) -> dict[str, dict[str, Any]]:
    """Model → the last order to pull it, while it waits or runs and for a while after."""
    found: dict[str, dict[str, Any]] = {}
    for row in ctx.index.tasks.orders(TASK, time.time() - SHOWN_SECONDS):
        name = row["params"].get("params", {}).get("pull")
        if isinstance(name, str):
            done, total = row["progress_current"], row["progress_total"]
            numbers = {"progress": round(min(1.0, done / total), 4) if total else 0.0, "done_bytes": int(done)}
            shown = {member: row[member] for member in ("id", "state", "error", "created_at")}
            found.setdefault(name, {**shown, **numbers, "total_bytes": int(total or 0)})
    return found


def _names(folder: str) -> list[str]:
    """Folders among the models, those of downloads under way left out."""
    with contextlib.suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder) as entries:
        return sorted(entry.name for entry in entries if entry.is_dir() and not entry.name.startswith("."))
    return []


def _noted(where: str) -> Mapping[str, Any]:
    """What the pull noted; {} for a folder of another origin."""
    try:
        with open(os.path.join(where, NOTE), encoding="utf-8") as file:
            values = json.load(file)
    except (OSError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}


def _note(model: Model, wanted: hub.Listing, sums: Mapping[str, str]) -> dict[str, Any]:
    origin = {"name": model.name, "repo": model.repo, "commit": wanted.commit, "licence": model.licence}
    return {**origin, "size_bytes": wanted.size_bytes, "pulled_at": time.time(), "files": dict(sums)}


def _disk_bytes(where: str) -> int:
    total = 0
    for folder, _, names in os.walk(where, onerror=lambda error: None):
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                total += os.lstat(os.path.join(folder, name)).st_size
    return total


def _free_bytes(folder: str) -> int:
    while not os.path.isdir(folder) and os.path.dirname(folder) != folder:
        folder = os.path.dirname(folder)
    return shutil.disk_usage(folder).free


@contextmanager
def _workplace(folder: str, model: Model) -> Iterator[str]:
    """Where a model's files gather until they are whole, for one pull at a time. Raises Conflict, StorageError."""
    target, part = known.folder_of(folder, model.name), os.path.join(folder, f".{model.name}{PART}")
    if os.path.lexists(target):
        hint = f"move {portable(target)} away and pull again"
        raise Conflict(f"there is a folder for {model.name} that does not hold the whole model", hint=hint)
    with stored(part):
        os.makedirs(part, exist_ok=True)
        held = os.open(part, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield part
    except BlockingIOError as error:
        raise Conflict(
            f"{model.name} is being pulled already", hint="wait for it: the activity page shows it"
        ) from error
    finally:
        os.close(held)


def _make_room(folder: str, wanted: hub.Listing, part: str) -> None:
    needed, free = wanted.size_bytes - hub.held_bytes(wanted, part), _free_bytes(folder)
    if needed > free:
        said = f"{needed / 1e6:,.0f} MB are needed and {free / 1e6:,.0f} MB free in {display(portable(folder))}"
        raise StorageError(said, hint="free some space, or set models.folder to another disk")


def _publish(part: str, target: str, note: Mapping[str, Any]) -> None:
    with stored(target):
        with open(os.path.join(part, NOTE), "w", encoding="utf-8") as file:
            json.dump(note, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.rename(part, target)


def _place(ctx: Context, model: Model) -> dict[str, Any]:
    where = known.folder_of(ctx.config.models_folder, model.name)
    return {"folder": portable(where), "disk_bytes": _disk_bytes(where)}


def _made_by(ctx: Context) -> dict[str, tuple[bool, str]]:
    """Kind → whether it can be made here of every video, and a mark of its settings and of what they choose."""
    models, found = ctx.config.models_folder, {}
    for kind in artifacts.KINDS:
        settings = artifacts.settings_for(ctx.config, kind)
        found[kind] = (settings.lacks(models) is None, settings.resolved(models).settings_hash)
    return found


def _owe(ctx: Context, before: Mapping[str, tuple[bool, str]]) -> None:
    """Kinds that can be made now, or are made by another model now, are owed of the videos that lack them."""
    ctx.held.pop("doctor", None)
    freed = [kind for kind, now in _made_by(ctx).items() if now[0] and now != before[kind]]
    if freed:
        jobs.refresh(ctx.index, ctx.config)
    for library in ctx.index.libraries.all() if freed else ():
        wanted = [kind for kind in jobs.kinds_for(ctx.config, library) if kind in freed]
        if library.watched:
            jobs.owe(ctx.index, ctx.config, wanted, library_id=library.id)
    ctx.notify("jobs", {})
