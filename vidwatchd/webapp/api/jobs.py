"""jobs: routes of owed work: ask, follow, pause, cancel, try again; the stream of all events."""

from typing import Any

from flask import Response, request
from flask_openapi3 import APIBlueprint, Tag

from vidwatchd.operations import jobs
from vidwatchd.webapp.api import answers
from vidwatchd.webapp.api.models import EventsQuery, JobBody, JobPath, JobsQuery, KindBody, RetryBody, RunBody
from vidwatchd.webapp.context import context, parts
from vidwatchd.webapp.events import EventStream

_EVENTS = answers.text("text/event-stream", "events, as they happen")


def blueprint() -> APIBlueprint:
    """The routes under /api."""
    api = APIBlueprint("jobs", __name__, url_prefix="/api", abp_tags=[Tag(name="jobs")])
    add_to(api)
    api.get("/jobs/summary")(summary)
    api.post("/jobs/pause")(pause)
    api.post("/jobs/resume")(resume)
    api.post("/jobs/retry")(retry)
    api.post("/jobs/run", responses=answers.accepted())(run)
    api.get("/events", responses=_EVENTS)(events)
    return api


def add_to(api: APIBlueprint) -> None:
    """The routes that also answer at the root."""
    api.get("/jobs")(list_jobs)
    refusals = {
        "when_400": "a parameter means nothing to what it is for",
        "when_404": "there is no such folder or video",
    }
    api.post("/jobs", responses=answers.accepted(**refusals))(submit)
    api.get("/jobs/<job_id>")(one_job)
    api.delete("/jobs/<job_id>")(cancel)
    api.get("/jobs/<job_id>/events", responses=_EVENTS)(job_events)


def list_jobs(query: JobsQuery) -> dict[str, Any]:
    """The newest requests and jobs."""
    return jobs.listing(context(), state=query.state, kind=query.kind, limit=query.limit)


def submit(body: JobBody) -> tuple[dict[str, Any], int]:
    """Queue work; the answer's id tells how far it is."""
    order = jobs.Order(
        body.task, body.directory, body.recursive, body.force, body.params, tuple(body.video_ids), body.library
    )
    return jobs.submit(context(), order), 202


def one_job(path: JobPath) -> dict[str, Any]:
    """A request or a job with its progress; a task that is done also with its result."""
    return jobs.details(context(), path.job_id)


def cancel(path: JobPath) -> dict[str, Any]:
    """Stop it; what is done stays."""
    return jobs.cancel(context(), path.job_id)


def job_events(path: JobPath) -> Response:
    """Its progress as server-sent events (type ``job``), until it ends."""
    now, here = jobs.get(context(), path.job_id), parts()
    mine = str(now["id"])
    stream = here.hub.subscribe(
        accepts=lambda type_, data: type_ == "job" and str(data["id"]) == mine,
        until=lambda type_, data: data.get("state") in jobs.ENDED,
    )
    stream.send("job", now)
    if now["state"] in jobs.ENDED:
        stream.finish()
    else:
        here.followed_jobs.setdefault(mine, None)
    return _stream(stream)


def summary() -> dict[str, Any]:
    """What runs, waits and failed, a kind at a time."""
    return jobs.summary(context())


def pause(body: KindBody) -> dict[str, Any]:
    """Start nothing more of a kind, or of any."""
    jobs.pause(context(), body.kind or "")
    return jobs.summary(context())


def resume(body: KindBody) -> dict[str, Any]:
    """Go on."""
    jobs.resume(context(), body.kind or "")
    return jobs.summary(context())


def retry(body: RetryBody) -> dict[str, Any]:
    """Try again what was set aside."""
    return {"queued": jobs.retry(context(), kind=body.kind or "", job_id=body.id)}


def run(body: RunBody) -> tuple[dict[str, Any], int]:
    """Make a kind everywhere: what is missing, or all anew."""
    return jobs.run(context(), body.kind, body.which), 202


def events(query: EventsQuery) -> Response:
    """Everything that changes, as server-sent events; Last-Event-ID (or ``since``, for a first connection) resumes."""
    return _stream(parts().hub.subscribe(request.headers.get("Last-Event-ID") or query.since))


def _stream(stream: EventStream) -> Response:
    # Passed through untouched, so that the server recognises it and holds no request thread for it.
    response = Response(stream, mimetype="text/event-stream", direct_passthrough=True)
    response.headers["Cache-Control"] = "no-cache"
    return response
