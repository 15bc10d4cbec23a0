"""context: how a route reaches the operations' context and the event hub of its app."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, current_app

from vidwatchd.operations import Context
from vidwatchd.webapp.events import Hub

KEY = "vidwatchd"


@dataclass(slots=True)
class Parts:
    """What an app is made from; ``followed_jobs`` holds what was told last of each."""

    ctx: Context
    hub: Hub
    followed_jobs: dict[str, Any] = field(default_factory=dict)


def install(app: Flask, parts: Parts) -> None:
    """Give an app its parts."""
    app.extensions[KEY] = parts


def parts() -> Parts:
    """The parts of the app that answers the current request."""
    found: Parts = current_app.extensions[KEY]
    return found


def context() -> Context:
    """The operations' context of the current app."""
    return parts().ctx


def json_text(text: str, status: int = 200) -> Response:
    """A response whose JSON is text already (SQLite built it)."""
    return Response(text, status=status, mimetype="application/json")
