"""films: real files for the live tests, made by the embedded ffmpeg, whose pictures say what time it is."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import imageio_ffmpeg

# One colour a quarter, so that a picture tells which quarter of the film it is from.
QUARTERS = {"red": (254, 0, 0), "lime": (0, 255, 1), "blue": (0, 0, 254), "yellow": (255, 255, 0)}
QUARTER_SECONDS = 6
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "10", "-movflags", "+faststart")
HEVC = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none", "-tag:v", "hvc1")


class Films:
    """Makes each film once, under one folder; ``put`` copies it to where a test wants it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def colours(self) -> Path:
        """24 s of H.264 with sound: red, green, blue, yellow."""
        parts = [f"color=c={name}:s=320x180:r=10:d={QUARTER_SECONDS}" for name in QUARTERS]
        graph = ";".join(f"{part}[{at}]" for at, part in enumerate(parts))
        graph += ";" + "".join(f"[{at}]" for at in range(len(parts))) + f"concat=n={len(parts)}"
        seconds = QUARTER_SECONDS * len(parts)
        return self._made("colours.mp4", *lavfi(graph), *lavfi(f"sine=d={seconds}"), "-c:a", "aac", *H264)

    def chime(self) -> Path:
        """8 s of H.264 with sound."""
        return self._made("chime.mp4", *lavfi("testsrc2=s=320x180:r=10:d=8"), *lavfi("sine=d=8"), "-c:a", "aac", *H264)

    def pattern(self) -> Path:
        """20 s of H.264 that is too large to be fetched whole by a player that only looks."""
        return self._made("pattern.mp4", *lavfi("testsrc2=s=1280x720:r=10:d=20"), "-b:v", "8M", "-qp", "4", *H264)

    def short(self) -> Path:
        """2 s of H.264."""
        return self._made("short.mp4", *lavfi("testsrc2=s=320x180:r=10:d=2"), *H264)

    def upright(self) -> Path:
        """3 s, higher than wide."""
        return self._made("upright.mp4", *lavfi("testsrc=s=180x320:r=10:d=3"), *H264)

    def hevc(self) -> Path:
        """2 s of HEVC in MP4, which browsers do not play."""
        return self._made("hevc.mp4", *lavfi("testsrc2=s=320x180:r=10:d=2"), "-pix_fmt", "yuv420p", *HEVC)

    def sound(self) -> Path:
        """1 s of sound without a picture."""
        return self._made("sound.mp4", *lavfi("sine=d=1"), "-c:a", "aac")

    def broken(self) -> Path:
        """Text with a video's name."""
        path = self.folder / "broken.mp4"
        path.write_bytes(b"this is no video at all\n" * 200)
        return path

    def _made(self, name: str, *arguments: str) -> Path:
        path = self.folder / name
        if not path.exists():
            command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y", *arguments, str(path)]
            subprocess.run(command, check=True)
        return path


def lavfi(source: str) -> tuple[str, ...]:
    """Arguments for one of ffmpeg's own test sources."""
    return ("-f", "lavfi", "-i", source)


def put(film: Path, target: Path, mark: str = "") -> Path:
    """Copy a film as a file manager does; ``mark`` makes its content another's, in a last box that players skip."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(film, target)
    if mark:
        with target.open("ab") as file:
            words = mark.encode("utf-8", "surrogateescape") * 4
            file.write((8 + len(words)).to_bytes(4, "big") + b"free" + words)
    return target
