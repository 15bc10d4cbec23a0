"""root: health, the report, and the short routes at the root, from the same operations as those under /api."""

from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from vidwatchd import __version__
from vidwatchd.model import Video
from vidwatchd.operations import listing, report, tags, videos
from vidwatchd.webapp.api import answers
from vidwatchd.webapp.api import jobs as job_routes
from vidwatchd.webapp.api.models import (
    DirectoryQuery,
    ImportBody,
    NamePath,
    ReportQuery,
    TagsBody,
    VideosQuery,
)  # fmt: skip
from vidwatchd.webapp.api.people_models import ListingQuery
from vidwatchd.webapp.api.videos import list_videos, to_edit
from vidwatchd.webapp.context import context
from vidwatchd.webapp.stream import inside, send_file_range


def blueprints() -> list[APIBlueprint]:
    """The same routes twice: at the root and under /api."""
    found = []
    for name, prefix in (("root", ""), ("shared", "/api")):
        api = APIBlueprint(
            name, __name__, url_prefix=prefix, abp_tags=[Tag(name="short routes" if not prefix else "all")]
        )
        api.get("/health")(health)
        api.get("/report")(report_all)
        api.get("/faces/listing")(faces_listing)
        api.get("/tags/export")(export_tags)
        api.post("/tags/import")(import_tags)
        if not prefix:
            _add_names(api)
            job_routes.add_to(api)
        else:
            api.get("/coverage")(coverage)
        found.append(api)
    return found


def _add_names(api: APIBlueprint) -> None:
    api.get("/videos")(videos_in_directory)
    api.get("/videos/<path:name>/artifacts")(named_artifacts)
    api.get("/videos/<path:name>/metadata", responses=answers.ranged("application/json", "the whole file"))(
        named_metadata
    )
    api.get("/videos/<path:name>/tags")(named_tags)
    api.post("/videos/<path:name>/tags")(edit_named_tags)


def health() -> dict[str, Any]:
    """Whether the server answers; costs nothing."""
    return {"status": "ok", "version": __version__}


def report_all(query: ReportQuery) -> dict[str, Any]:
    """Coverage: counts a kind and the matrix of videos."""
    if query.directory is None:
        return report.everything(context())
    return report.inside(context(), query.directory, recursive=query.recursive)


def faces_listing(query: ListingQuery) -> dict[str, Any]:
    """Everybody who is seen, with each one's videos; kept for ten minutes, or until somebody decides something."""
    return listing.page(context(), offset=query.offset, limit=query.limit, refresh=query.refresh)


def coverage() -> dict[str, Any]:
    """How far each kind has come over all libraries, in counts with the reasons; quick however many videos there are."""
    return report.counts(context())


def videos_in_directory(query: VideosQuery) -> Response:
    """Videos of a library folder (``directory``), or of all."""
    return list_videos(query)


def named_artifacts(path: NamePath, query: DirectoryQuery) -> dict[str, str]:
    """Each kind's state for one video."""
    return videos.states(context(), _id(path, query))


def named_metadata(path: NamePath, query: DirectoryQuery) -> Response:
    """The ffprobe-shaped metadata of one video."""
    found = videos.artifact_file(context(), _id(path, query), "metadata", "ffprobe.json")
    return send_file_range(inside(found.root, found.relative))


def named_tags(path: NamePath, query: DirectoryQuery) -> dict[str, Any]:
    """Tags and performers of one video."""
    return tags.of(context(), _id(path, query))


def edit_named_tags(path: NamePath, query: DirectoryQuery, body: TagsBody) -> dict[str, Any]:
    """Change tags and performers of one video."""
    return tags.edit(context(), _id(path, query), to_edit(body))


def export_tags(query: DirectoryQuery) -> dict[str, Any]:
    """Everything said of a folder's videos."""
    return tags.export(context(), _videos(query))


def import_tags(query: DirectoryQuery, body: ImportBody) -> dict[str, Any]:
    """Add exported tags to the videos of the same paths."""
    return tags.import_(context(), _videos(query), [entry.model_dump() for entry in body.videos])


def _videos(query: DirectoryQuery) -> list[Video]:
    return tags.inside(context(), query.directory, recursive=query.recursive)


def _id(path: NamePath, query: DirectoryQuery) -> int:
    return videos.by_name(context(), query.directory, path.name)
