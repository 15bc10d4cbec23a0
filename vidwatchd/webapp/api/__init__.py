"""api: the routes for programs; each parses, calls one operation and hands back what it gave."""

from flask_openapi3 import OpenAPI

from vidwatchd.webapp.api import (
    duplicates,
    jobs,
    libraries,
    machine,
    meaning,
    people,
    root,
    search,
    stored,
    transcripts,
    uploads,
    videos,
)


def register(app: OpenAPI) -> None:
    """Add every route to an app."""
    parts = (videos, transcripts, meaning, people, duplicates, stored, uploads, search, libraries, jobs, machine)
    own = (part.blueprint() for part in parts)
    for blueprint in (*own, stored.streams(), *root.blueprints()):
        app.register_api(blueprint)
