"""api: the routes for programs; each parses, calls one operation and hands back what it gave."""

from flask_openapi3 import OpenAPI

from vidwatchd.webapp.api import jobs, libraries, root, videos


def register(app: OpenAPI) -> None:
    """Add every route to an app."""
    for blueprint in (videos.blueprint(), libraries.blueprint(), jobs.blueprint(), *root.blueprints()):
        app.register_api(blueprint)
