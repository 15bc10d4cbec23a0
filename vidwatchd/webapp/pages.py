"""pages: the dashboard's pages and the pieces of them that a live page fetches again.

Every piece of markup exists once, in a template: the browser asks for fragments of the same templates and lays them
over what it shows, so a card looks the same on the first paint, after a scroll and after an event.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from vidwatchd.errors import UsageError, VidwatchdError
from vidwatchd.model import display
from vidwatchd.resources import web_folder
from vidwatchd.webapp import differences, people_pages, settings_pages, stored_pages
from vidwatchd.webapp.assets import Assets
from vidwatchd.webapp.formats import FILTERS

PAGE_SIZE = 60
QUERY_KEYS = (
    "q",
    "tags",
    "match_any",
    "performers",
    "min_duration",
    "max_duration",
    "min_height",
    "codec",
    "added_days",
    "library",
    "folder",
    "missing",
    "failed",
    "presence",
    "sort",
)
DEFAULT_SORT = "-added"
GROUPS = 25
MOST_GROUPS = 1000
MOST_TYPED = 500


class PageServices(people_pages.PeopleServices, stored_pages.StoredServices, Protocol):
    """What pages need to know, in the very shapes the API answers with."""

    def videos_page(self, query: Mapping[str, str]) -> Mapping[str, Any]:
        """``{"videos": [VideoItem…], "next_cursor": str | None}`` for the API's own query keys, all as text."""

    def video(self, video_id: int) -> Mapping[str, Any]:
        """One VideoItem with its details. Raises NotFound."""

    def libraries(self) -> Sequence[Mapping[str, Any]]:
        """Every library, with counts, watch state and problem."""

    def jobs_summary(self) -> Mapping[str, Any]:
        """Counts a kind, what runs, and what failed."""

    def tag_names(self, kind: str, prefix: str, limit: int) -> Sequence[Mapping[str, Any]]:
        """``{"name", "count"}`` of the most used tags or performers."""

    def kinds(self) -> Sequence[str]:
        """The names of every kind, in the order they are made."""

    def titles(self) -> Mapping[str, str]:
        """What each kind is called for people."""

    def duplicates(self, limit: int, threshold: float | None, library_id: int | None) -> Mapping[str, Any]:
        """Groups of videos that are alike, the surest first. Raises NotFound for an unknown library."""

    def search(self, words: str, offset: int, typing: bool) -> Mapping[str, Any]:
        """Videos and the moments in them, as ``/api/search`` answers."""

    def searches(self) -> Mapping[str, Any]:
        """The saved searches."""

    def coverage(self) -> Mapping[str, Any]:
        """How far each kind has come, with the reasons of what could not be made."""

    def models(self) -> Mapping[str, Any]:
        """``{"folder", "free_bytes", "models": […]}``: every model, here or not, with what is being pulled."""

    def settings(self) -> Mapping[str, Any]:
        """``{"file", "exists", "changed", "groups", "storage"}``: every setting, and what the program keeps on disk."""

    def machine(self, again: bool) -> Sequence[Mapping[str, Any]]:
        """``{"name", "state", "detail", "fix"}`` of every check; ``again``: looked at anew, which takes seconds."""


def register(app: Flask, services: PageServices) -> Assets:
    """Add the pages, their fragments and their static files to ``app``."""
    assets = Assets(web_folder() / "static")
    pages = Blueprint("pages", __name__, template_folder=str(web_folder() / "templates"))
    app.jinja_env.filters.update({**FILTERS, "display": display})
    app.jinja_env.globals.update(
        asset_url=assets.url, page_url=page_url, search_url=search_url, differences=differences.table
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    _add_pages(pages, services)
    _add_upkeep_pages(pages, services)
    _add_fragments(pages, services)
    people_pages.register(app, pages, services, _page)
    stored_pages.register(app, pages, services, _page)
    pages.add_url_rule("/static/<version>/<path:name>", "versioned", assets.serve)
    pages.add_url_rule("/static/<path:name>", "static_file", assets.serve)
    pages.register_error_handler(VidwatchdError, problem_page)
    app.register_blueprint(pages)
    return assets


def page_url(query: Mapping[str, str], **changes: str) -> str:
    """The Library page's address for ``query`` with some keys changed; an empty value takes the key away."""
    merged = {key: value for key, value in {**query, **changes}.items() if value}
    return f"/?{urlencode(merged)}" if merged else "/"


def search_url(words: str, offset: int = 0) -> str:
    """The Search page's address for ``words``."""
    given = {"q": words, "offset": str(offset or "")}
    filled = {key: value for key, value in given.items() if value}
    return f"/search?{urlencode(filled)}" if filled else "/search"


def problem_page(error: Exception) -> Response:
    """The page for something that went wrong: what, and what to do about it. For the app's own handlers too."""
    status, words, hint = _explain(error)
    page = render_template("problem.html", status=status, words=words, hint=hint)
    return _fresh(make_response(page, status))


def _explain(error: Exception) -> tuple[int, str, str]:
    if isinstance(error, VidwatchdError):
        return error.http_status, error.message, error.hint
    if isinstance(error, HTTPException):
        status = error.code or 500
        return status, "" if status == 404 else error.description or "", ""
    return 500, "", ""


def _add_pages(pages: Blueprint, services: PageServices) -> None:
    @pages.get("/")
    def library() -> Response:
        """The grid, or pieces of it."""
        query = _query()
        if request.args.get("fragment") == "cards":
            return _cards(services, query)
        if request.args.get("fragment") == "head":
            return _page("head.html", libraries=services.libraries(), jobs=services.jobs_summary())
        template = "results.html" if request.args.get("fragment") == "results" else "library.html"
        return _page(template, **_library_values(services, query))

    @pages.get("/watch/<int:video_id>")
    def watch(video_id: int) -> Response:
        """One video."""
        return _page("watch.html", **_watch_values(services, video_id))

    @pages.get("/search")
    def search() -> Response:
        """Moments, or just the results."""
        template = "search_parts.html" if request.args.get("fragment") == "results" else "search.html"
        return _page(template, **_search_values(services))


def _add_upkeep_pages(pages: Blueprint, services: PageServices) -> None:
    @pages.get("/activity")
    def activity() -> Response:
        """Work under way."""
        return _page("activity.html", jobs=services.jobs_summary(), titles=services.titles())

    @pages.get("/duplicates")
    def duplicates() -> Response:
        """Videos that are alike."""
        return _page("duplicates.html", **_duplicates_values(services))

    @pages.get("/coverage")
    def coverage() -> Response:
        """How far each kind has come."""
        return _page("coverage.html", found=services.coverage(), jobs=services.jobs_summary())

    @pages.get("/libraries")
    def libraries() -> Response:
        """Every folder, and how it is."""
        return _page("libraries.html", libraries=services.libraries())

    @pages.get("/settings")
    def settings() -> Response:
        """Models, settings and the machine; what takes seconds to find out is fetched by the page."""
        found = services.settings()
        return _page(
            "settings.html", found=found, arranged=settings_pages.arranged(found["groups"]), **_models_values(services)
        )


def _add_fragments(pages: Blueprint, services: PageServices) -> None:
    @pages.get("/fragments/cards")
    def cards() -> Response:
        """The cards of these videos."""
        page = services.videos_page({"ids": request.args.get("ids", ""), "presence": "any", "limit": "200"})
        return _page("cards.html", videos=page["videos"], query={}, next_cursor=None)

    @pages.get("/fragments/watch/<int:video_id>")
    def watch_parts(video_id: int) -> Response:
        """What changes on a watch page."""
        return _page("watch_parts.html", **_watch_values(services, video_id))

    @pages.get("/fragments/activity")
    def activity_parts() -> Response:
        """What changes on the activity page."""
        return _page("activity_parts.html", jobs=services.jobs_summary(), titles=services.titles())

    @pages.get("/fragments/duplicates")
    def duplicates_parts() -> Response:
        """What changes on the duplicates page."""
        return _page("duplicates_parts.html", **_duplicates_values(services))

    @pages.get("/fragments/coverage")
    def coverage_parts() -> Response:
        """What changes on the coverage page."""
        return _page("coverage_parts.html", found=services.coverage(), jobs=services.jobs_summary())

    @pages.get("/fragments/libraries")
    def libraries_parts() -> Response:
        """What changes on the libraries page."""
        return _page("libraries_parts.html", libraries=services.libraries())

    @pages.get("/fragments/settings/models")
    def models_parts() -> Response:
        """The models, as they come and go."""
        return _page("models_parts.html", **_models_values(services))

    @pages.get("/fragments/settings/machine")
    def machine_parts() -> Response:
        """What this machine can do."""
        return _page("machine_parts.html", checks=services.machine("again" in request.args))


def _watch_values(services: PageServices, video_id: int) -> dict[str, Any]:
    video = services.video(video_id)
    return {"video": video, "titles": services.titles(), "stored": services.stored_of(video_id)}


def _models_values(services: PageServices) -> dict[str, Any]:
    found, groups = services.models(), dict[tuple[str, str], list[Any]]()
    for model in found["models"]:
        groups.setdefault((model["task_title"], model["backend"]), []).append(model)
    return {"models": found, "groups": groups}


def _query() -> dict[str, str]:
    given = {key: request.args.get(key, "").strip() for key in QUERY_KEYS}
    return {key: value for key, value in given.items() if value and (key, value) != ("sort", DEFAULT_SORT)}


def _limits() -> dict[str, str]:
    given = {key: request.args.get(key, "") for key in ("cursor", "limit")}
    return {"limit": str(PAGE_SIZE), **{key: value for key, value in given.items() if value}}


def _cards(services: PageServices, query: dict[str, str]) -> Response:
    page = services.videos_page({**query, **_limits()})
    return _page("cards.html", videos=page["videos"], next_cursor=page["next_cursor"], query=query)


def _library_values(services: PageServices, query: dict[str, str]) -> dict[str, Any]:
    page = services.videos_page({**query, **_limits()})
    return {
        "query": query,
        "filtered": any(key != "sort" for key in query),
        "videos": page["videos"],
        "next_cursor": page["next_cursor"],
        "libraries": services.libraries(),
        "jobs": services.jobs_summary(),
        "kinds": services.kinds(),
    }


def _search_values(services: PageServices) -> dict[str, Any]:
    words = request.args.get("q", "").strip()[:MOST_TYPED]
    offset = int(_number("offset", 0, 2**31) or 0)
    found = services.search(words, offset, "typing" in request.args)
    return {"query": {"q": words}, "found": found, "saved": services.searches()}


def _duplicates_values(services: PageServices) -> dict[str, Any]:
    limit = int(_number("limit", 1, MOST_GROUPS) or GROUPS)
    threshold, library = _number("threshold", 0, 1), _number("library", 1, 2**62)
    library_id = None if library is None else int(library)
    return {
        "found": services.duplicates(limit, threshold, library_id),
        "libraries": services.libraries(),
        "limit": limit,
        "threshold": threshold,
        "library_id": library_id,
        "most": MOST_GROUPS,
        "step": GROUPS,
    }


def _number(key: str, least: float, most: float) -> float | None:
    """A number of the query string; None when it is not given. Raises UsageError."""
    given = request.args.get(key, "").strip()
    try:
        value = float(given) if given else None
    except ValueError:
        value = float("nan")
    if value is not None and not least <= value <= most:
        raise UsageError(f"{key}={given} is no number from {least} to {most}", hint=f"go back to {request.path}")
    return value


def _page(template: str, **values: Any) -> Response:
    return _fresh(make_response(render_template(template, **values)))


def _fresh(answer: Response) -> Response:
    # "no-cache", not "no-store": the latter would keep the page out of the browser's back/forward cache.
    answer.headers["Cache-Control"] = "no-cache"
    return answer
