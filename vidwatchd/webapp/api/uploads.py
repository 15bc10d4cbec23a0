"""uploads: the route by which a film comes from a browser or a program."""

from functools import partial
from typing import Any

from flask import request
from flask_openapi3 import APIBlueprint, Tag

from vidwatchd.operations import uploads
from vidwatchd.operations.arrivals import Arrival
from vidwatchd.webapp.api import answers
from vidwatchd.webapp.context import context
from vidwatchd.webapp.receiving import arrival

_ANSWERS = answers.accepted(
    "it is here, and what is stored of it is made next: id (of the stored form), status, video_id, name, duplicate",
    when_400="the body is no form with a film, or a field of it is wrong",
    when_401="credentials are missing or wrong",
    when_413="it is larger than store.max_upload_gb",
    when_415="it is no film, or of a sort that is not kept here",
    when_503="as many as may (store.max_uploads) are being uploaded already, or the disk of uploads is away",
    when_507="there is no room for it",
)
_FORM = answers.form(
    {
        "file": {"type": "string", "format": "binary", "description": "the film, with its name"},
        "keep_original": {
            "type": "boolean",
            "description": "false: the film goes once its stored form is proven; by default as store.keep_original says",
        },
    },
    "file",
)


def blueprint() -> APIBlueprint:
    """The routes under /api."""
    api = APIBlueprint("uploads", __name__, url_prefix="/api", abp_tags=[Tag(name="stored forms")])
    api.post("/store", responses=_ANSWERS, openapi_extensions=_FORM)(store)
    return api


def store() -> tuple[dict[str, Any], int]:
    """Upload a film, as multipart/form-data with the field file; its stored form is made in the background."""
    ctx = context()
    return uploads.take(ctx, arrival(request, partial(Arrival, ctx))), 202
