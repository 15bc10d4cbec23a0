"""screenshot: the pictures in the README, from a real daemon: ``python -m tests.browser.screenshot docs``."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import ARGS, CHROMIUM
from tests.browser.films import Films, put
from tests.browser.real import KINDS, Real
from tests.browser.steps import until
from tests.clips import shared_media

SIZE = {"width": 1280, "height": 700}
# What is looked for where there are words, and a second at which there is something to see.
WORDS, AT_SECONDS = "telescope", 7.5
LOOKED_AT = "Big Buck Bunny.mp4"
# Freely licensed; what each is called in somebody's library.
NAMES = {
    "ordinary/big-buck-bunny-480p-30sec.mp4": "Films/Big Buck Bunny.mp4",
    "ordinary/big_buck_bunny_0_30.webm": "Films/Meadow by the stream.webm",
    "ordinary/sample_edit_list.mp4": "Holidays/Station roof, evening.mp4",
    "ordinary/hdr10-av1.mp4": "Holidays/Station roof, noon.mp4",
    "ordinary/fire2.mp4": "Home/Dog in a basket.mp4",
    "ordinary/bottle-detection.mp4": "Home/Blue bottle.mp4",
    "scenes/bikes.mp4": "Streets/Taxi and bike.mp4",
    "speech/nasa_13013.mp4": "Talks/Unfolding the mirror.mp4",
}
SAID = {
    LOOKED_AT: {"add": ["animation", "open film"], "rating": 5},
    "Dog in a basket.mp4": {"add": ["dog", "home"]},
    "Taxi and bike.mp4": {"add": ["street"]},
    "Unfolding the mirror.mp4": {"add": ["space"], "performers_add": ["NASA"]},
    "Station roof, evening.mp4": {"add": ["city", "summer"]},
}
MAX_BYTES = 320_000


def main() -> None:
    """Make the pictures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    with tempfile.TemporaryDirectory() as folder:
        shoot(Path(folder), parser.parse_args().out)


def shoot(home: Path, out: Path) -> None:
    """Fill a library, look through one of its cards, watch a video, and write what is seen into the folder ``out``."""
    videos = fill(home / "Videos", home / "films")
    wanted = sum(path.is_file() for path in videos.rglob("*"))
    with Real(home / "home", videos, artifacts={}) as real, sync_playwright() as playwright:
        real.wait_for(lambda: len(real.videos()) == wanted, "finding the files")
        for path in real.videos():
            real.wait_made(path, kinds=(*KINDS, "scenes", "subtitles"))
        for path, item in real.videos().items():
            if said := SAID.get(Path(path).name):
                real.api(f"/api/videos/{item['id']}/tags", said)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        page = browser.new_page(viewport=SIZE, device_scale_factor=2, color_scheme="light", reduced_motion="reduce")
        page.goto(f"{real.url}/?sort=-size")
        look_through(page)
        save(page, out / "screenshot.png")
        watch(page, real)
        save(page, out / "watch.png")
        browser.close()


def fill(videos: Path, made: Path) -> Path:
    """Real media where there are some, else films of ffmpeg's own."""
    media = shared_media()
    if media is None:
        made.mkdir()
        films = Films(made)
        for film in (films.colours(), films.pattern(), films.short(), films.upright(), films.hevc()):
            put(film, videos / "Patterns" / film.name)
        return videos
    for source, name in NAMES.items():
        put(media / source, videos / name)
    return videos


def look_through(page: Page) -> None:
    """The pointer on a card, and all pictures there."""
    page.locator("#grid .thumb").first.wait_for()
    for picture in page.locator("#grid .thumb").all():
        picture.evaluate("(image) => image.decode()")
    card = (
        page.locator("#grid .card[data-sheet]")
        .filter(has_text=LOOKED_AT)
        .or_(page.locator("#grid .card[data-sheet]"))
        .first
    )
    box = card.locator(".picture").bounding_box()
    for part in (0.5, 0.62):
        page.mouse.move(box["x"] + box["width"] * part, box["y"] + box["height"] * 0.5)
    card.locator(".scrub").wait_for()


def watch(page: Page, real: Real) -> None:
    """The first video in which the words are said, where they are said."""
    found = real.api(f"/api/search?q={WORDS}")["hits"]
    number = found[0]["video"]["id"] if found else next(iter(real.videos().values()))["id"]
    page.goto(f"{real.url}/watch/{number}?t={AT_SECONDS}&find={WORDS}")
    page.locator("#video").wait_for()
    until(page, "document.getElementById('video').readyState >= 2")
    page.wait_for_timeout(1500)  # the subtitle, the strip and the scenes come by themselves


def save(page: Page, out: Path) -> None:
    """Write what is seen."""
    page.screenshot(path=out)
    shrink(out)


def shrink(out: Path) -> None:
    """256 colours say it all, and a README should not weigh much."""
    for width in (SIZE["width"] * 2, 1920, SIZE["width"]):
        picture = Image.open(out).convert("RGB")
        small = picture.resize((width, width * SIZE["height"] // SIZE["width"]), Image.Resampling.LANCZOS)
        target = out.with_suffix(".small.png")
        small.quantize(256, kmeans=2, dither=Image.Dither.FLOYDSTEINBERG).save(target, optimize=True)
        if target.stat().st_size <= MAX_BYTES or width == SIZE["width"]:
            target.replace(out)
            return


if __name__ == "__main__":
    main()
