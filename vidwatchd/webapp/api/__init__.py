"""api: the routes for programs; each parses, calls one operation and hands back what it gave."""

from flask_openapi3 import OpenAPI

from vidwatchd.webapp.api import duplicates, jobs, libraries, meaning, root, videos


def register(app: OpenAPI) -> None:
    """Add every route to an app."""
    own = (
        videos.blueprint(), meaning.blueprint(), duplicates.blueprint(), libraries.blueprint(), jobs.blueprint(),
    )  # fmt: skip
    for blueprint in (*own, *root.blueprints()):
        app.register_api(blueprint)
