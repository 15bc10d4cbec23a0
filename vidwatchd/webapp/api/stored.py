"""stored: routes of stored forms: which there are, and the film that each still gives."""

from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from vidwatchd.model import native
from vidwatchd.operations import stored
from vidwatchd.webapp.api import answers
from vidwatchd.webapp.api.stored_models import ReconstituteBody, StoredPath, StoredQuery, StreamQuery
from vidwatchd.webapp.context import context
from vidwatchd.webapp.stream import inside, send_file_range

_TAG = Tag(name="stored forms")
_FILM = answers.ranged(
    "video/*",
    "the whole film",
    when_404="there is no such stored form",
    when_410="the film itself (original=1) is not kept any more",
    when_503="it is still being put together, or its disk is away",
)


def blueprint() -> APIBlueprint:
    """The routes under /api."""
    api = APIBlueprint("stored", __name__, url_prefix="/api", abp_tags=[_TAG])
    api.get("/stored")(list_stored)
    api.get("/stored/<stored_id>")(one_stored)
    api.get("/stored/<stored_id>/status")(stored_status)
    api.post("/reconstitute")(reconstitute)
    return api


def streams() -> APIBlueprint:
    """The route that plays."""
    api = APIBlueprint("streams", __name__, abp_tags=[_TAG])
    api.get("/stream/<stored_id>", responses=_FILM)(stream)
    return api


def list_stored(query: StoredQuery) -> dict[str, Any]:
    """Stored forms that there are, are being made or could not be made, the newest first, with sums over all."""
    return stored.listed(context(), limit=query.limit, offset=query.offset, status=query.status, words=query.q)


def one_stored(path: StoredPath) -> dict[str, Any]:
    """One stored form with its manifest."""
    return stored.one(context(), path.stored_id)


def stored_status(path: StoredPath) -> dict[str, Any]:
    """How far a stored form is, with its manifest once it is ready."""
    return stored.one(context(), path.stored_id)


def reconstitute(body: ReconstituteBody) -> dict[str, Any]:
    """Make a stored form ready to play; seconds at most, and nothing where it is so already."""
    return stored.prepare(context(), body.stored_id, original=body.original)


def stream(path: StoredPath, query: StreamQuery) -> Response:
    """The film out of its stored form, or itself (``original=1``), in byte ranges."""
    found = stored.playable(context(), path.stored_id, original=query.original)
    name = native(found.name) if query.download else None
    return send_file_range(inside(found.root, found.relative), etag=found.tag or None, download_name=name)
