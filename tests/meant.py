"""meant: made-up vectors of made-up videos, published and learnt as a worker's are."""

import base64
import json

import numpy as np

from vidwatchd import jobs
from vidwatchd.library import MadeEntry, Unpublished
from vidwatchd.model import FileState
from vidwatchd.operations import learning

DIMENSIONS = 64


def unit(seed):
    row = np.random.default_rng(seed).normal(size=DIMENSIONS)
    return row / np.linalg.norm(row)


def near(other, seed, amount=0.5):
    row = other + amount * unit(seed)
    return row / np.linalg.norm(row)


def part(rows, source="frames", model="clip-base:1", every=10.0):
    return {
        "source": source, "model": model, "backend": "clip", "dimensions": DIMENSIONS,
        "starts": [n * every for n in range(len(rows))], "ends": [(n + 1) * every for n in range(len(rows))],
        "vectors": base64.b64encode(np.array(rows).astype("<f2").tobytes()).decode(),
    }  # fmt: skip


def publish(desk, name, *parts, made_at=5.0):
    """A video whose meaning was made elsewhere, and is learnt."""
    desk.put(name)
    desk.scan()
    number = desk.id(name)
    out = desk.folder / "made.json"
    out.write_text(json.dumps({"video": name, "parts": parts}))
    state = FileState.of(name, (desk.root / name).stat())
    entry = MadeEntry(1, "", "", {}, {}, None, False, "clip", 0.1, 0, made_at)
    (made,) = desk.store.publish(name, {"meaning": Unpublished({".meaning.json": str(out)}, entry)}, state).values()
    jobs.owing.record(desk.index, number, "meaning", made)
    learning.after(desk.ctx, number, ["meaning"])
    return number
