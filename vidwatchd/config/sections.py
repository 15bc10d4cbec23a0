"""sections: the groups of settings in videorc.json: each key's default, limits and help stand here once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from vidwatchd.model import native


def setting(default: Any, help: str, flag: str | None = None, **limits: Any) -> Any:
    """One setting of a kind or product: its default, help, the command line's flag and pydantic's limits (ge, le …)."""
    return Field(default=default, description=help, json_schema_extra={"flag": flag}, **limits)


class Section(BaseModel):
    """A group of settings; anything it does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LibraryConfig(Section):
    """One watched folder."""

    path: str = Field(description="absolute path of the folder")
    name: str = Field(default="", description="shown in the dashboard; empty: the folder's own name")
    watch: bool = Field(default=True, description="follow changes; false: only scanned when asked")
    kinds: tuple[str, ...] | None = Field(
        default=None, description="kinds made here by themselves; null: all that the daemon makes"
    )
    skip: tuple[str, ...] = Field(default=(), description="kinds not made here by themselves")

    @property
    def folder(self) -> str:
        """``path`` as the operating system takes it."""
        return native(self.path)


class WorkersConfig(Section):
    """How many of each kind may run at once, and how many processes over all."""

    total: int = Field(default=0, ge=0, description="worker processes over all; 0: one a core")
    metadata: int = Field(default=3, ge=1, description="files probed at once")
    thumbs: int = Field(default=4, ge=1, description="thumbnails at once")
    sprites: int = Field(default=2, ge=1, description="sprite sheets at once")
    previews: int = Field(default=2, ge=1, description="previews at once")
    subtitles: int = Field(default=1, ge=1, description="transcriptions at once")
    phash: int = Field(default=2, ge=1, description="perceptual hashes at once")
    heatmaps: int = Field(default=2, ge=1, description="heatmaps at once")
    scenes: int = Field(default=2, ge=1, description="scene detections at once")
    faces: int = Field(default=1, ge=1, description="face extractions at once")
    stored: int = Field(default=1, ge=1, description="stored forms at once")
    codecs: int = Field(default=4, ge=1, description="codec scans at once")
    transcode: int = Field(default=1, ge=1, description="transcodes at once")
    finish: int = Field(default=0, ge=0, description="processes of the finish command; 0: as total")


class ThresholdsConfig(Section):
    """Where a number decides."""

    scene: float = Field(
        default=0.4,
        gt=0,
        le=255,
        description="scene cut; up to 1 a fraction (0.4 is the detector's own 27), above it 0-255",
    )
    phash_similarity: float = Field(
        default=0.92, gt=0, le=1, description="how alike two hashes are to count as duplicates"
    )


class WatchConfig(Section):
    """How changes on disk are noticed."""

    settle_seconds: float = Field(default=5.0, ge=0, description="a file unchanged for this long is complete")
    debounce_seconds: float = Field(default=0.2, ge=0, description="hints are collected for this long before a look")
    rescan_minutes: float = Field(default=60.0, gt=0, description="a full look at every library this often, jittered")
    polling: Literal["auto", "always", "never"] = Field(
        default="auto", description="poll instead of inotify: network mounts only, always, never"
    )
    poll_seconds: float = Field(default=30.0, gt=0, description="how often polling looks")


class ScanConfig(Section):
    """What counts as a video, and what a loss."""

    extensions: tuple[str, ...] = Field(
        default=("mp4", "mkv", "mov", "avi", "webm", "m4v"), description="file endings that are videos"
    )
    ignore: tuple[str, ...] = Field(default=(), description="further name patterns (* and ?) never looked at")
    grace_days: float = Field(default=30.0, ge=0, description="a deleted video's row and artifacts are kept this long")
    loss_fraction: float = Field(
        default=0.5, gt=0, le=1, description="a scan that would lose more than this part stops and asks"
    )
    loss_minimum: int = Field(default=10, ge=0, description="a loss of this many videos or fewer never stops a scan")


class JobsConfig(Section):
    """How owed work is done."""

    attempts: int = Field(default=3, ge=1, description="tries before a job is set aside with its reason")
    retry_seconds: tuple[float, ...] = Field(default=(60.0, 600.0, 3600.0), description="waits before each further try")
    timeout_seconds: float = Field(
        default=900.0, gt=0, description="a visit that takes longer, and ten times its video's length, is ended"
    )
    hung_seconds: float = Field(
        default=30.0, gt=0, description="a disk that does not answer for this long loses its workers to the others"
    )
    idle_seconds: float = Field(default=60.0, gt=0, description="worker processes leave after this long without work")
    nice: int = Field(default=10, ge=0, le=19, description="niceness of worker processes")


class ServeConfig(Section):
    """The dashboard's server."""

    host: str = Field(
        default="127.0.0.1", description="address to listen on; another than loopback needs password_file"
    )
    port: int = Field(default=8420, ge=0, le=65535, description="port to listen on; 0: any free one")
    password_file: str = Field(default="", description="file holding user:password; asked for by HTTP Basic")
    allowed_hosts: tuple[str, ...] = Field(default=(), description="further Host names that may reach the dashboard")


class MediaConfig(Section):
    """The tools that read and write media."""

    ffmpeg_path: str = Field(default="", description="ffmpeg to use; empty: the one on the PATH, else the embedded one")


class AudioConfig(Section):
    """The sound of stored forms."""

    format: Literal["aac", "mp3", "opus"] = Field(
        default="aac", description="how the sound is kept; opus keeps long films smaller"
    )
    max_mb: float = Field(
        default=5.0, gt=0, le=10_000, description="aimed-at size in megabytes; what 32 kbps need is taken in any case"
    )
    mono: bool = Field(default=False, description="keep one channel, which halves the least that a long film needs")
    ffmpeg_path: str = Field(default="", description="ffmpeg to use; empty: media.ffmpeg_path")


class ScriptConfig(Section):
    """The text of stored forms."""

    backend: Literal["auto", "whisper", "stub"] = Field(
        default="auto", description="where the transcript comes from; auto: subtitles, else a speech model, else none"
    )
    model: str = Field(default="small", min_length=1, description="speech model, by name or the path of its folder")
    visual_backend: Literal["none", "auto", "facts", "blip", "blip2"] = Field(
        default="none", description="what describes the pictures; auto: the best model that is here, else plain facts"
    )
    visual_interval_sec: float = Field(default=1.0, gt=0, le=3600, description="a picture is described this often")
    visual_max_frames: int = Field(default=60, ge=1, le=10_000, description="at most so many, evenly over a long film")


class T2vConfig(Section):
    """The picture of stored forms."""

    backend: Literal["auto", "cogvideox", "proxy", "keyframes", "stub"] = Field(
        default="auto", description="what stands in for the picture; auto: a ready model, else a tiny real proxy"
    )
    model_id: str = Field(
        default="", description="model that makes it, by its name on the hub or here; empty: the best that is here"
    )
    model_path: str = Field(default="", description="folder of such a model; wins over model_id")
    max_mb: float = Field(default=5.0, gt=0, le=10_000, description="aimed-at size of the picture in megabytes")
    duration_sec: float = Field(default=6.0, gt=0, le=3600, description="length of the stub")
    steps: int = Field(default=50, ge=1, le=1000, description="denoising steps of the model")
    seed: int = Field(default=0, ge=0, description="the same seed makes the same picture")
    device: Literal["", "auto", "cuda", "cpu"] = Field(default="", description="where it runs; empty: as device says")


class StoreConfig(Section):
    """What is kept of and around stored forms."""

    keep_original: bool = Field(
        default=True, description="keep what is uploaded; false: it goes once its stored form is proven"
    )
    min_free_gb: float = Field(
        default=5.0, ge=0, description="stored forms are made by themselves only while so much is free on the disk"
    )
    uploads_folder: str = Field(default="", description="folder of uploads; empty: uploads in the data folder")
    max_upload_gb: float = Field(default=100.0, gt=0, description="larger uploads are refused")
    max_uploads: int = Field(
        default=4, ge=1, le=100, description="so many uploads at once; whoever sends one more is told to come again"
    )
    cache_gb: float = Field(default=2.0, ge=0, description="room for playable files joined from stored forms")


class ModelsConfig(Section):
    """Where models are kept, and how long they stay in memory."""

    folder: str = Field(default="", description="folder that models are pulled into; empty: models in the data folder")
    idle_seconds: float = Field(
        default=300.0, gt=0, description="the worker that holds a model leaves after this long without work"
    )


class PeopleConfig(Section):
    """How faces of all videos are grouped into people."""

    cluster_eps: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="cosine distance within which two faces are one person's; 0: the model's own",
    )
    cluster_min_samples: int = Field(default=1, ge=1, description="so many faces within it make a group")
    gallery: str = Field(default="", description="folder with one folder of pictures or videos per person; empty: none")
    gallery_sample_rate: float = Field(default=1.0, gt=0, le=60, description="frames a second of a gallery's videos")
    label_threshold: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="cosine distance to the gallery within which a name is given; 0: the model's own",
    )
    min_occurrences: int = Field(default=2, ge=1, description="frames with a person's face that make a performer")


class ArtifactsConfig(BaseModel):
    """Where artifacts lie, and each kind's own settings (``artifacts.<kind>.<setting>``)."""

    model_config = ConfigDict(extra="allow", frozen=True)

    layout: Literal["beside", "central"] = Field(
        default="beside", description="beside each video in .artifacts, or central in the data folder"
    )

    def of(self, kind: str) -> Mapping[str, Any]:
        """The settings a person gave for one kind; {} when none."""
        return dict((self.model_extra or {}).get(kind, {}))
