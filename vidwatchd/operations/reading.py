"""reading: what is said in a video named by its path, in the forms that people read and other programs take."""

from __future__ import annotations

import os
from typing import Any

from vidwatchd.cues import Cue
from vidwatchd.errors import NotFound, UsageError
from vidwatchd.model import display, native, portable
from vidwatchd.operations import Context, tags, transcripts
from vidwatchd.subtitle_formats import clock, srt, vtt


def read(ctx: Context, target: str, track_id: str = "") -> dict[str, Any]:
    """The transcript of a video, with one track alone if its id is given. Raises NotFound, UsageError."""
    if os.path.isdir(native(target)):
        raise UsageError(f"{portable(target)} is a folder", hint="name a video file")
    video = tags.targets(ctx, target)[0]
    found = transcripts.transcript(ctx, video.id)
    if not found["tracks"] and found["making"]["speech"] is None:
        why = found["making"]["error"] or "nothing was made of what is said in it yet"
        raise NotFound(f"{display(video.path)}: {why}", hint="vidwatchd subtitles makes it")
    if track_id:
        transcripts.said(ctx, video).track(track_id)
    tracks = [track for track in found["tracks"] if track_id in ("", track["id"])]
    return {"video": video.path, **found, "tracks": tracks}


def lines(found: dict[str, Any], form: str) -> list[str]:
    """The lines of the track that a player shows first, as ``text`` with times, ``vtt`` or ``srt``."""
    tracks = sorted(found["tracks"], key=lambda track: (track["forced"], not track["default"]))
    cues = [Cue(cue["start"], cue["end"], cue["text"]) for track in tracks[:1] for cue in track["cues"]]
    if form == "text":
        return [f"{clock(round(cue.start_seconds * 1000))}  {display(' '.join(cue.text.split()))}" for cue in cues]
    write = vtt if form == "vtt" else srt
    return write(cues).removesuffix("\n").split("\n")
