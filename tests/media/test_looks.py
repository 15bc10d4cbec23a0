"""test_looks: black, grey, frozen and living films told apart by numbers."""

import pytest

from tests.clips import _run, lavfi
from vidwatchd.errors import MediaError
from vidwatchd.media.looks import looks


@pytest.mark.parametrize(
    ("source", "deviates", "changes"),
    [
        ("color=c=black", False, False),
        ("color=c=gray", False, False),
        ("smptebars", True, False),
        ("testsrc2", True, True),
    ],
)
def test_what_it_shows_in_numbers(tmp_path, source, deviates, changes):
    path = str(tmp_path / "film.mp4")
    _run(*lavfi(f"{source}{':' if '=' in source else '='}s=128x72:r=8:d=2"), "-pix_fmt", "yuv420p", path)
    found = looks(path)
    assert (found.frames, round(found.seconds, 1)) == (16, 2.0)
    assert (found.deviation > 10, found.change > 0.1) == (deviates, changes)


def test_what_cannot_be_looked_at(clips):
    for path in (clips.audio_only(), clips.junk()):
        with pytest.raises(MediaError):
            looks(path)
