"""talk: real pages and API over a real library with words in it, for tests in a real browser."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.browser.films import Films, put
from tests.browser.shelf import Shelf
from tests.browser.steps import until
from tests.spoken import divide, say, track
from tests.webapp.wire import Running
from vidwatchd import config, operations
from vidwatchd.operations import Context, libraries
from vidwatchd.operations.make import Wanted, make
from vidwatchd.webapp import create_app
from vidwatchd.webapp.events import Hub

KINDS = ("metadata", "thumbs", "sprites")
ENGLISH = (
    (0.5, 3.0, "Welcome to the clean room."),
    (3.2, 6.0, "This is the segment of the Webb"),
    (6.1, 9.0, "space telescope, in one of the\nlargest clean rooms in the world."),
    (9.5, 12.0, "It is made of eighteen mirrors."),
    (12.5, 15.0, "Each mirror is as large as a person."),
    (15.5, 19.0, "The telescope was folded like paper."),
    (19.5, 23.0, "Goodbye from the clean room."),
)
GERMAN = ((0.5, 3.0, "Willkommen im Reinraum."), (3.2, 9.0, "Das ist ein Stück des Webb-Teleskops."))
PARTS = ((0.0, 6.0, "Welcome"), (6.0, 12.0, "The mirrors"), (12.0, 24.0, "Folding & flying"))


class Talk:
    """One served library; ``id`` is its first video."""

    def __init__(self, ctx: Context, url: str, hub: Hub) -> None:
        self.ctx, self.url, self.hub = ctx, url, hub
        self.id = ctx.index.videos.in_folder(ctx.index.libraries.all()[0].id, "", recursive=True)[0].id

    def say(self, *tracks: Any, **more: Any) -> None:
        """Publish tracks, and tell the pages as the daemon does."""
        say(self.ctx, self.id, *tracks, **more)
        self.ctx.notify("video", {"ids": [self.id], "why": "artifact"})

    def fill(self) -> Talk:
        """Two languages and three chapters."""
        say(self.ctx, self.id, track("en", ENGLISH, default=True), track("de", GERMAN))
        divide(self.ctx, self.id, *PARTS)
        return self

    def watch(self, page: Page, query: str = "") -> None:
        """Open the video and wait until it could play."""
        page.goto(f"{self.url}/watch/{self.id}{query}")
        until(page, "document.getElementById('video')?.readyState >= 1")


@contextlib.contextmanager
def talking(home: Path, shelf: Shelf, film: Path | None = None) -> Iterator[Talk]:
    """A library of one film (coloured quarters where none is given), with pictures and without words."""
    folder = home / "videos"

    def fill(videos: Path) -> None:
        chosen = film or Films(videos.parent).colours()
        put(chosen, videos / chosen.name)

    shelf.copy(film.stem if film else "talk", folder, fill, KINDS)
    settings = config.parse({"data_dir": str(home / "data"), "workers": {"total": 1}}, home / "videorc.json")
    hub = Hub()
    with operations.open(settings, notify=hub.publish) as ctx:
        libraries.add(ctx, str(folder))
        make(ctx, str(folder), Wanted(KINDS))
        server = Running(create_app(ctx, hub))
        try:
            yield Talk(ctx, f"http://127.0.0.1:{server.port}", hub)
        finally:
            hub.close()
            server.end()
