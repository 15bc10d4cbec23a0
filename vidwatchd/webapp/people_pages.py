"""people_pages: the pages of people: everybody in groups by size, and one person with the videos and moments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

PAGE_SIZE = 60
# A page that is brought up to date asks for all that it shows at once, up to so many.
MOST_AT_ONCE = 300
VIDEOS = 24
# Below this nobody would take the two for one, whatever found the faces.
LEAST_LIKENESS = 0.3
DEFAULT_SORT = "-faces"
SORTS = {"-faces": "Most faces", "-seconds": "Longest seen", "name": "Name"}
# What the page's filter "show" asks the API for.
SHOWN = {
    "": {"hidden": "false", "named": "any"},
    "named": {"hidden": "false", "named": "true"},
    "unnamed": {"hidden": "false", "named": "false"},
    "hidden": {"hidden": "true", "named": "any"},
}
SHOW_WORDS = {"": "All", "named": "Named", "unnamed": "Without a name", "hidden": "Hidden"}

Render = Callable[..., Response]


class PeopleServices(Protocol):
    """What the pages of people need to know, in the very shapes the API answers with."""

    def people(self, query: Mapping[str, str]) -> Mapping[str, Any]:
        """One page of people for the API's own query keys, all as text."""

    def person(self, person_id: str, offset: int, limit: int) -> Mapping[str, Any]:
        """One person as in lists, with a page of ``appearances`` in videos, and ``next_offset``. Raises NotFound."""

    def similar(self, person_id: str) -> Mapping[str, Any]:
        """Who looks like this person, the most alike first. Raises NotFound."""

    def sought(self) -> Mapping[str, Any]:
        """How far looking for faces has come: the line of the coverage, with ``total``."""


def register(app: Flask, pages: Blueprint, services: PeopleServices, render: Render) -> None:
    """Add the pages to a blueprint; ``render(template, **values)`` makes an answer of a template."""
    app.jinja_env.globals.update(people_url=people_url)

    @pages.get("/people")
    def people() -> Response:
        """Everybody, or pieces of the list."""
        pieces = {"cards": "people_cards.html", "list": "people_parts.html"}
        template = pieces.get(request.args.get("fragment", ""), "people.html")
        return render(template, **_people_values(services))

    @pages.get("/people/<person_id>")
    def person(person_id: str) -> AnyResponse:
        """One person; an address of before a merge leads to who it is now."""
        pieces = {"videos": "person_videos.html", "parts": "person_parts.html"}
        found = services.person(person_id, _number("offset"), VIDEOS)
        fragment = request.args.get("fragment", "")
        if found["id"] != person_id and not fragment:
            return redirect(f"/people/{found['id']}")
        alike = {} if fragment == "videos" else {"similar": _similar(services, found["id"])}
        return render(pieces.get(fragment, "person.html"), person=found, **alike)


def people_url(query: Mapping[str, str], **changes: str) -> str:
    """The address of the page of everybody for ``query`` with some keys changed; an empty value takes the key away."""
    merged = {key: value for key, value in {**query, **changes}.items() if value}
    return f"/people?{urlencode(merged)}" if merged else "/people"


def _similar(services: PeopleServices, person_id: str) -> list[Mapping[str, Any]]:
    return [other for other in services.similar(person_id)["people"] if other["likeness"] >= LEAST_LIKENESS]


def _people_values(services: PeopleServices) -> dict[str, Any]:
    query, offset = _query(), _number("offset")
    limit = min(_number("limit") or PAGE_SIZE, MOST_AT_ONCE)
    asked = {"q": query.get("q", ""), "sort": query.get("sort", DEFAULT_SORT), **SHOWN[query.get("show", "")]}
    found = services.people({**asked, "offset": str(offset), "limit": str(limit)})
    until = offset + len(found["people"])
    return {
        "query": query,
        "found": found,
        "next_offset": until if found["people"] and until < found["total"] else None,
        "looked": services.sought(),
        "filtered": any(key != "sort" for key in query),
        "sorts": SORTS,
        "shows": SHOW_WORDS,
    }


def _query() -> dict[str, str]:
    """The page's own keys; a value that means nothing is as good as none."""
    given = {key: request.args.get(key, "").strip() for key in ("q", "show", "sort")}
    known = {"q": bool(given["q"]), "show": given["show"] in SHOWN, "sort": given["sort"] in SORTS}
    return {k: value for k, value in given.items() if value and known[k] and (k, value) != ("sort", DEFAULT_SORT)}


def _number(key: str) -> int:
    given = request.args.get(key, "")
    return min(int(given), 2**31) if given.isascii() and given.isdigit() and len(given) < 12 else 0
