"""base: what a kind of artifact is: its settings as fields, how it is made, and what it hands back."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict

from vidwatchd.config import setting as setting
from vidwatchd.cues import Edits, Passage
from vidwatchd.errors import Cancelled, Unavailable
from vidwatchd.model import MediaInfo, VideoFacts, Wants, file_name

if TYPE_CHECKING:
    from PIL.Image import Image

    from vidwatchd.media.probe import Media


@dataclass(frozen=True, slots=True)
class Made:
    """What a kind made: ``files`` maps each suffix to the native path of a file in the out folder."""

    files: Mapping[str, str]
    facts: Mapping[str, Any] = field(default_factory=dict)
    video: VideoFacts | None = None
    backend: str = ""


@dataclass(frozen=True, slots=True)
class Out:
    """Where a kind writes, and what its files will be called once published."""

    folder: str
    name: str

    def path(self, suffix: str) -> str:
        """The native path to write; short whatever the video is called, so that no name is too long here."""
        return os.path.join(self.folder, f"made{suffix}")

    def write(self, suffix: str, content: bytes) -> str:
        """Write one file whole and give its native path."""
        path = self.path(suffix)
        inside = os.path.dirname(path)
        # One level and never ``folder`` itself: a library that went away must not be begun anew where it was mounted.
        if inside != self.folder and not os.path.isdir(inside):
            os.mkdir(inside)
        with open(path, "wb") as file:
            file.write(content)
        return path

    def published(self, suffix: str) -> str:
        """The file's name once published (portable), for files that mention one another."""
        return file_name(self.name, suffix)


@dataclass(frozen=True, slots=True)
class MakeContext:
    """What a kind without frames is handed: the opened file on demand, other kinds' files, progress and cancelling."""

    open: Callable[[], Media]
    inputs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Kind → suffix → native path of the published files of the kinds that this one requires, as far as they are there."""
    models: str = ""
    """The (native) folder that models are kept in."""
    workdir: str = ""
    """A (native) folder for temporary files, gone after the visit."""
    progress: Callable[[float], None] = lambda done: None
    cancelled: Callable[[], bool] = lambda: False

    def check(self) -> None:
        """Raise Cancelled when somebody stopped this."""
        if self.cancelled():
            raise Cancelled("stopped")


class Kind(BaseModel):
    """One kind of artifact; its fields are its settings. A kind that needs no frames implements ``make``."""

    model_config = ConfigDict(extra="forbid", validate_default=True)

    name: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    version: ClassVar[int] = 1
    tier: ClassVar[Literal["quick", "heavy", "model"]] = "quick"
    """``model``: made by the one worker that keeps models loaded."""
    suffixes: ClassVar[tuple[str, ...]]
    folder: ClassVar[str] = ""
    """Suffix of a folder of the video's own for files that only mean something together or whose number the video
    decides, such as ``.previews/seg_01.webm``; without the leading dot it is for people to open, and not hidden."""
    requires: ClassVar[tuple[str, ...]] = ()
    """Kinds whose files are handed to ``make``; made again when one of those is."""
    reads: ClassVar[tuple[str, ...]] = ()
    """Endings of files beside the video (``.srt``) that it is made from: made again when one comes, goes or changes."""
    spoken: ClassVar[str] = ""
    """Suffix of the JSON file whose words can be searched; see ``passages``."""
    meant: ClassVar[str] = ""
    """Suffix of the JSON file that holds vectors of what the video means."""
    seen: ClassVar[str] = ""
    """Suffix of the JSON file that holds the faces seen in the video, as ``signatures`` has them."""
    kept: ClassVar[str] = ""
    """Suffix of the manifest of a form of the video that outlasts it: no clean-up removes such files, nor the row."""
    last: ClassVar[bool] = False
    """Made by itself only once nothing else waits, and while the disk has ``store.min_free_gb`` to spare."""
    programs: ClassVar[tuple[str, ...]] = ()
    """Settings that name a program to run: they come from the settings file or a command line, never over the network."""
    aliases: ClassVar[tuple[str, ...]] = ()
    urls: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    """Addresses that every listed video carries: JSON member → part → suffix; a part "" stands for the member itself.
    A suffix that ends in ``.*`` stands for whichever ending there is."""

    defaults: ClassVar[Mapping[str, str]] = {}
    """Settings whose default stands elsewhere in the settings file: field → dotted key."""

    @property
    def settings_hash(self) -> str:
        """A short hash of the settings: the same for the same settings in every process and version of Python."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @classmethod
    def owns(cls, suffix: str) -> bool:
        """Whether this kind may write a file of that suffix."""
        folder, slash, inside = suffix.partition("/")
        return suffix in cls.suffixes or bool(slash and folder == cls.folder and inside and "/" not in inside)

    @classmethod
    def line(cls, facts: Mapping[str, Any]) -> str:
        """What a person at a terminal wants to read of one video's artifact, "" for nothing."""
        return ""

    @classmethod
    def passages(cls, values: Any, edits: Edits) -> tuple[Passage, ...]:
        """The words that can be searched in the file ``spoken`` (as JSON), as people want them; () for a foreign file."""
        return ()

    def ready(self, models: str) -> Unavailable | None:
        """Why this kind cannot be made here at all (an optional part is missing), or None when it can. Never downloads.

        ``models`` is the (native) folder that models are kept in.
        """
        return None

    def lacks(self, models: str) -> Unavailable | None:
        """Why some videos must do without it here, though others need not; None: those that did are tried again."""
        return self.ready(models)

    def resolved(self, models: str) -> Self:
        """These settings with what "auto" means here now, where another choice makes what was made before stale."""
        return self

    def make(self, source: str, out: Out, ctx: MakeContext) -> Made:
        """Make the files of ``source`` (native path) under ``out``. Raises MediaError when the file is to blame."""
        raise NotImplementedError(f"{type(self).__name__} needs frames")


class FrameKind(Kind):
    """A kind made from frames: told what is here, asked what it wants, handed each frame once and in order, then finished.

    An instance serves one visit; what it gathers on the way lies in private attributes.
    """

    def begin(self, ctx: MakeContext) -> None:
        """Be handed the models and a folder for temporary files, before any frame."""

    def wants(self, info: MediaInfo) -> Wants | None:
        """The frames wanted of a video, None for none at all."""
        raise NotImplementedError

    def take(self, at_seconds: float, image: Image) -> None:
        """Be handed one wanted frame (RGB, upright, square pixels) with its real time."""
        raise NotImplementedError

    def again(self) -> Wants | None:
        """Frames wanted in a second look, now that the first is over; ``take`` is called for these too."""
        return None

    def finish(self, out: Out) -> Made:
        """Write the files under ``out``, check them, and say what was made."""
        raise NotImplementedError
