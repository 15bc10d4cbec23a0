"""clips: small real media files made by the embedded ffmpeg, each made once a session when first asked for."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg

SMALL = "testsrc2=s=320x180:r=25"
# What a file system may hold as a name, apart from "/" and NUL.
ODD_NAMES = (
    "new\nline.mp4",
    'it\'s "quoted".mp4',
    "100%03d%.mp4",
    "-leading.mp4",
    "http:colon.mp4",
    "emoji 🎬.mp4",
    os.fsdecode(b"bytes \xff\xfe.mp4"),
    "a" * 251 + ".mp4",
)


class Clips:
    """Makes clips under one folder; every method returns a native path and makes its file only the first time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def normal(self) -> str:
        """3 s of 320×180 H.264 at 25 frames a second, keyframe each second, with sound."""
        return self._ffmpeg("normal.mp4", *lavfi(f"{SMALL}:d=3"), *lavfi("sine=d=3"), "-g", "25", "-c:a", "aac")

    def brief(self) -> str:
        """1 s of 160×90 at 10 frames a second, with sound: for what takes long."""
        return self._ffmpeg("brief.mp4", *lavfi("testsrc2=s=160x90:r=10:d=1"), *lavfi("sine=d=1"), "-c:a", "aac")

    def long(self, suffix: str = ".mp4") -> str:
        """80 s at 10 frames a second, a keyframe every 2 s: long enough for plans other than full."""
        source = lavfi("testsrc2=s=160x90:r=10:d=80")
        return self._ffmpeg("long" + suffix, *source, "-g", "20", "-c:v", "libx264", "-preset", "ultrafast", "-bf", "2")

    def fragmented(self) -> str:
        """The long clip in fragments, as recorders and streaming services write it."""
        return self._ffmpeg("fragmented.mp4", "-i", self.long(), "-c", "copy", "-movflags", "frag_keyframe+empty_moov")

    def without_cues(self) -> str:
        """The long clip in a Matroska that was never finished, so that it has no index."""
        whole = Path(self.long(".mkv")).read_bytes()
        return self._written("without_cues.mkv", lambda path: path.write_bytes(whole[: len(whole) * 9 // 10]))

    def vp9(self) -> str:
        """70 s of VP9 in WebM."""
        source = lavfi("testsrc2=s=160x90:r=10:d=70")
        return self._ffmpeg(
            "vp9.webm", *source, "-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "20"
        )

    def xvid(self) -> str:
        """70 s of MPEG-4 part 2 with B-frames in AVI, whose packets have no presentation times."""
        return self._ffmpeg("xvid.avi", *lavfi("testsrc2=s=160x90:r=10:d=70"), "-c:v", "mpeg4", "-bf", "2", "-g", "30")

    def one_keyframe(self) -> str:
        """70 s with a single keyframe."""
        source = lavfi("testsrc2=s=160x90:r=5:d=70")
        return self._ffmpeg(
            "one_keyframe.mp4",
            *source,
            "-g",
            "9999",
            "-keyint_min",
            "9999",
            "-sc_threshold",
            "0",
            "-preset",
            "veryfast",
        )

    def still(self) -> str:
        """2 s of one unchanging colour."""
        return self._ffmpeg("still.mp4", *lavfi("color=c=0x4080c0:s=320x180:r=25:d=2"))

    def zero(self) -> str:
        """A single frame: next to no duration."""
        return self._ffmpeg("zero.mp4", *lavfi(SMALL), "-frames:v", "1")

    def empty(self) -> str:
        """0 bytes."""
        return self._written("empty.mp4", lambda path: path.write_bytes(b""))

    def zeros(self) -> str:
        """Reserved by a downloader, never written."""
        return self._written("zeros.mp4", lambda path: path.write_bytes(bytes(65536)))

    def junk(self) -> str:
        """Text with a video's name."""
        return self._written("junk.mp4", lambda path: path.write_bytes(b"this is no video at all\n" * 200))

    def headless(self) -> str:
        """An MP4 cut before its index."""
        whole = Path(self.normal()).read_bytes()
        return self._written("headless.mp4", lambda path: path.write_bytes(whole[: len(whole) // 2]))

    def truncated(self) -> str:
        """A long MP4 with its index in front, cut in the middle."""
        front = self._ffmpeg("front.mp4", "-i", self.long(), "-c", "copy", "-movflags", "+faststart")
        whole = Path(front).read_bytes()
        return self._written("truncated.mp4", lambda path: path.write_bytes(whole[: len(whole) // 2]))

    def silent_picture(self) -> str:
        """A picture with a video's name."""
        return self._ffmpeg("picture.mp4", *lavfi(SMALL), "-frames:v", "1", "-f", "image2", "-c:v", "mjpeg")

    def audio_only(self) -> str:
        """Sound alone."""
        return self._ffmpeg("audio_only.mp4", *lavfi("sine=d=1"), "-c:a", "aac")

    def with_cover(self) -> str:
        """Sound with cover art, which is no video."""
        cover = self._ffmpeg("cover.jpg", *lavfi(SMALL), "-frames:v", "1")
        return self._ffmpeg(
            "with_cover.mp4", "-i", self.audio_only(), "-i", cover, "-map", "0", "-map", "1", "-c", "copy",
            "-disposition:v", "attached_pic",
        )  # fmt: skip

    def rotated(self) -> str:
        """320×180 stored, shown upright as 180×320: the stored left half is red and is shown below."""
        halves = "color=c=red:s=160x180:d=1[a];color=c=blue:s=160x180:d=1[b];[a][b]hstack"
        flat = self._ffmpeg("halves.mp4", *lavfi(halves), "-c:v", "libx264", "-qp", "1")
        return self._ffmpeg("rotated.mp4", "-display_rotation", "90", "-i", flat, "-c", "copy")

    def narrow_pixels(self) -> str:
        """180×180 stored with pixels twice as wide."""
        return self._ffmpeg("narrow.mp4", *lavfi("testsrc2=s=180x180:r=25:d=1"), "-vf", "setsar=2")

    def variable_rate(self) -> str:
        """Frames at irregular times."""
        return self._ffmpeg(
            "variable.mp4", *lavfi(f"{SMALL}:d=4"), "-vf", "select='not(mod(n,7))+not(mod(n,3))'", "-fps_mode", "vfr"
        )

    def wide(self) -> str:
        """7680 pixels wide."""
        return self._ffmpeg("wide.mp4", *lavfi("testsrc2=s=7680x432:r=2:d=1"), "-preset", "ultrafast")

    def hours(self) -> str:
        """A time-lapse of ten hours: a frame every minute, two in a group."""
        source = lavfi("testsrc2=s=160x90:r=1/60:d=36000")
        return self._ffmpeg("hours.mkv", *source, "-g", "2", "-preset", "ultrafast")

    def moment(self) -> str:
        """A tenth of a second."""
        return self._ffmpeg("moment.mp4", *lavfi(f"{SMALL}:d=0.1"))

    def cuts(self) -> str:
        """70 s of six places, cut at 10, 25.2, 31, 44.96 and 60 s; B-frames, a keyframe at most every 10 s."""
        places = ("testsrc2", "color=c=darkgreen", "mandelbrot=s=160x90:r=25", "smptebars", "color=c=white", "testsrc")
        lengths = (10, 15.2, 5.8, 13.96, 15.04, 10)
        parts = [
            f"{place}{':' if '=' in place else '='}s=160x90:r=25,trim=duration={seconds},setpts=PTS-STARTPTS"
            for place, seconds in zip(places, lengths, strict=True)
        ]
        graph = ";".join(f"{part},format=yuv420p[p{n}]" for n, part in enumerate(parts))
        joined = "".join(f"[p{n}]" for n in range(len(parts))) + f"concat=n={len(parts)}"
        return self._ffmpeg("cuts.mp4", *lavfi(f"{graph};{joined}"), "-g", "250", "-bf", "3", "-preset", "veryfast")

    def hdr(self) -> str:
        """10 bit PQ: mid grey at 203 nits, the paper white of HDR, and a dark half."""
        return self._ffmpeg(
            "hdr.mp4", *lavfi("color=c=0x949494:s=320x180:r=10:d=1"), "-vf", "format=yuv420p10le", "-c:v", "libx265",
            "-x265-params", "log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc",
            "-color_trc", "smpte2084", "-color_primaries", "bt2020", "-colorspace", "bt2020nc",
        )  # fmt: skip

    def chapters(self) -> str:
        """Matroska with two chapters, a title and German sound."""
        text = ";FFMETADATA1\ntitle=Tïtle\n" + "".join(
            f"[CHAPTER]\nTIMEBASE=1/1000\nSTART={start}\nEND={start + 1000}\ntitle={title}\n"
            for start, title in ((0, "one"), (1000, "two"))
        )
        meta = self._written("chapters.txt", lambda path: path.write_text(text, encoding="utf-8"))
        return self._ffmpeg(
            "chapters.mkv", "-i", self.normal(), "-i", meta, "-map", "0", "-map_metadata", "1", "-map_chapters", "1",
            "-c", "copy", "-metadata:s:a:0", "language=deu",
        )  # fmt: skip

    def unknown_duration(self) -> str:
        """What a browser's recorder writes: Matroska that never says how long it is."""
        quick = ("-deadline", "realtime", "-cpu-used", "8")
        return self._ffmpeg(
            "unknown.webm", "-i", self.normal(), "-c:v", "libvpx", *quick, "-an", "-f", "webm", "-live", "1"
        )

    def hevc(self) -> str:
        """2 s of HEVC with sound, in MP4."""
        return self._ffmpeg(
            "hevc.mp4", *lavfi(f"{SMALL}:d=2"), *lavfi("sine=d=2"), "-c:v", "libx265", "-preset", "ultrafast",
            "-x265-params", "log-level=none", "-c:a", "aac",
        )  # fmt: skip

    def odd_size(self) -> str:
        """321×181 pixels, which only 4:4:4 can hold."""
        return self._ffmpeg("odd_size.mkv", *lavfi("testsrc2=s=321x181:r=25:d=1"), "-pix_fmt", "yuv444p")

    def many_tracks(self) -> str:
        """Matroska with all there can be: picture, German AAC, French MP3, text subtitles, a chapter, cover art, a font."""
        text = "1\n00:00:00,500 --> 00:00:01,500\nGuten Tag\n"
        lines = self._written("lines.srt", lambda path: path.write_text(text, encoding="utf-8"))
        cover = self._ffmpeg("cover.jpg", *lavfi(SMALL), "-frames:v", "1")
        font = self._written("font.ttf", lambda path: path.write_bytes(b"no font" * 9))
        return self._ffmpeg(
            "many_tracks.mkv", "-i", self.chapters(), *lavfi("sine=f=880:d=3"), "-i", lines, "-map", "0", "-map", "1",
            "-map", "2", "-c", "copy", "-c:a:1", "libmp3lame", "-c:s", "srt", "-metadata:s:a:1", "language=fra",
            "-metadata:s:s:0", "language=deu", "-attach", cover, "-metadata:s:t:0", "mimetype=image/jpeg",
            "-attach", font, "-metadata:s:t:1", "mimetype=font/ttf",
        )  # fmt: skip

    def black_middle(self) -> str:
        """10 s, black from 3 s to 7 s."""
        return self._ffmpeg(
            "black_middle.mp4", *lavfi(f"{SMALL}:d=10"),
            "-vf", "drawbox=t=fill:c=black:enable='between(t,3,7)'", "-g", "10", "-preset", "ultrafast",
        )  # fmt: skip

    def jumping(self) -> str:
        """Two MPEG-TS recordings joined by hand: the clock starts again in the middle."""
        part = self._ffmpeg("part.ts", *lavfi("testsrc2=s=160x90:r=10:d=65"), "-g", "20", "-preset", "ultrafast")
        twice = Path(part).read_bytes() * 2
        return self._written("jumping.ts", lambda path: path.write_bytes(twice))

    def playlist(self) -> str:
        """A playlist with a video's name that points at another file."""
        text = f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile://{self.long('.ts')}\n#EXT-X-ENDLIST\n"
        return self._written("playlist.mp4", lambda path: path.write_text(text))

    def concat(self) -> str:
        """The same with ffmpeg's own list format."""
        text = f"ffconcat version 1.0\nfile '{self.normal()}'\n"
        return self._written("concat.mp4", lambda path: path.write_text(text))

    def named(self, name: str) -> str:
        """The normal clip under another name."""
        normal = self.normal()
        return self._written(name, lambda path: shutil.copy(normal, path))

    def _ffmpeg(self, name: str, *arguments: str) -> str:
        return self._written(name, lambda path: _run(*arguments, str(path)))

    def _written(self, name: str, write: Callable[[Path], object]) -> str:
        path = self.folder / name
        if not path.exists():
            # Another process may be at it: each writes its own, whole ones only are seen, the first stays as it is.
            with tempfile.TemporaryDirectory(dir=self.folder, prefix=".making-") as folder:
                made = Path(folder, name)
                write(made)
                with contextlib.suppress(FileExistsError):
                    os.link(made, path)
        return str(path)


def lavfi(source: str) -> tuple[str, ...]:
    """Arguments for one of ffmpeg's own test sources."""
    return ("-f", "lavfi", "-i", source)


def _run(*arguments: str) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)}\n{done.stderr}")


def shared_media() -> Path | None:
    """The folder of other people's media: ``VIDWATCHD_TEST_MEDIA``, or ``shared/media`` beside the checkout."""
    named = os.environ.get("VIDWATCHD_TEST_MEDIA")
    folder = Path(named) if named else Path(__file__).parents[2] / "shared" / "media"
    return folder if folder.is_dir() else None
