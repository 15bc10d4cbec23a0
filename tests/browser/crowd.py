"""crowd: real pages and API over a real library of people, with drawn faces, for tests in a real browser."""

from __future__ import annotations

import contextlib
import io
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from tests import seen
from tests.browser.films import Films, put
from tests.browser.shelf import Shelf
from tests.webapp.wire import Running
from vidwatchd import config, operations
from vidwatchd.operations import Context, libraries
from vidwatchd.operations import scan as scans
from vidwatchd.operations.make import Wanted, make
from vidwatchd.webapp import create_app
from vidwatchd.webapp.events import Hub

SKINS = ("#f1c9a5", "#8d5a3c", "#d9a066", "#5b3a29", "#f6d7c3", "#c68642", "#e8b48a", "#70442a")
HAIRS = ("#2b1b12", "#b5651d", "#111111", "#7a7a7a", "#d8b24a", "#8c1c13", "#3b2a4a", "#efe6d0")
GROUNDS = ("#7fa3b5", "#b5907f", "#8fb57f", "#a07fb5", "#b5b07f", "#7fb5a8", "#c98f8f", "#6f7f9f")


def drawn(person: int, look: int = 0) -> bytes:
    """A face that is told from others at a glance, as a JPEG."""
    at = person % 8
    picture = Image.new("RGB", (160, 160), GROUNDS[(at + look) % 8])
    pen = ImageDraw.Draw(picture)
    pen.ellipse((22 + look % 3, 130, 138, 230), fill=GROUNDS[(at + 3) % 8])
    pen.ellipse((38, 18, 122, 120), fill=HAIRS[(at + person // 8) % 8])
    pen.ellipse((46, 34 + look % 3, 114, 132), fill=SKINS[(at + person // 8) % 8])
    for x in (62, 90):
        pen.ellipse((x, 72, x + 9, 81), fill="#202020")
    pen.arc((64, 88, 96, 114), 20, 160, fill="#7a2e2e", width=4)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=88)
    return file.getvalue()


class Crowd:
    """One library; each video shows people by number."""

    def __init__(self, ctx: Context, folder: Path, url: str = "") -> None:
        self.ctx, self.folder, self.url = ctx, folder, url
        self.root = folder / "videos"
        self.library_id = 0
        # Whose row is whose number: who is the same is made up here, so that the pages are what is tested.
        self.numbered: dict[int, int] = {}

    index = property(lambda self: self.ctx.index)
    store = property(lambda self: self.ctx.store(self.library_id))

    def scan(self) -> None:
        scans.scan_and_owe(self.ctx, self.ctx.index.libraries.get(self.library_id))

    def id(self, path: str) -> int:
        return self.index.videos.at(self.library_id, path).id

    def ids(self) -> dict[str, int]:
        listed = self.index.videos.in_folder(self.library_id, "", recursive=True)
        return {video.path: video.id for video in listed}

    def show(self, path: str, people: Sequence[int], look: int = 0) -> None:
        """Publish who is seen in a video that is there."""
        faces = [
            replace(
                seen.face(person, look, number=at, at=3.0 + 5 * at, left=0.1 + 0.2 * (at % 4)),
                picture=f".faces/face_{at:03}.jpg",
            )
            for at, person in enumerate(people)
        ]
        number, made_at = seen.write(self, path, faces), time.time()
        rows = self.index.faces.put(number, seen.KIND, made_at, seen.SPACE, faces)
        for row, person in zip(rows, people, strict=True):
            if person not in self.numbered:
                self.numbered[person] = self.index.people.create().id
            self.index.faces.assign({row: self.numbered[person]})
        for face, person in zip(faces, people, strict=True):
            Path(self.store.file(path, face.picture)).write_bytes(drawn(person, look))

    def person(self, path: str, number: int = 0) -> str:
        """The id of who has that face."""
        return seen.person_of(self, path, number).uuid

    def api(self, path: str) -> Any:
        """What a route answers."""
        status, _, body = self.server.ask(path)
        return json.loads(body) if status == 200 else {"status": status}


VIDEOS = {"party.mp4": (1, 2, 3), "hike.mp4": (1, 2), "lake.mp4": (1, 4), "talk.mp4": (3, 1)}


@contextlib.contextmanager
def gathering(home: Path, shelf: Shelf) -> Iterator[Crowd]:
    """A library of videos with people, served."""

    def fill(videos: Path) -> None:
        film = Films(videos.parent).colours()
        for path in VIDEOS:
            put(film, videos / path, mark=path)

    shelf.copy("crowd", home / "videos", fill, ("metadata",))
    settings = config.parse({"data_dir": str(home / "data"), "workers": {"total": 1}}, home / "videorc.json")
    hub = Hub()
    with operations.open(settings, notify=hub.publish) as ctx:
        crowd = Crowd(ctx, home)
        crowd.library_id = libraries.add(ctx, str(crowd.root))["id"]
        crowd.scan()
        make(ctx, str(crowd.root), Wanted(("metadata",)))
        for number, (path, people) in enumerate(VIDEOS.items()):
            crowd.show(path, people, look=number)
        crowd.server = Running(create_app(ctx, hub))
        crowd.url = f"http://127.0.0.1:{crowd.server.port}"
        try:
            yield crowd
        finally:
            hub.close()
            crowd.server.end()
