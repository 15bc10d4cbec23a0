"""test_f12_kill: killed at any moment, again and again: nothing is ever half, lost or done twice over.

``VIDWATCHD_TEST_KILLS`` sets how often; ``VIDWATCHD_TEST_SEED`` changes the moments.
"""

import json
import os
import random
import sqlite3
import time

import av
from PIL import Image

from tests.live import KINDS, is_done, put

KILLS = int(os.environ.get("VIDWATCHD_TEST_KILLS", "10"))
SEED = int(os.environ.get("VIDWATCHD_TEST_SEED", "12"))


def whole(folder):
    """Every artifact that counts, and every picture under its published name: it opens and is complete."""
    for note in folder.glob(".artifacts/*.made.json"):
        for kind, entry in json.loads(note.read_text())["kinds"].items():
            assert entry["files"], (note, kind)
            for name in entry["files"].values():
                reads(folder / ".artifacts" / name)
    for picture in folder.glob(".artifacts/*.jpg"):
        reads(picture)


def reads(file):
    if file.suffix == ".jpg":
        with Image.open(file) as picture:
            picture.load()
    elif file.suffix == ".webm":
        with av.open(str(file)) as film:
            assert all(not frame.is_corrupt for frame in film.decode(video=0))
    elif file.suffix == ".vtt":
        text = file.read_text()
        assert text.startswith("WEBVTT\n")
        assert text.endswith("\n")
    else:
        json.loads(file.read_text())


def litter(folder):
    """What no visit and no write should leave behind."""
    known = (".json", ".jpg", ".vtt", ".webm")
    files = [file for file in folder.rglob("*") if ".artifacts" in file.parts and file.is_file()]
    return [
        file for file in files if file.suffix not in known or ".making" in file.parts or file.name.endswith(".part")
    ]


def test_f12_killed_again_and_again(daemons, tmp_path):
    chance = random.Random(SEED)
    lib = tmp_path / "lib"
    names = []
    daemon = None
    for number in range(KILLS):
        names.append(f"{number}.mp4")
        put(lib, names[-1], number)
        daemon = daemon.start() if daemon else daemons(lib)
        if number % 5 == 4:  # also while what is there already is replaced
            path = daemon.videos().get("0.mp4")
            path and daemon.ask(f"/api/videos/{path['id']}/make", "POST", {"kinds": list(KINDS)})
        time.sleep(chance.uniform(0, 0.5))
        daemon.kill()
        whole(lib)
    daemon.start()
    daemon.wait_done(*names)
    daemon.wait_idle()
    whole(lib)
    assert litter(lib) == [], f"seed {SEED}"
    assert {job["state"] for job in daemon.jobs()} == {"done"}, f"seed {SEED}"
    assert all(is_done(item) for item in daemon.videos().values())
    assert len(daemon.jobs()) == len(names) * len(KINDS), "one job for each video and kind"
    daemon.stop()
    with sqlite3.connect(daemon.data / "index.db") as index:
        assert index.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert index.execute("PRAGMA foreign_key_check").fetchall() == []
    index.close()
