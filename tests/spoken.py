"""spoken: words that a video is said to hold: files of tracks and chapters as the makers write them, and their rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from vidwatchd.cues import Chapter, Cue, Track, chapters_to_plain, tracks_to_plain
from vidwatchd.model import Artifact, ArtifactState
from vidwatchd.operations import Context

LINES = ((0.5, 2.0, "Hello there."), (2.5, 5.0, "This is the second line."), (5.5, 8.0, "A third\nof two rows."))
GERMAN = ((0.5, 2.0, "Hallo."), (2.5, 5.0, "Das ist die zweite Zeile."))


def track(track_id: str = "en", lines: Any = LINES, **more: Any) -> Track:
    """A track of lines."""
    values = {"language": track_id.partition(".")[0], "source": "model", **more}
    return Track(track_id, cues=tuple(Cue(*line) for line in lines), **values)


def say(
    ctx: Context, video_id: int, *tracks: Track, state: str = "done", error: str = "", made_at: float = 1.0
) -> None:
    """Publish tracks of a video; without any: no speech."""
    values = {"speech": bool(tracks), "tracks": tracks_to_plain(tracks)}
    facts = {"speech": bool(tracks)}
    _put(
        ctx,
        video_id,
        "subtitles",
        values,
        Artifact(video_id, "subtitles", ArtifactState(state), facts=facts, error=error, made_at=made_at),
    )


def divide(
    ctx: Context, video_id: int, *chapters: tuple[float, float, str], source: str = "topics", made_at: float = 1.0
) -> None:
    """Publish chapters of a video."""
    values = {"source": source, "chapters": chapters_to_plain(Chapter(*chapter) for chapter in chapters)}
    _put(ctx, video_id, "chapters", values, Artifact(video_id, "chapters", ArtifactState.DONE, made_at=made_at))


def _put(ctx: Context, video_id: int, kind: str, values: dict[str, Any], artifact: Artifact) -> None:
    video = ctx.index.videos.get(video_id)
    folder = Path(ctx.store(video.library_id).folder(video.path))
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{video.name}.{kind}.json"
    (folder / name).write_text(json.dumps({"video": video.path, **values}), encoding="utf-8")
    ctx.index.artifacts.put(artifact, files={f".{kind}.json": name})
