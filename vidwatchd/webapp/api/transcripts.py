"""transcripts: routes of what is said in a video: its lines, tracks and chapters, and what people change of them."""

from typing import Any

from flask import Response, request
from flask_openapi3 import APIBlueprint, Tag

from vidwatchd.operations import edits, transcripts
from vidwatchd.webapp.api import answers
from vidwatchd.webapp.api.models import ChaptersBody, LineBody, TrackPath, VideoPath
from vidwatchd.webapp.context import context

_VTT = answers.text("text/vtt", "WebVTT")


def blueprint() -> APIBlueprint:
    """The routes under /api."""
    api = APIBlueprint("transcripts", __name__, url_prefix="/api", abp_tags=[Tag(name="transcripts")])
    api.get("/videos/<int:video_id>/transcript")(transcript)
    api.get("/videos/<int:video_id>/transcript/<track>.vtt", responses=_VTT)(track_file)
    api.get("/videos/<int:video_id>/chapters.vtt", responses=_VTT)(chapters_file)
    api.put("/videos/<int:video_id>/transcript/<track>")(edit_line)
    api.put("/videos/<int:video_id>/chapters")(edit_chapters)
    return api


def transcript(path: VideoPath) -> dict[str, Any]:
    """What is said in a video: its tracks with their lines, and its chapters, as people changed them."""
    return transcripts.transcript(context(), path.video_id)


def track_file(path: TrackPath) -> Response:
    """One track as WebVTT; cached for ever when the address names its version."""
    return _vtt(transcripts.track_vtt(context(), path.video_id, path.track))


def chapters_file(path: VideoPath) -> Response:
    """The chapters as WebVTT; cached for ever when the address names their version."""
    return _vtt(transcripts.chapters_vtt(context(), path.video_id))


def edit_line(path: TrackPath, body: LineBody) -> dict[str, Any]:
    """Change one line of a track; the video's files stay as they are."""
    was = (body.was.start, body.was.end) if body.was else None
    return edits.line(context(), path.video_id, path.track, edits.Change(body.start, body.end, body.text, was))


def edit_chapters(path: VideoPath, body: ChaptersBody) -> dict[str, Any]:
    """Have other chapters, or (null) those that were made."""
    wanted = None if body.chapters is None else [(chapter.start, chapter.title) for chapter in body.chapters]
    return edits.chapters(context(), path.video_id, wanted)


def _vtt(text: str) -> Response:
    answer = Response(text, content_type="text/vtt; charset=utf-8")
    fixed = "v" in request.args
    answer.headers["Cache-Control"] = "private, max-age=31536000, immutable" if fixed else "no-cache"
    return answer
