"""meaning: routes of moments that are like others."""

from typing import Any

from flask_openapi3 import APIBlueprint, Tag

from vidwatchd.operations import meaning
from vidwatchd.webapp.api.models import SimilarQuery, VideoPath
from vidwatchd.webapp.context import context


def blueprint() -> APIBlueprint:
    """The routes under /api."""
    api = APIBlueprint("meaning", __name__, url_prefix="/api", abp_tags=[Tag(name="search")])
    api.get("/videos/<int:video_id>/similar")(similar)
    return api


def similar(path: VideoPath, query: SimilarQuery) -> dict[str, Any]:
    """Moments of other videos that look like one of this video, the most alike first."""
    return meaning.similar(context(), path.video_id, query.at, query.limit)
