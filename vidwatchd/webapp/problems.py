"""problems: every error as one shape, JSON for programs and a page for people."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from html import escape

from flask import Flask, Response, request
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from vidwatchd.errors import VidwatchdError

# Paths that programs ask, and never a person's browser for a page.
API_PREFIXES = ("/api", "/health", "/videos", "/report", "/jobs", "/tags", "/faces", "/stream")


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, as it is told to the client."""

    status: int
    error: str
    code: str
    hint: str = ""


Page = Callable[[Problem], str]


def install(app: Flask, *, page: Page | None = None) -> None:
    """Render every error of ``app``; ``page`` makes the HTML shown to a browser that asked for a page.

    An unexpected exception reaches the handler as werkzeug's 500, its traceback already in Flask's log.
    """
    render = page or plain_page

    def ours(error: VidwatchdError) -> Response:
        """One of our own errors."""
        response = _response(_of(error), render)
        if error.retry_seconds:
            response.headers["Retry-After"] = str(error.retry_seconds)
        return response

    def werkzeugs(error: HTTPException) -> Response:
        """An HTTP error of the framework."""
        response = _response(_from_http(error), render)
        for name, value in error.get_headers():
            if name.lower() not in {"content-type", "content-length"}:
                response.headers[name] = value
        return response

    app.register_error_handler(VidwatchdError, ours)
    app.register_error_handler(HTTPException, werkzeugs)


def invalid(error: ValidationError) -> Response:
    """flask-openapi3's ``validation_error_callback``: the same shape, status 422 (400 for a body that is no JSON)."""
    if not error.errors(include_url=False, include_context=False)[0]["loc"]:
        return _json(
            Problem(400, "the body must be a JSON object", "bad_request", "send Content-Type: application/json")
        )
    return _json(Problem(422, sentence(error), "unprocessable_entity"))


def sentence(error: ValidationError) -> str:
    """The first thing that is wrong, and where."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg'][:1].lower()}{first['msg'][1:]}"


def answer(error: VidwatchdError) -> Response:
    """One of our errors as JSON, whatever the client asked for."""
    return _json(_of(error))


def plain_page(problem: Problem) -> str:
    """The page shown when the dashboard's own templates are not there."""
    text = escape(f"{problem.error}. {problem.hint}" if problem.hint else problem.error)
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>vidwatchd</title><h1>{problem.status}</h1><p>{text}"
    )


def wants_page() -> bool:
    """Whether the current request is a browser's for a page, so that an error should be one too."""
    path = request.path
    if any(path == prefix or path.startswith(f"{prefix}/") for prefix in API_PREFIXES):
        return False
    return "text/html" in request.headers.get("Accept", "")


def _of(error: VidwatchdError) -> Problem:
    return Problem(error.http_status, error.message, error.code, error.hint)


def _from_http(error: HTTPException) -> Problem:
    status = error.code or 500
    sentence, hint = _sentences(error).get(status, (_plain(error.description), ""))
    return Problem(status, sentence, re.sub(r"\W+", "_", error.name.lower()).strip("_"), hint)


def _sentences(error: HTTPException) -> dict[int, tuple[str, str]]:
    allowed = ", ".join(sorted(getattr(error, "valid_methods", None) or ()))
    return {
        404: (f"there is nothing at {request.path}", ""),
        405: (f"{request.method} is not possible here", f"allowed: {allowed}" if allowed else ""),
        413: ("the request is too large", ""),
        415: ("the body must be JSON", "send Content-Type: application/json"),
        500: ("something went wrong inside", "the log says what"),
    }


def _plain(description: str | None) -> str:
    return re.sub(r"<[^>]+>", "", description or "the request failed").rstrip(".")


def _response(problem: Problem, render: Page) -> Response:
    if not wants_page():
        return _json(problem)
    return Response(render(problem), problem.status, content_type="text/html; charset=utf-8")


def _json(problem: Problem) -> Response:
    body = {name: value for name, value in asdict(problem).items() if name != "status"}
    response = Response(json.dumps(body), problem.status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
