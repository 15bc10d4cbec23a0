"""problems: every error as one shape, JSON for programs and a page for people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, Response
from pydantic import ValidationError

from vidwatchd.errors import VidwatchdError


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, as it is told to the client."""

    status: int
    error: str
    code: str
    hint: str = ""


Page = Callable[[Problem], str]


def install(app: Flask, *, page: Page | None = None) -> None:
    """Render every error of ``app``; ``page`` makes the HTML shown to a browser that asked for a page."""
    raise NotImplementedError


def invalid(error: ValidationError) -> Response:
    """flask-openapi3's ``validation_error_callback``: the same shape, status 422 (400 for a body that is no JSON)."""
    raise NotImplementedError


def answer(error: VidwatchdError) -> Response:
    """One of our errors as JSON."""
    raise NotImplementedError
