"""One table of cases over every kind: whatever the file, it is made, or fails with a reason; nothing crashes."""

from __future__ import annotations

import os

import pytest

from tests.clips import ODD_NAMES
from vidwatchd import artifacts
from vidwatchd.making import make_visit
from vidwatchd.media.images import verify_jpeg
from vidwatchd.model import ArtifactState, Outcome, VisitTask

pytestmark = pytest.mark.system

# What a model makes is tested with tiny ones in the kind's own file.
KINDS = {name: kind for name, kind in artifacts.KINDS.items() if kind().ready("") is None}
ALL = tuple((name, {}) for name in KINDS)
# Nine moments take as long to encode as all else of a visit together, a film made small ten times that; three and a stub
# will do, but for clips of every plan, and of one.
AS_SET = {"long", "one_keyframe", "truncated", "cuts", "fragmented", "moment", "jumping"}
FEW = {"previews": {"segments": 3, "duration_seconds": 0.5}, "stored": {"backend": "stub", "stub_seconds": 0.5}}
QUICK = tuple((name, FEW.get(name, {})) for name in KINDS)
NINE = tuple((name, settings if name != "previews" else {}) for name, settings in QUICK)
PICTURES = {"thumbs", "sprites"}
# What can be made of sound alone, and of a picture that is called a video: nobody speaks in it.
WITHOUT_PICTURE = {"metadata", "subtitles", "chapters"}
SOUND_ALONE = {*WITHOUT_PICTURE, "stored"}
# Clip → the kinds that can be made of it; all others fail for good.
CASES: dict[str, set[str]] = {
    "normal": set(KINDS),
    "long": set(KINDS),
    "still": set(KINDS),
    "zero": set(KINDS),
    "one_keyframe": set(KINDS),
    "truncated": set(KINDS),
    "rotated": set(KINDS),
    "narrow_pixels": set(KINDS),
    "variable_rate": set(KINDS),
    "wide": set(KINDS),
    "hours": set(KINDS),
    "moment": set(KINDS),
    "cuts": set(KINDS),
    "hdr": set(KINDS),
    "xvid": set(KINDS),
    "unknown_duration": set(KINDS),
    "jumping": set(KINDS),
    "fragmented": set(KINDS),
    "without_cues": set(KINDS),
    "chapters": set(KINDS),
    "vp9": set(KINDS),
    "audio_only": SOUND_ALONE,
    "with_cover": SOUND_ALONE,
    "silent_picture": WITHOUT_PICTURE,
    "headless": set(),
    "empty": set(),
    "zeros": set(),
    "junk": set(),
    "playlist": set(),
    "concat": set(),
}


def check(outcomes: list[Outcome], makeable: set[str]) -> None:
    for outcome in outcomes:
        if outcome.state is ArtifactState.UNAVAILABLE:
            # No model here, and the file has sound but no text tracks.
            assert KINDS[outcome.kind].tier == "model"
            assert outcome.kind in makeable
            assert "vidwatchd models pull" in outcome.error
        elif outcome.kind in makeable:
            assert outcome.state is ArtifactState.DONE, outcome
            assert outcome.files
            assert all(KINDS[outcome.kind].owns(suffix) for suffix in outcome.files)
            assert all(os.path.getsize(path) for path in outcome.files.values())
            assert outcome.backend
        else:
            assert outcome.state is ArtifactState.FAILED
            assert outcome.permanent
            assert outcome.error
            assert "\n" not in outcome.error
            assert "Error" not in outcome.error


# First, as they take longest.
@pytest.mark.parametrize(
    "name",
    [
        "ordinary/fire2.mp4",
        "ordinary/sample_edit_list.mp4",
        "ordinary/hdr10-av1.mp4",
        "ordinary/big_buck_bunny_0_30.webm",
        "scenes/bikes.mp4",
        "faces/book.mkv",
        "speech/nasa_13013.mp4",
        "odd/invalid_userdata.mp4",
    ],
)
def test_every_kind_meets_real_files(media_folder, tmp_path, name):
    outcomes = make_visit(VisitTask(str(media_folder / name), str(tmp_path), QUICK))
    check(outcomes, WITHOUT_PICTURE if name.startswith("odd/") else set(KINDS))
    for outcome in outcomes:
        if outcome.kind in PICTURES and outcome.state is ArtifactState.DONE:
            suffix = KINDS[outcome.kind].suffixes[0]
            verify_jpeg(outcome.files[suffix], (outcome.facts["width"], outcome.facts["height"]))


@pytest.mark.parametrize("clip", CASES)
def test_every_kind_meets_every_file(clips, tmp_path, clip):
    before = os.stat(getattr(clips, clip)())
    wanted = ALL if clip == "normal" else NINE if clip in AS_SET else QUICK
    outcomes = make_visit(VisitTask(getattr(clips, clip)(), str(tmp_path), wanted))
    assert [outcome.kind for outcome in outcomes] == list(KINDS)
    check(outcomes, CASES[clip])
    after = os.stat(getattr(clips, clip)())
    assert (before.st_size, before.st_mtime_ns, before.st_ino) == (after.st_size, after.st_mtime_ns, after.st_ino)


@pytest.mark.parametrize("name", ODD_NAMES)
def test_every_kind_meets_every_name(clips, tmp_path, name):
    check(make_visit(VisitTask(clips.named(name), str(tmp_path), QUICK)), set(KINDS))
