"""api: the routes for programs; each parses, calls one operation and hands back what it gave."""

from flask_openapi3 import OpenAPI

from vidwatchd.webapp.api import duplicates, jobs, libraries, root, search, videos


def register(app: OpenAPI) -> None:
    """Add every route to an app."""
    own = (videos.blueprint(), duplicates.blueprint(), search.blueprint(), libraries.blueprint(), jobs.blueprint())
    for blueprint in (*own, *root.blueprints()):
        app.register_api(blueprint)
