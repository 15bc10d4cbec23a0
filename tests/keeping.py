"""keeping: a kind that outlasts its video and is made last, made at once and small."""

from __future__ import annotations

import os
import time
from functools import partial
from pathlib import Path

from tests.desk import Desk
from tests.desk import make as make_plainly
from tests.waiting import PATIENCE_SECONDS
from vidwatchd import artifacts
from vidwatchd.artifacts.base import Kind
from vidwatchd.fingerprint import fingerprint
from vidwatchd.model import ArtifactState, Outcome
from vidwatchd.operations import learning
from vidwatchd.storing import manifest
from vidwatchd.storing.manifest import Manifest, Picture, Script, Sound, Source

FILES = ("audio.aac", "manifest.json", "resultant.mp4", "script.txt")


class Kept(Kind):
    """A stored form without its models."""

    name, title, summary, tier = "kept", "Kept", "Is kept.", "model"
    suffixes = tuple(f"stored/{name}" for name in FILES)
    folder, kept, last = "stored", "stored/manifest.json", True
    requires = ("sprites",)


def add_kind(monkeypatch) -> None:
    """Have the program know it."""
    monkeypatch.setattr(artifacts, "KINDS", {**artifacts.KINDS, Kept.name: Kept})


def form(folder: str, source: str, name: str = "", sound: bytes = b"sound") -> Manifest:
    """Write the files of a stored form of ``source`` into a folder."""
    os.makedirs(folder, exist_ok=True)
    content = {"audio.aac": sound, "resultant.mp4": b"picture", "script.txt": b"Nobody speaks.\n"}
    for each, data in content.items():
        Path(folder, each).write_bytes(data)
    mark = fingerprint(source)
    about = Source(name or os.path.basename(source), os.path.getsize(source), mark, 12.5, 320, 180, 25.0, "h264", "aac")
    whole = Manifest(
        manifest.form_id(mark),
        about,
        Script("script.txt", 15),
        Sound("audio.aac", "aac", 64, 2, len(sound), 12.5),
        Picture("resultant.mp4", "h264", 128, 72, 10.0, 7, 12.5, "proxy", "real", ssim=0.8),
        5.0,
    )
    Path(folder, manifest.FILE).write_bytes(manifest.text(whole))
    return whole


def make(task) -> list[Outcome]:
    """A runner's work: the plain kinds as ever, this one with real manifests; a film that begins with ``broken`` has none."""
    made = []
    for kind, settings in task.kinds:
        if kind != Kept.name:
            made += make_plainly(type(task)(task.source, task.out, ((kind, settings),)))
        elif Path(task.source).read_bytes().startswith(b"broken"):
            made.append(Outcome(kind, ArtifactState.FAILED, error="it cannot be decoded", permanent=True))
        else:
            whole = form(os.path.join(task.out, "stored"), task.source, sound=Path(task.source).read_bytes()[:20])
            files = {f"stored/{name}": os.path.join(task.out, "stored", name) for name in FILES}
            facts = {"id": whole.id, "bytes": whole.stored_bytes}
            made.append(Outcome(kind, ArtifactState.DONE, files, facts, None, "proxy", 0.1))
    return made


def kept_folder(desk: Desk, path: str) -> Path:
    """Where the stored form of a video lies."""
    return Path(desk.store.file(path, Kept.kept)).parent


def settle(desk: Desk) -> None:
    """Make all that is owed, the last kind too."""
    desk.runner.work = make
    dispatcher = desk.dispatcher(learn=partial(learning.after, desk.ctx))
    deadline = time.monotonic() + PATIENCE_SECONDS
    while dispatcher.step() or desk.queued():
        assert time.monotonic() < deadline, "the work does not end"
    dispatcher.stop()
