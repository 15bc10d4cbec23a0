"""transcode: one file as a normalised MP4 that plays everywhere; what fits already is copied, not encoded."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import model_validator

from vidwatchd.errors import MediaError, StorageError, Unavailable
from vidwatchd.products import encoders
from vidwatchd.products.base import Produced, Product, ProductContext, setting
from vidwatchd.products.fits import Target

if TYPE_CHECKING:
    from vidwatchd.products.tracks import How, Plan

MP4 = ("mp4", "mov")
FILE = "made.mp4"
_MOST_CRF = {"h264": 51, "hevc": 51}
_BITRATE = r"^\d+(\.\d+)?[kKmM]?$"
_OPTIONS = {
    "format": "mp4",
    "movflags": "+faststart",
    "map_metadata": 0,
    "map_chapters": 0,
    "write_tmcd": 0,  # else a clock track is made of a tag, which is no stream of the source
    "max_muxing_queue_size": 4096,
}
# The slowest encoder on a small machine: a second of film in minutes. What takes longer hangs.
_LIMIT_SECONDS, _LIMIT_FACTOR = 600.0, 300.0
_VERIFYING = 0.02


class Transcode(Product):
    """An MP4 of one file: main picture, all sound, text subtitles, chapters and tags; H.264 and AAC unless told else."""

    name: ClassVar[str] = "transcode"
    summary: ClassVar[str] = "Make a normalised MP4 of a file."

    target_v: Literal["h264", "hevc", "vp9", "av1"] = setting("h264", "video codec")
    target_a: Literal["aac", "opus", "mp3"] = setting("aac", "audio codec")
    allowed_profiles: tuple[str, ...] = setting((), "video profiles that fit already, by comma; none: any")
    crf: int = setting(
        28, "constant quality of software encoders, lower is better; with a bitrate: capped", ge=0, le=63
    )
    v_bitrate: str = setting("3000k", "video bitrate of hardware encoders, the cap beside --crf", pattern=_BITRATE)
    a_bitrate: str = setting("128k", "bitrate of each encoded sound track", pattern=_BITRATE)
    preset: Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow"] = (
        setting("medium", "speed against size")
    )
    hardware: Literal["none", "videotoolbox", "nvenc", "vaapi", "qsv"] = setting("none", "encoder hardware to use")
    drop_subtitles: bool = setting(False, "leave subtitles out", flag="--drop-subtitles")
    force: bool = setting(False, "encode also what fits already")
    ffmpeg_path: str = setting("", "ffmpeg to use; empty: as the settings say")

    @model_validator(mode="after")
    def _in_range(self) -> Transcode:
        if self.crf > _MOST_CRF.get(self.target_v, self.crf):
            raise ValueError(f"crf of {self.target_v} goes from 0 to {_MOST_CRF[self.target_v]}")
        return self

    @property
    def target(self) -> Target:
        """What a file must be to be left alone."""
        return Target(self.target_v, self.target_a, self.allowed_profiles, MP4)

    def ready(self) -> Unavailable | None:
        """Whether the encoders really work here, by a trial. Raises UsageError for hardware that has none."""
        from vidwatchd.media import capabilities

        names = (encoders.video(self.target_v, self.hardware), encoders.audio(self.target_a))
        try:
            failed = [name for name in names if not capabilities.encodes(name, self.ffmpeg_path)]
        except Unavailable as error:
            return error
        hint = "use --hardware none" if self.hardware != encoders.SOFTWARE else "install an ffmpeg that has it"
        return Unavailable(f"the encoder {failed[0]} does not work on this machine", hint=hint) if failed else None

    def make(self, sources: Sequence[str], out: str, ctx: ProductContext) -> Produced:
        """Encode, then prove that the result is whole. Raises MediaError, StorageError when the disk is full."""
        from vidwatchd.media.probe import open_media, refuse_what_is_no_film
        from vidwatchd.products.tracks import plan

        with open_media(sources[0]) as media:
            document, info = media.document(), media.info
            refuse_what_is_no_film(media)
        path, how = os.path.join(out, FILE), self._how()
        work = _Work(sources[0], path, info.container, info.duration_seconds, self.ffmpeg_path)
        planned = plan(document, info.transfer, how)
        try:
            work.do(planned, ctx)
        except MediaError:
            if not planned.copied:
                raise
            # Timestamps or headers that a decoder forgives can be beyond what an MP4 takes as they are.
            planned = plan(document, info.transfer, replace(how, copies=False))
            work.do(planned, ctx)
            planned.notes.append("what fits could not be copied and was encoded")
        return Produced({**_told(planned), "duration_seconds": work.found_seconds}, {".mp4": path})

    def _how(self) -> How:
        from vidwatchd.media import capabilities
        from vidwatchd.products.tracks import How

        encoder = encoders.video(self.target_v, self.hardware)
        return How(
            target=self.target,
            video_encoder=encoder,
            video_options=encoders.options(encoder, self._quality()),
            audio_encoder=encoders.audio(self.target_a),
            audio_bitrate=self.a_bitrate,
            drop_subtitles=self.drop_subtitles,
            tone_maps=capabilities.has_filter("zscale", self.ffmpeg_path),
            copies=not self.force,
        )

    def _quality(self) -> encoders.Quality:
        """A default is not a wish: only what was given counts as crf and bitrate."""
        given = self.model_fields_set
        crf = self.crf if "crf" in given else None
        bitrate = self.v_bitrate if "v_bitrate" in given else None
        fields = type(self).model_fields
        return encoders.Quality(self.preset, crf, bitrate, fields["crf"].default, fields["v_bitrate"].default)


class _Work:
    """One encoding and its proof."""

    def __init__(self, source: str, path: str, container: str, duration_seconds: float, ffmpeg_path: str) -> None:
        self.source = source
        self.path = path
        self.container = container
        self.duration_seconds = duration_seconds
        self.ffmpeg_path = ffmpeg_path
        self.found_seconds = 0.0

    def do(self, planned: Plan, ctx: ProductContext) -> None:
        """Encode by a plan and prove the result. Raises MediaError, StorageError."""
        from vidwatchd.media.playable import Promise, prove

        self._encode(planned, ctx)
        self.found_seconds = prove(self.path, Promise(self.duration_seconds, planned.promised))

    def _encode(self, planned: Plan, ctx: ProductContext) -> None:
        from vidwatchd.media.encode import Encoding, encode
        from vidwatchd.media.ffmpeg import executable

        work = Encoding(self.source, self.container, self.path, planned.tracks, _OPTIONS, planned.before)
        try:
            encode(
                work,
                exe=executable(self.ffmpeg_path),
                duration_seconds=self.duration_seconds,
                timeout_seconds=time_limit(self.duration_seconds),
                progress=lambda done: ctx.progress((1 - _VERIFYING) * done),
            )
        except MediaError as error:
            if os.strerror(errno.ENOSPC) in error.message or not shutil.disk_usage(os.path.dirname(self.path)).free:
                raise StorageError("the disk is full") from error
            raise


def time_limit(duration_seconds: float) -> float:
    """Seconds after which an encoding of so long a film must hang."""
    return _LIMIT_SECONDS + _LIMIT_FACTOR * duration_seconds


def _told(plan: Plan) -> dict[str, Any]:
    streams = [f"{codec} {type_}" for type_, codec in plan.promised]
    return {"streams": streams, "copied": plan.copied, "notes": plan.notes}
