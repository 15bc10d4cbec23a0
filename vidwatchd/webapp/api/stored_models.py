"""stored_models: what the routes of stored forms take."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from vidwatchd.webapp.api.models import Asked, Body


class StoredPath(Asked):
    """A stored form by its id."""

    stored_id: str = Field(max_length=64, description="id (a UUID) of the stored form")


class StoredQuery(Asked):
    """Which stored forms, from where."""

    limit: int = Field(default=60, ge=1, le=500, description="how many")
    offset: int = Field(default=0, ge=0, le=2**31, description="next_offset of the page before")
    status: Literal["", "ready", "processing", "failed", "unavailable"] = Field(
        default="", description="only those; empty: all"
    )
    q: str = Field(default="", max_length=500, description="words in the film's name, folder, tags or performers")


class StreamQuery(Asked):
    """What to play of a stored form."""

    original: bool = Field(default=False, description="the film itself instead of what was stored of it")
    download: bool = Field(default=False, description="have a browser save it")


class ReconstituteBody(Body):
    """A stored form to be made ready to play."""

    stored_id: str = Field(max_length=64, description="id (a UUID) of the stored form")
    original: bool = Field(default=False, description="the film itself instead of what was stored of it")
