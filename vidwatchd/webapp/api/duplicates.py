"""duplicates: routes of videos that are there twice, and of what people say of them."""

from typing import Any

from flask_openapi3 import APIBlueprint, Tag

from vidwatchd.operations import dupes, libraries, verdicts
from vidwatchd.webapp.api.models import DuplicatesQuery, VerdictBody, VideoPath
from vidwatchd.webapp.context import context


def blueprint() -> APIBlueprint:
    """The routes under /api."""
    api = APIBlueprint("duplicates", __name__, url_prefix="/api", abp_tags=[Tag(name="duplicates")])
    api.get("/duplicates")(list_duplicates)
    api.post("/duplicates/verdict")(say)
    api.get("/videos/<int:video_id>/duplicates")(video_duplicates)
    return api


def list_duplicates(query: DuplicatesQuery) -> dict[str, Any]:
    """Groups of duplicates, the surest first, each with the one to keep; ``computing``: a newer answer is on its way."""
    library_id = libraries.find(context(), query.library).id if query.library else None
    return dupes.overview(context(), limit=query.limit, threshold=query.threshold, library_id=library_id)


def say(body: VerdictBody) -> dict[str, Any]:
    """Say that two videos are different, or take that back."""
    return verdicts.say(context(), body.a, body.b, body.verdict)


def video_duplicates(path: VideoPath) -> dict[str, Any]:
    """The duplicates of one video, the surest first."""
    return dupes.of_video(context(), path.video_id)
