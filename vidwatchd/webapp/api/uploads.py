"""uploads: the route by which a film comes from a browser or a program."""

from functools import partial
from typing import Any

from flask import request
from flask_openapi3 import APIBlueprint, Tag

from vidwatchd.operations import uploads
from vidwatchd.operations.arrivals import Arrival
from vidwatchd.webapp.context import context
from vidwatchd.webapp.receiving import arrival


def blueprint() -> APIBlueprint:
    """The routes under /api."""
    api = APIBlueprint("uploads", __name__, url_prefix="/api", abp_tags=[Tag(name="stored forms")])
    api.post("/store")(store)
    return api


def store() -> tuple[dict[str, Any], int]:
    """Upload a film, as multipart/form-data with the field file; its stored form is made in the background."""
    ctx = context()
    return uploads.take(ctx, arrival(request, partial(Arrival, ctx))), 202
