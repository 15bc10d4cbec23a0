"""test_f10_poison: a file or a worker that breaks ends its own work only."""

import contextlib
import io
import struct

import psutil
from PIL import Image

from tests.live import KINDS, clip, encoded, is_done, put

VIDEO = ("-f", "lavfi", "-i", "testsrc2=s=160x90:r=10:d=1.5")


def picture():
    file = io.BytesIO()
    Image.effect_noise((160, 90), 80).convert("RGB").save(file, "JPEG")
    return file.getvalue()


def patched(box, offset, value):
    """The clip with bytes of one box overwritten, ``offset`` counted from the box's type."""
    data = bytearray(clip())
    at = data.index(box) + offset
    data[at : at + len(value)] = value
    return bytes(data)


# Name → (content, kinds that must be made of it all the same).
FILES = {
    "truncated": (lambda: clip()[: len(clip()) * 6 // 10], ()),
    "empty": (lambda: b"", ()),
    "text": (lambda: b"this is no video\n" * 1000, ()),
    "no_media_at_all": (lambda: clip()[:32], ()),
    "audio_only": (lambda: encoded("-f", "lavfi", "-i", "sine=d=1", "-c:v", "none", "-c:a", "aac"), ("metadata",)),
    "picture": (picture, ("metadata",)),
    "one_frame": (lambda: encoded(*VIDEO, "-frames:v", "1"), KINDS),
    "one_keyframe": (lambda: encoded(*VIDEO, "-g", "9999", "-c:v", "libx264"), KINDS),
    "absurd_duration": (lambda: patched(b"mvhd", 20, struct.pack(">I", 0xFFFFFFFE)), KINDS),
    "absurd_rotation": (lambda: patched(b"tkhd", 44, struct.pack(">9i", *[0x7FFFFFFF] * 9)), KINDS),
}


def test_f10_broken_and_odd_files_are_listed_with_their_reason(daemons, tmp_path):
    for name, (content, _) in FILES.items():
        (tmp_path / "lib").mkdir(exist_ok=True)
        (tmp_path / "lib" / f"{name}.mp4").write_bytes(content())
    put(tmp_path / "lib", "good.mp4")
    daemon = daemons(tmp_path / "lib", jobs={"retry_seconds": [0.1], "attempts": 2})
    daemon.wait_done("good.mp4")
    daemon.wait_idle()
    items = daemon.videos()
    assert items.keys() == {"good.mp4", *(f"{name}.mp4" for name in FILES)}
    for name, (_, made) in FILES.items():
        item = items[f"{name}.mp4"]
        details = daemon.api(f"/api/videos/{item['id']}")["details"]
        assert {kind for kind in KINDS if item["artifacts"][kind] == "done"} >= set(made), (name, details)
        for kind in KINDS:
            if item["artifacts"][kind] != "done":
                assert (item["artifacts"][kind], bool(details[kind]["error"])) == ("failed", True), (name, kind)
                assert "Traceback" not in details[kind]["error"]
    assert max(job["attempts"] for job in daemon.jobs()) <= 2
    counts = daemon.api("/api/report")["kinds"]["thumbs"]
    assert counts["failed"] + counts["done"] == len(items)
    jobs = {job["id"]: (job["state"], job["attempts"], job["ended_at"]) for job in daemon.jobs()}
    looked_at = daemon.library("lib")["last_scan_at"]
    daemon.stop()
    daemon.start()
    daemon.wait_for(lambda: daemon.library("lib")["last_scan_at"] > looked_at)
    daemon.wait_idle()
    again = {job["id"]: (job["state"], job["attempts"], job["ended_at"]) for job in daemon.jobs()}
    assert again == jobs, "what was set aside was tried again by a new start"
    assert psutil.Process(daemon.process.pid).memory_info().rss < 200 * 2**20
    daemon.stop()


def test_f10_workers_that_are_killed(daemons, tmp_path):
    for number in range(4):
        put(tmp_path / "lib", f"{number}.mp4", number)
    daemon = daemons(tmp_path / "lib", jobs={"retry_seconds": [0.1], "attempts": 5}, workers={"total": 2})
    for number in range(4, 6):
        put(tmp_path / "lib", f"{number}.mp4", number)  # there is something to do for certain
        daemon.wait_for(lambda: [job for job in daemon.jobs() if job["state"] == "running"] and workers(daemon))
        for worker in workers(daemon):
            with contextlib.suppress(psutil.NoSuchProcess):
                worker.kill()
    daemon.wait_done(*(f"{number}.mp4" for number in range(6)))
    daemon.wait_idle()
    assert {job["state"] for job in daemon.jobs()} == {"done"}
    assert all(is_done(item) for item in daemon.videos().values())
    daemon.stop()


def workers(daemon):
    """Its worker processes (not multiprocessing's own tracker)."""
    found = []
    for process in daemon.family():
        try:
            if "spawn_main" in " ".join(process.cmdline()):
                found.append(process)
        except psutil.NoSuchProcess:
            continue
    return found
