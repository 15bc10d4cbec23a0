"""wording: what videos say, put beside them as a kind that makes words would."""

from __future__ import annotations

import json
import time

from vidwatchd import artifacts
from vidwatchd.artifacts.base import Kind
from vidwatchd.artifacts.meaning import Meaning
from vidwatchd.cues import Cue, Track, spoken, tracks_from_plain, tracks_to_plain
from vidwatchd.model import Artifact, ArtifactState

SUFFIX = ".spoken.json"


class Spoken(Kind):
    """A kind whose file holds tracks."""

    name = "spoken"
    title = "Spoken words"
    summary = "Write down what is said."
    suffixes = (SUFFIX,)
    spoken = SUFFIX

    @classmethod
    def passages(cls, values, edits):
        """The words of the tracks."""
        try:
            return spoken(tracks_from_plain(values), edits)
        except ValueError:
            return ()


def known(monkeypatch):
    """Have the registry know the kind."""
    monkeypatch.setattr(artifacts, "KINDS", {**artifacts.KINDS, Spoken.name: Spoken, Meaning.name: Meaning})


def write(desk, path, **tracks):
    """``en=[(start, end, text), …]``: the artifact of the video at ``path``, in its place and in the index; its id."""
    made = [
        Track(name.replace("_", "."), name[:2], "sidecar", tuple(Cue(*line) for line in lines))
        for name, lines in tracks.items()
    ]
    file = desk.beside(path, SUFFIX)
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"tracks": tracks_to_plain(made)}), encoding="utf-8")
    row = Artifact(video_id=desk.id(path), kind=Spoken.name, state=ArtifactState.DONE, made_at=time.time())
    desk.index.artifacts.put(row, files={SUFFIX: file.name})
    return desk.id(path)


def lines(text, words=4, seconds=2.0):
    """A text as lines of so many words, one after the other."""
    parts = text.split()
    cut = [" ".join(parts[n : n + words]) for n in range(0, len(parts), words)]
    return [(n * seconds, n * seconds + seconds, line) for n, line in enumerate(cut)]
