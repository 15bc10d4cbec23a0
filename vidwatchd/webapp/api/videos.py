"""videos: routes of videos: lists, details, the file and its artifacts, what people say of them."""

import time
from typing import Any

from flask import Response, request
from flask_openapi3 import APIBlueprint, Tag

from vidwatchd.errors import UsageError
from vidwatchd.model import native
from vidwatchd.operations import jobs, libraries, rename, tags, videos
from vidwatchd.operations.patterns import Substitution
from vidwatchd.operations.videos import Filter
from vidwatchd.webapp.api import answers
from vidwatchd.webapp.api.models import (
    ArtifactPath,
    BulkBody,
    MakeBody,
    RenameBody,
    RenamesBody,
    TagsBody,
    TagsQuery,
    VideoPath,
    VideosQuery,
)  # fmt: skip
from vidwatchd.webapp.context import context, json_text
from vidwatchd.webapp.stream import inside, send_file_range


def blueprint() -> APIBlueprint:
    """The routes under /api."""
    api = APIBlueprint("videos", __name__, url_prefix="/api", abp_tags=[Tag(name="videos")])
    api.get("/videos")(list_videos)
    api.get("/videos/<int:video_id>")(one_video)
    api.get("/videos/<int:video_id>/file", responses=answers.ranged("video/*", "the whole video"))(video_file)
    api.get("/videos/<int:video_id>/artifacts")(video_artifacts)
    a_file = answers.ranged("*/*", "the whole file", when_404="it is not made, or there is no such file")
    api.get("/videos/<int:video_id>/artifacts/<kind>/<path:file>", responses=a_file)(artifact_file)
    api.get("/videos/<int:video_id>/tags")(video_tags)
    api.post("/videos/<int:video_id>/tags")(edit_tags)
    api.post("/videos/<int:video_id>/make", responses=answers.accepted())(make)
    api.post("/videos/<int:video_id>/rename")(rename_one)
    api.post("/rename")(rename_many)
    api.post("/videos/bulk")(bulk)
    api.get("/tags")(tag_names)
    return api


def list_videos(query: VideosQuery) -> Response:
    """A page of videos, newest first unless asked otherwise."""
    return json_text(videos.page(context(), to_filter(query)))


def one_video(path: VideoPath, query: VideosQuery) -> dict[str, Any]:
    """Everything known of one video; the list's own query gives its neighbours."""
    return videos.details(context(), path.video_id, to_filter(query))


def video_file(path: VideoPath) -> Response:
    """The video itself, in byte ranges."""
    found = videos.file(context(), path.video_id)
    return send_file_range(inside(found.root, found.relative), download_name=_download(found.relative))


def video_artifacts(path: VideoPath) -> dict[str, str]:
    """Each kind's state for one video."""
    return videos.states(context(), path.video_id)


def artifact_file(path: ArtifactPath) -> Response:
    """One file of an artifact; cached for ever when the address names its version."""
    found = videos.artifact_file(context(), path.video_id, path.kind, path.file)
    return send_file_range(inside(found.root, found.relative), immutable="v" in request.args)


def video_tags(path: VideoPath) -> dict[str, Any]:
    """What people say of one video."""
    return tags.of(context(), path.video_id)


def edit_tags(path: VideoPath, body: TagsBody) -> dict[str, Any]:
    """Change what people say of one video."""
    return tags.edit(context(), path.video_id, to_edit(body))


def make(path: VideoPath, body: MakeBody) -> tuple[dict[str, Any], int]:
    """Have kinds made for one video."""
    order = jobs.Order(",".join(body.kinds), force=body.force, video_ids=(path.video_id,))
    return jobs.submit(context(), order), 202


def rename_one(path: VideoPath, body: RenameBody) -> dict[str, Any]:
    """Give a video another name; all that belongs to it comes along."""
    return rename.one(context(), path.video_id, body.name)


def rename_many(body: RenamesBody) -> dict[str, Any]:
    """Rename the videos of a library folder by a pattern, or (``dry_run``) say how."""
    change = Substitution(body.source, body.target, body.regex)
    return rename.inside(
        context(),
        rename.Batch(
            body.directory, change, _split(body.ext), body.recursive, body.limit, not body.dry_run, body.show_all
        ),
    )


def bulk(body: BulkBody) -> dict[str, Any]:
    """The same change for several videos."""
    change = to_edit(TagsBody(**body.model_dump(exclude={"ids"})))
    return {"videos": tags.edit_all(context(), body.ids, change)}


def tag_names(query: TagsQuery) -> dict[str, Any]:
    """Tags or performers in use, the most used first."""
    return {"tags": tags.names(context(), query.kind, query.prefix, query.limit)}


def to_edit(body: TagsBody) -> tags.Edit:
    """The operation's form of a body."""
    return tags.Edit(
        tuple(body.add), tuple(body.remove), tuple(body.performers_add), tuple(body.performers_remove),
        body.replace, rating=body.rating, notes=body.notes,
    )  # fmt: skip


def to_filter(query: VideosQuery) -> Filter:
    """The operation's form of a query. Raises NotFound for an unknown library, UsageError for ids that are none."""
    same = ("q", "match_any", "missing", "failed", "presence", "codec", "min_duration", "max_duration", "min_height",
            "sort", "limit", "offset", "cursor")  # fmt: skip
    library_id, folder = _where(query)
    return Filter(
        **{name: getattr(query, name) for name in same},
        tags=_split(query.tags),
        performers=_split(query.performers),
        library_id=library_id,
        folder=folder,
        recursive=query.directory is None or query.recursive,
        ids=_ids(query.ids),
        added_since=None if query.added_days is None else time.time() - query.added_days * 86_400,
    )


def _where(query: VideosQuery) -> tuple[int | None, str | None]:
    if query.directory is not None:
        place = libraries.inside(context(), query.directory)
        return place.library.id, place.folder
    return libraries.find(context(), query.library).id if query.library else None, query.folder


def _split(names: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in names.split(",") if name.strip())


def _ids(ids: str | None) -> tuple[int, ...] | None:
    if ids is None:
        return None
    try:
        return tuple(int(part) for part in ids.split(",") if part.strip())
    except ValueError as error:
        raise UsageError("ids must be numbers, separated by commas") from error


def _download(relative: str) -> str | None:
    return native(relative.rpartition("/")[2]) if "download" in request.args else None
