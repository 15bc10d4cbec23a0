"""test_f17_names: any name that a file system takes works from the folder to the browser."""

import os
import unicodedata
from urllib.parse import quote

from tests.live import put, quoted, unlike
from vidwatchd.model import portable

NAMES = [
    b"new\nline.mp4",
    b"quote\"s and 'more'.mp4",
    b"100% %41 #1 ?.mp4",
    b"\xff\xfe not utf-8 \xe9.mp4",
    "émoji 👩‍👩‍👧 ünd.mp4".encode(),
    b"-rf.mp4",
    b"  spaces  .mp4",
    b"{},[]$(id);&.mp4",
    b"<script>alert(1)</script>.mp4".replace(b"/", b"_"),
    b"back\\slash.mp4",
    unicodedata.normalize("NFC", "twin é.mp4").encode(),
    unicodedata.normalize("NFD", "twin é.mp4").encode(),
    b"x" * 251 + b".mp4",
    b"case.mp4",
    b"CASE.MP4",
]


def test_f17_odd_names_from_the_folder_to_the_browser(daemons, tmp_path):
    lib = tmp_path / "lib"
    for number, name in enumerate(NAMES):
        put(lib, name, number)
    os.symlink(lib, lib / "loop")
    os.symlink("nowhere.mp4", lib / "dangling.mp4")
    os.symlink("/etc/passwd", lib / "outside.mp4")
    daemon = daemons(lib)
    paths = [portable(os.fsdecode(name)) for name in NAMES]
    items = daemon.wait_done(*paths)
    daemon.wait_idle()
    assert len(items) == len(NAMES), "each once"
    for number, (name, path) in enumerate(zip(NAMES, paths, strict=True)):
        item = items[path]
        base = f"/api/videos/{item['id']}"
        assert daemon.ask(f"{base}/file")[2] == unlike(number), name
        status, headers, _ = daemon.ask(f"{base}/file?download=1")
        assert (status, "\n" in headers["Content-Disposition"]) == (200, False)
        assert daemon.ask(item["thumb_url"])[0] == 200
        files = [file["name"] for kind in daemon.api(base)["details"].values() for file in kind["files"]]
        assert len(files) == 12
        for file in files:
            kind = next(k for k, v in daemon.api(base)["details"].items() if file in [f["name"] for f in v["files"]])
            assert daemon.ask(f"{base}/artifacts/{kind}/{quote(file, safe='')}")[0] == 200, (name, file)
        assert daemon.api(f"{base}/tags", {"add": [f"n{number}"]})["tags"] == [f"n{number}"]
        assert daemon.ask(f"/watch/{item['id']}")[0] == 200
        assert daemon.api(f"/videos/{quote(path, safe='')}/tags?directory={quoted(lib)}")["tags"] == [f"n{number}"]
        assert daemon.api(f"/videos/{quoted(name)}/tags?directory={quoted(lib)}")["tags"] == [f"n{number}"], name
    assert b"<script>alert" not in daemon.ask("/")[2]
    assert {path for path, item in daemon.videos().items() if item["tags"]} == set(paths)
    daemon.stop()
