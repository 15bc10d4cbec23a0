"""webapp: the dashboard and the API over the operations; it holds neither SQL nor ffmpeg."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import asdict
from functools import partial
from typing import Any

from flask import Response, g, jsonify, render_template
from flask.json.provider import DefaultJSONProvider
from flask_openapi3 import Info, OpenAPI
from pydantic import ValidationError
from werkzeug.routing import PathConverter

from vidwatchd import __version__, artifacts, operations
from vidwatchd.config import Config
from vidwatchd.errors import UsageError
from vidwatchd.operations import (
    Context,
    doctor,
    dupes,
    jobs,
    libraries,
    models,
    people,
    report,
    search,
    searches,
    settings,
    stored,
    tags,
    videos,
)  # fmt: skip
from vidwatchd.operations.arrivals import begin_apart
from vidwatchd.webapp import api, pages, problems, security
from vidwatchd.webapp.api import answers
from vidwatchd.webapp.api.models import VideosQuery
from vidwatchd.webapp.api.people import to_asked
from vidwatchd.webapp.api.people_models import PeopleQuery
from vidwatchd.webapp.api.videos import to_filter
from vidwatchd.webapp.context import Parts, install
from vidwatchd.webapp.events import Hub
from vidwatchd.webapp.receiving import Intake
from vidwatchd.webapp.security import Credentials, Guard


class AnyPath(PathConverter):
    """A path in an address; werkzeug's own refuses the line breaks that file names may hold."""

    regex = r"[^/][\s\S]*?"


class Json(DefaultJSONProvider):
    """Flask's JSON; a body that is nested without end is no JSON, instead of an error of ours."""

    def loads(self, s: str | bytes, **options: Any) -> Any:
        """The value of a text. Raises ValueError."""
        try:
            return super().loads(s, **options)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error


def create_app(
    ctx: Context, hub: Hub, credentials: Credentials | None = None, followed_jobs: dict[str, Any] | None = None
) -> OpenAPI:
    """The WSGI app over a context.

    ``hub`` gets what happens; without ``credentials`` no password is asked; ``followed_jobs`` gathers the ids of jobs
    whose progress somebody wants to be told (the daemon tells it).
    """
    info = Info(title="vidwatchd", version=__version__)
    app = OpenAPI(__name__, info=info, static_folder=None, doc_ui=False, validation_error_callback=problems.invalid)
    app.json = Json(app)
    app.url_map.converters["path"] = AnyPath
    security.protect(app, _guard(ctx, credentials))
    # Taken before anything is asked of the index, so that a page's stream misses nothing that the page does not show.
    app.before_request(lambda: setattr(g, "events_since", hub.last_id))
    install(app, Parts(ctx, hub, {} if followed_jobs is None else followed_jobs))
    api.register(app)
    services = Services(ctx)
    pages.register(app, services)
    problems.install(app, page=_problem_page)

    @app.get("/api/openapi.json")
    def description() -> Response:
        """This description."""
        return jsonify(answers.complete(deepcopy(app.api_doc)))

    return app


def intake(ctx: Context, credentials: Credentials | None = None) -> Intake:
    """What the server asks before it takes the body of an upload."""
    return Intake(_guard(ctx, credentials), partial(begin_apart, ctx))


def _guard(ctx: Context, credentials: Credentials | None) -> Guard:
    serve = ctx.config.serve
    return Guard((*serve.allowed_hosts, serve.host), credentials)


def openapi() -> dict[str, Any]:
    """The API's description, from an app that has no library."""
    with operations.nowhere(Config()) as ctx:
        return answers.complete(deepcopy(create_app(ctx, Hub()).api_doc))


def _problem_page(problem: problems.Problem) -> str:
    return render_template("problem.html", status=problem.status, words=problem.error, hint=problem.hint)


class Services:
    """What the pages ask, answered by the operations."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx

    def videos_page(self, query: Mapping[str, str]) -> Mapping[str, Any]:
        """One page of videos for the API's own query keys."""
        try:
            wanted = to_filter(VideosQuery(**query))  # type: ignore[arg-type]
        except ValidationError as error:
            raise UsageError(problems.sentence(error), hint="go back to / to see everything") from error
        found: dict[str, Any] = json.loads(videos.page(self.ctx, wanted))
        return found

    def video(self, video_id: int) -> Mapping[str, Any]:
        """One video with its details."""
        return videos.details(self.ctx, video_id)

    def libraries(self) -> Sequence[Mapping[str, Any]]:
        """Every library."""
        return libraries.listing(self.ctx)

    def jobs_summary(self) -> Mapping[str, Any]:
        """What runs, waits and failed."""
        return jobs.recent(self.ctx)

    def tag_names(self, kind: str, prefix: str, limit: int) -> Sequence[Mapping[str, Any]]:
        """The most used tags or performers."""
        return tags.names(self.ctx, kind, prefix, limit)

    def kinds(self) -> Sequence[str]:
        """The names of every kind."""
        return list(artifacts.KINDS)

    def titles(self) -> Mapping[str, str]:
        """What each kind is called for people."""
        return {name: kind.title for name, kind in artifacts.KINDS.items()}

    def duplicates(self, limit: int, threshold: float | None, library_id: int | None) -> Mapping[str, Any]:
        """Groups of videos that are alike."""
        return dupes.overview(self.ctx, limit=limit, threshold=threshold, library_id=library_id)

    def search(self, words: str, offset: int, typing: bool) -> Mapping[str, Any]:
        """Videos and the moments in them."""
        return search.search(self.ctx, words, offset=offset, typing=typing)

    def searches(self) -> Mapping[str, Any]:
        """The saved searches."""
        return searches.saved(self.ctx)

    def coverage(self) -> Mapping[str, Any]:
        """How far each kind has come."""
        return report.counts(self.ctx)

    def models(self) -> Mapping[str, Any]:
        """Every model, here or not."""
        return models.listed(self.ctx)

    def settings(self) -> Mapping[str, Any]:
        """Every setting, and what the program keeps on disk."""
        return {**settings.listed(self.ctx), "storage": settings.storage(self.ctx)}

    def machine(self, again: bool) -> Sequence[Mapping[str, Any]]:
        """What this machine can do."""
        return [asdict(check) for check in doctor.recent(self.ctx, again=again)]

    def people(self, query: Mapping[str, str]) -> Mapping[str, Any]:
        """One page of people for the API's own query keys."""
        try:
            wanted = to_asked(PeopleQuery(**query))  # type: ignore[arg-type]
        except ValidationError as error:
            raise UsageError(problems.sentence(error), hint="go back to /people to see everybody") from error
        return people.listed(self.ctx, wanted)

    def person(self, person_id: str, offset: int, limit: int) -> Mapping[str, Any]:
        """One person with a page of ``appearances``; ``videos`` is how many there are."""
        found = people.one(self.ctx, person_id, offset=offset, limit=limit)
        (shown,) = people.plain(self.ctx, [people.find(self.ctx, found["id"]).id])
        return {**found, "appearances": found["videos"], "videos": shown["videos"]}

    def similar(self, person_id: str) -> Mapping[str, Any]:
        """Who looks like this person."""
        return people.similar(self.ctx, person_id)

    def sought(self) -> Mapping[str, Any]:
        """How far looking for faces has come."""
        found = report.counts(self.ctx)
        seeing = [line for line in found["kinds"] if artifacts.KINDS[line["kind"]].seen]
        return {"total": found["total"], **(seeing[0] if seeing else {})}

    def stored(self, query: Mapping[str, str]) -> Mapping[str, Any]:
        """One page of stored forms for the API's own query keys."""
        page = {key: int(query[key]) for key in ("limit", "offset")}
        return stored.listed(self.ctx, **page, status=query.get("status", ""), words=query.get("q", ""))

    def stored_of(self, video_id: int) -> Mapping[str, Any] | None:
        """The stored form of a video, made or on its way."""
        return stored.of(self.ctx, video_id)

    def upload_terms(self) -> Mapping[str, Any]:
        """What an upload may be, and what becomes of it by default."""
        store, scan = self.ctx.config.store, self.ctx.config.scan
        most = int(store.max_upload_gb * 1e9)
        return {"max_bytes": most, "keep_original": store.keep_original, "extensions": list(scan.extensions)}
