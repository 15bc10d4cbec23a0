"""search: routes that find moments, and of the searches that people saved."""

from typing import Any

from flask_openapi3 import APIBlueprint, Tag

from vidwatchd.operations import search, searches
from vidwatchd.webapp.api.models import SavedBody, SavedName, SearchQuery
from vidwatchd.webapp.context import context


def blueprint() -> APIBlueprint:
    """The routes under /api."""
    api = APIBlueprint("search", __name__, url_prefix="/api", abp_tags=[Tag(name="search")])
    api.get("/search")(find)
    api.get("/searches")(list_saved)
    api.post("/searches")(save)
    api.delete("/searches")(remove)
    return api


def find(query: SearchQuery) -> dict[str, Any]:
    """Videos by names, tags, people and what is said, each with the moments where it is said."""
    return search.search(
        context(),
        query.q,
        limit=query.limit,
        offset=query.offset,
        per_video=query.moments,
        typing=query.typing,
    )


def list_saved() -> dict[str, Any]:
    """The saved searches, by name."""
    return searches.saved(context())


def save(body: SavedBody) -> dict[str, Any]:
    """Save a search under a name, in the place of another of that name."""
    return searches.save(context(), body.name, body.query)


def remove(query: SavedName) -> dict[str, Any]:
    """Take a saved search away."""
    return searches.remove(context(), query.name)
