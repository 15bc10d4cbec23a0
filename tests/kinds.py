"""kinds: helpers for tests that make artifacts."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from vidwatchd.making import make_visit
from vidwatchd.model import ArtifactState, Outcome, VisitTask


def make(kind: str, source: str, out: Path, **settings) -> Outcome:
    """Make one kind of one file and insist that it was made."""
    Path(out).mkdir(exist_ok=True)
    (outcome,) = make_visit(VisitTask(source, str(out), ((kind, settings),)))
    assert outcome.state is ArtifactState.DONE, outcome.error
    return outcome


def picture(path: Path) -> Image.Image:
    """A picture, read whole and closed."""
    with Image.open(path) as image:
        image.load()
        return image.copy()
