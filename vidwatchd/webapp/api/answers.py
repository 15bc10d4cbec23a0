"""answers: what routes take and give besides JSON, and errors of one shape, as the description tells it.

flask-openapi3 describes what comes in by the models of the routes; what goes out it must be told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vidwatchd.webapp.multipart import TYPE

PROBLEM = "Problem"
_REFERENCE = {"$ref": f"#/components/schemas/{PROBLEM}"}
_JSON = {"content": {"application/json": {"schema": {"type": "object"}}}}
_BYTES = {"schema": {"type": "string", "format": "binary"}}
_RANGE_HEADER = {"Content-Range": {"description": "which bytes of how many", "schema": {"type": "string"}}}
_RETRY_HEADER = {"Retry-After": {"description": "ask again in so many seconds", "schema": {"type": "integer"}}}

Answers = dict[str | int, Any]


def text(kind: str, what: str) -> Answers:
    """An answer that is text of a kind, such as ``text/vtt``."""
    return {"200": {"description": what, "content": {kind: {"schema": {"type": "string"}}}}}


def ranged(kind: str, what: str, **problems: str) -> Answers:
    """A file of a kind (``video/*``), whole or in a byte range; ``problems``: ``when_<status>`` → when."""
    return {
        "200": {"description": what, "content": {kind: _BYTES}},
        "206": {"description": "the range that was asked for", "content": {kind: _BYTES}, "headers": _RANGE_HEADER},
        "304": {"description": "it is as the client has it"},
        "416": {"description": "the range begins behind the end", "headers": _RANGE_HEADER},
        **refused(**problems),
    }


def accepted(what: str = "it is queued", **problems: str) -> Answers:
    """Work that is done later: 202 with what tells how far it is."""
    return {"202": {"description": what, **_JSON}, **refused(**problems)}


def created(what: str) -> Answers:
    """Something that is there from now on."""
    return {"201": {"description": what, **_JSON}}


def refused(**problems: str) -> Answers:
    """Errors by status, ``when_404="there is none"``; with 503 it is said when to ask again, where that is known."""
    return {
        status: {**_problem(when), **({"headers": _RETRY_HEADER} if status == "503" else {})}
        for status, when in ((name.removeprefix("when_"), when) for name, when in problems.items())
    }


def form(properties: Mapping[str, Any], *required: str) -> dict[str, Any]:
    """A form's body, for ``openapi_extensions``: it is read by other means than flask-openapi3's."""
    schema = {"type": "object", "properties": dict(properties), "required": list(required)}
    return {"requestBody": {"required": True, "content": {TYPE: {"schema": schema}}}}


def complete(described: dict[str, Any]) -> dict[str, Any]:
    """The description with what every route has: an answer when all is well, and one shape of errors."""
    for item in described["paths"].values():
        for operation in item.values():
            answers = operation["responses"]
            answers.pop("422")
            if not any(status.startswith("2") for status in answers):
                answers["200"] = {"description": "what was asked for", **_JSON}
            if operation.get("parameters") or "application/json" in operation.get("requestBody", {}).get("content", ()):
                answers["422"] = _problem("a parameter, or something in the body, is wrong")
            answers["default"] = _problem("whatever else went wrong, with a fitting status")
    schemas = {name: schema for name, schema in described["components"]["schemas"].items() if "Validation" not in name}
    described["components"]["schemas"] = {**schemas, PROBLEM: _SHAPE}
    return described


def _problem(when: str) -> dict[str, Any]:
    return {"description": when, "content": {"application/json": {"schema": _REFERENCE}}}


_SHAPE = {
    "title": PROBLEM,
    "type": "object",
    "properties": {
        "error": {"type": "string", "description": "one sentence that says what is wrong"},
        "code": {"type": "string", "description": "the same for programs, such as not_found"},
        "hint": {"type": "string", "description": "what helps; may be empty"},
    },
    "required": ["error", "code", "hint"],
}
