"""models: what the API's routes take, as pydantic classes: names, types, limits and a sentence of help each."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator


class Asked(BaseModel):
    """A query string. flask-openapi3 asks for its schema at every request, which takes longer than most answers."""

    @classmethod
    def model_json_schema(cls, *args: Any, **options: Any) -> dict[str, Any]:
        """The JSON schema, worked out once a model."""
        return super().model_json_schema(*args, **options) if args or options else cls._plain_schema()

    @classmethod
    @lru_cache
    def _plain_schema(cls) -> dict[str, Any]:
        return super().model_json_schema()


class Body(BaseModel):
    """A JSON body; a member that is not known is refused, so that a typing error is not silently ignored."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def _storable(cls, value: Any) -> Any:
        if not _is_storable(value):
            raise ValueError("must be text that a file can hold: no NUL, no half of a surrogate pair")
        return value


def _is_storable(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= c <= "\udfff" for c in value)
    if isinstance(value, dict):
        return all(map(_is_storable, [*value, *value.values()]))
    return not isinstance(value, list) or all(map(_is_storable, value))


# What SQLite's integers hold.
Id = Annotated[int, Field(ge=1, le=2**62)]


class VideoPath(Asked):
    """A video by its id."""

    video_id: int = Field(ge=1, le=2**62, description="id of the video")


class ArtifactPath(VideoPath):
    """One file of an artifact."""

    kind: str = Field(description="kind of artifact")
    file: str = Field(description="published file name, or its suffix without the dot (sprites.vtt)")


class TrackPath(VideoPath):
    """One track of a video's words."""

    track: str = Field(max_length=100, description="id of the track, such as en or en.sdh")


class NamePath(Asked):
    """A video by its name."""

    name: str = Field(description="file name, with folders, relative to the directory")


class JobPath(Asked):
    """A job's number, or the uuid of a request."""

    job_id: str = Field(max_length=64, description="number of a job or uuid of a request")


class LibraryPath(Asked):
    """A library by its id."""

    library_id: int = Field(ge=1, le=2**62, description="id of the library")


class ModelPath(Asked):
    """A model by its name."""

    name: str = Field(max_length=200, description="name of a model, such as small")


class VideosQuery(Asked):
    """Which videos, in what order, from where."""

    q: str = Field(default="", max_length=500, description="words in the name, folder, tags or performers")
    tags: str = Field(default="", description="tags, by comma")
    performers: str = Field(default="", description="performers, by comma")
    match_any: bool = Field(default=False, description="any of the tags instead of all")
    library: str = Field(default="", description="id or name of a library")
    folder: str | None = Field(default=None, description="a folder inside the library, with what is beneath")
    missing: str = Field(default="", description="only videos without this kind")
    failed: str = Field(default="", description="only videos where this kind failed, or 'any'")
    presence: str = Field(default="", description="present, gone, unknown or any; empty: all but gone")
    codec: str = Field(default="", description="video codec, as in video_codec")
    min_duration: float | None = Field(default=None, description="at least so many seconds")
    max_duration: float | None = Field(default=None, description="at most so many seconds")
    min_height: int | None = Field(
        default=None, ge=0, le=2**31, description="at least so many pixels on the shorter side"
    )
    added_days: float | None = Field(default=None, ge=0, description="added within so many days")
    ids: str | None = Field(default=None, max_length=10_000, description="only these ids, by comma")
    sort: str = Field(default="-added", description="added, name, duration or size; a leading - reverses")
    limit: int = Field(default=100, ge=1, le=500, description="how many")
    offset: int = Field(default=0, ge=0, le=2**62, description="skip so many (cursor is quicker)")
    cursor: str = Field(default="", description="next_cursor of the page before")
    directory: str | None = Field(default=None, description="a library folder")
    recursive: bool = Field(default=False, description="with the folders beneath directory")


class DirectoryQuery(Asked):
    """A library folder."""

    directory: str = Field(default=".", description="a library folder: absolute, or relative to a library")
    recursive: bool = Field(default=False, description="with the folders beneath")


class ReportQuery(Asked):
    """What to report on."""

    directory: str | None = Field(default=None, description="a library folder; none: everything")
    recursive: bool = Field(default=False, description="with the folders beneath")


class TagsQuery(Asked):
    """Which names to complete."""

    kind: Literal["tag", "performer"] = Field(default="tag", description="tags or performers")
    prefix: str = Field(default="", max_length=200, description="beginning of the name, or of a word in it")
    limit: int = Field(default=20, ge=1, le=1000, description="how many")


class TagsBody(Body):
    """A change of what is said of a video."""

    add: list[str] = Field(default=[], description="tags to add")
    remove: list[str] = Field(default=[], description="tags to take away")
    performers_add: list[str] = Field(default=[], description="performers to add")
    performers_remove: list[str] = Field(default=[], description="performers to take away")
    replace: bool = Field(default=False, description="the added names take the place of all others")
    rating: int | None = Field(default=None, ge=0, le=5, description="1 to 5; 0 takes it away")
    notes: str | None = Field(default=None, max_length=20_000, description="free text")


Seconds = Annotated[float, Field(ge=0, le=10**7, allow_inf_nan=False)]


class SpanBody(Body):
    """A stretch of time."""

    start: Seconds = Field(description="seconds from the video's beginning")
    end: Seconds = Field(description="seconds from the video's beginning")


class LineBody(SpanBody):
    """A line as it is wanted."""

    text: str = Field(max_length=20_000, description="what is shown; empty: no line")
    was: SpanBody | None = Field(default=None, description="times of the line it stands for, where those are others")


class ChapterBody(Body):
    """A chapter; it ends where the next begins."""

    start: Seconds = Field(description="seconds from the video's beginning")
    end: Seconds | None = Field(
        default=None, description="not heeded; accepted so that chapters can be sent as they came"
    )
    title: str = Field(max_length=1000, description="what it is called")


class ChaptersBody(Body):
    """All chapters of a video."""

    chapters: list[ChapterBody] | None = Field(description="all of them; null: as they were made")


class BulkBody(Body):
    """The same change for several videos."""

    ids: list[Id] = Field(min_length=1, max_length=5000, description="the videos")
    add: list[str] = Field(default=[], description="tags to add")
    remove: list[str] = Field(default=[], description="tags to take away")
    performers_add: list[str] = Field(default=[], description="performers to add")
    performers_remove: list[str] = Field(default=[], description="performers to take away")


class ImportedVideo(Body):
    """One video of an export."""

    video: str = Field(description="path inside the library")
    tags: list[str] = Field(default=[], description="its tags")
    performers: list[str] = Field(default=[], description="its performers")
    rating: int | None = Field(default=None, ge=0, le=5, description="1 to 5")
    notes: str = Field(default="", max_length=20_000, description="free text")


class ImportBody(Body):
    """An export of tags."""

    videos: list[ImportedVideo] = Field(description="the videos")


class SimilarQuery(Asked):
    """Which moment, and how many like it."""

    at: float = Field(default=0.0, ge=0, le=1e9, description="seconds from the video's start")
    limit: int = Field(default=12, ge=1, le=500, description="how many videos")


class DuplicatesQuery(Asked):
    """Which duplicates, and how alike."""

    limit: int = Field(default=25, ge=0, le=1000, description="how many groups, and how many pairs")
    threshold: float | None = Field(
        default=None, ge=0, le=1, description="least similarity; none: thresholds.phash_similarity of the settings"
    )
    library: str = Field(default="", description="id or name of a library; empty: all")


class VerdictBody(Body):
    """What a person says of two videos that look alike."""

    a: Id = Field(description="one video")
    b: Id = Field(description="the other")
    verdict: Literal["different", "unsure"] = Field(description="different videos, or undecided again")


class SearchQuery(Asked):
    """What to look for."""

    q: str = Field(
        default="", max_length=500, description='words, "a phrase", word*, -without, OR; tag: person: longer: and so on'
    )
    limit: int = Field(default=20, ge=1, le=100, description="how many videos")
    offset: int = Field(default=0, ge=0, le=2**31, description="next_offset of the page before")
    moments: int = Field(default=3, ge=1, le=100, description="how many moments of each video")
    typing: bool = Field(default=False, description="the last word may be unfinished")


class SavedBody(Body):
    """A search to save."""

    name: str = Field(min_length=1, max_length=80, description="what to call it")
    query: str = Field(min_length=1, max_length=500, description="what to look for")


class SavedName(Asked):
    """A saved search by its name."""

    name: str = Field(min_length=1, max_length=80, description="name of the search")


class RenameBody(Body):
    """Another name for a video."""

    name: str = Field(max_length=255, description="file name in the same folder")


class RenamesBody(Body):
    """Other names for many videos."""

    directory: str = Field(default=".", description="a library folder: absolute, or relative to a library")
    source: str = Field(max_length=1000, description="what to replace in each name")
    target: str = Field(max_length=1000, description="what to put there")
    regex: bool = Field(default=False, description="source is a Python regular expression")
    ext: str = Field(default=".mp4", max_length=200, description="file endings, by comma; * for all videos")
    recursive: bool = Field(default=False, description="with the folders beneath")
    limit: int = Field(default=0, ge=0, le=2**31, description="at most so many files; 0: all")
    dry_run: bool = Field(default=True, description="only say what would be done")
    show_all: bool = Field(default=False, description="answer with every rename")


class MakeBody(Body):
    """Kinds to make for one video."""

    kinds: list[str] = Field(min_length=1, description="kinds by name")
    force: bool = Field(default=True, description="also where it is done already")


class JobBody(Body):
    """Work to queue."""

    task: str = Field(description="kinds by name, by comma; finish, batch, or another long operation by its name")
    directory: str = Field(default="", description="a library folder")
    recursive: bool = Field(default=False, description="with the folders beneath")
    force: bool = Field(default=False, description="also what is done already")
    params: dict[str, Any] = Field(
        default={}, description="settings that differ from the settings file; of a batch: tasks and max"
    )
    video_ids: list[Id] = Field(default=[], max_length=5000, description="just these videos")
    library: Id | None = Field(default=None, description="all videos of a library, by id")


class JobsQuery(Asked):
    """Which jobs to list."""

    state: str = Field(default="", description="queued, running, done, failed or cancelled")
    kind: str = Field(default="", description="kind of artifact, or name of a task")
    limit: int = Field(default=100, ge=1, le=1000, description="how many")


class EventsQuery(Asked):
    """From where to tell events."""

    since: str = Field(default="", max_length=100, description="id of the last event that is known; a page carries it")


class KindBody(Body):
    """A kind, or all of them."""

    kind: str | None = Field(default=None, description="kind by name; none: all")


class RetryBody(Body):
    """What to try again."""

    kind: str | None = Field(default=None, description="kind by name; none: all")
    id: Id | None = Field(default=None, description="just this job")


class RunBody(Body):
    """A kind to make everywhere."""

    kind: str = Field(description="kind by name")
    which: Literal["missing", "all"] = Field(default="missing", description="what is missing, or all anew")


class LibraryBody(Body):
    """A folder to watch."""

    path: str = Field(min_length=1, max_length=4096, description="absolute path of the folder")
    name: str = Field(default="", max_length=200, description="shown name; empty: the folder's own")


class LibraryChange(Body):
    """What is made in a library by itself."""

    skip: list[str] | None = Field(
        default=None, max_length=100, description="kinds not made there by themselves; none: as they are"
    )
    stored: bool | None = Field(default=None, description="whether stored forms are made there by themselves")


class FoldersQuery(Asked):
    """Where to look for folders."""

    path: str = Field(default="", max_length=4096, description="absolute path; empty: the home folder")
