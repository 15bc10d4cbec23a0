"""seen: made-up faces of made-up people, published beside made-up videos as a worker's are, and learnt."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np

from vidwatchd import artifacts, jobs
from vidwatchd.artifacts.faces import Faces
from vidwatchd.fingerprint import fingerprint
from vidwatchd.library import MadeEntry, Unpublished
from vidwatchd.model import FileState
from vidwatchd.operations import learning
from vidwatchd.signatures import Box, Face, Sighting, Signatures, to_plain

DIMENSIONS = 128
BACKEND, MODEL = "sface", "sface"
SPACE = f"{BACKEND}:{MODEL}:{DIMENSIONS}"
KIND, SUFFIX = Faces.name, Faces.seen
PIXEL = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")


def known(monkeypatch):
    """Have the registry know the kind, also where a test has few kinds."""
    monkeypatch.setattr(artifacts, "KINDS", {**artifacts.KINDS, KIND: Faces})


def unit(seed, dimensions=DIMENSIONS):
    """A direction of its own: two of different seeds are about at right angles."""
    row = np.random.default_rng([seed, 5]).normal(size=dimensions)
    return row / np.linalg.norm(row)


def look(person, seed, likeness=0.9, dimensions=DIMENSIONS):
    """How a person looks once. Two looks of one person have a cosine of likeness squared, of two people about 0."""
    own = unit(1_000_000 + 1000 * person + seed, dimensions)
    own -= (own @ unit(person, dimensions)) * unit(person, dimensions)
    row = likeness * unit(person, dimensions) + np.sqrt(1 - likeness**2) * own / np.linalg.norm(own)
    return row / np.linalg.norm(row)


def between(one, other, part=0.5):
    """A vector on the way from one to another."""
    row = (1 - part) * np.asarray(one) + part * np.asarray(other)
    return row / np.linalg.norm(row)


def face(person, seed=0, *, number=0, at=None, left=0.4, frames=5, seconds=4.0, quality=0.8, vector=None, picture=""):
    """One face of a video. ``person`` is a number; ``left`` is where in the picture; ``at`` when it is seen best."""
    at = 10.0 * (number + 1) if at is None else at
    box = Box(left, 0.2, 0.2, 0.3)
    sighting = Sighting(at - seconds / 2, at + seconds / 2, at, box, frames, quality)
    row = look(person, seed) if vector is None else np.asarray(vector)
    return Face(number, row.astype("<f2").tobytes(), (sighting,), picture)


def faces(*people, seed=0):
    """One face of each of these people, at different times and places."""
    return [face(person, seed, number=n, left=0.1 + 0.15 * (n % 5)) for n, person in enumerate(people)]


def write(desk, path, found, *, backend=BACKEND, model=MODEL, dimensions=DIMENSIONS, made_at=None):
    """Publish a video's faces as a worker's, and record them; nothing is learnt of it yet. The video's id."""
    if not (desk.root / path).exists():
        desk.put(path)
    if desk.index.videos.at(desk.library_id, path) is None:
        desk.scan()
    number, pictures = desk.id(path), [face.picture for face in found if face.picture]
    plain = {"video": path, "duration_seconds": 100.0, "sample_rate": 1.0, "frames": 100}
    files = {SUFFIX: json.dumps({**plain, **to_plain(Signatures(backend, model, dimensions, tuple(found)))}).encode()}
    files |= dict.fromkeys(pictures, PIXEL)
    out = {}
    for place, (suffix, content) in enumerate(files.items()):
        out[suffix] = str(desk.folder / f"made-{place}")
        Path(out[suffix]).write_bytes(content)
    mark = fingerprint(str(desk.root / path))
    desk.index.videos.set_fingerprint(number, mark)
    facts = {"faces": len(found), "frames": 100, "backend": backend, "model": model, "seconds": 100.0}
    entry = MadeEntry(Faces.version, "", mark, {}, facts, None, True, backend, 0.1, 0, made_at or time.time())
    state = FileState.of(path, (desk.root / path).stat())
    (made,) = desk.store.publish(path, {KIND: Unpublished(out, entry)}, state).values()
    jobs.owing.record(desk.index, number, KIND, made)
    return number


def publish(desk, path, found, **made):
    """A video whose faces were found and are learnt; its id. ``found``: a list of faces, or people by number."""
    listed = list(found) if all(isinstance(each, Face) for each in found) else faces(*found, seed=len(desk.ids()))
    number = write(desk, path, listed, **made)
    learning.after(desk.ctx, number, [KIND])
    return number


def people(desk):
    """Whose faces belong together now: a set of sets of (path, number), those of nobody as one each."""
    groups = {}
    for path, number in desk.ids().items():
        for row in desk.index.faces.of(number):
            groups.setdefault(row.person_id or -row.id, set()).add((path, row.number))
    return {frozenset(group) for group in groups.values()}


def person_of(desk, path, number=0):
    """The person whose face that is."""
    row = next(row for row in desk.index.faces.of(desk.id(path)) if row.number == number)
    return desk.index.people.by_id(row.person_id) if row.person_id else None


def name(desk, path, called, number=0, **columns):
    """A person's word in the index alone: the one whose face that is is called so; the person."""
    person = person_of(desk, path, number)
    desk.index.people.change(person.id, name=called, settled=True, **columns)
    return desk.index.people.by_id(person.id)
