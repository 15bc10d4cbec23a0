"""test_outcomes: what becomes of a job, written down."""

import os

from tests.keeping import Kept, add_kind, settle
from vidwatchd.jobs.outcomes import is_as_known, unmade, unpublished
from vidwatchd.model import ArtifactState, Job, JobState, Outcome, VideoFacts


def test_what_was_made_is_noted_with_what_made_it(desk, monkeypatch):
    add_kind(monkeypatch)
    desk.put("clip.mp4")
    desk.scan()
    settle(desk)
    video = desk.index.videos.get(desk.id("clip.mp4"))
    job = Job(1, "thumbs", video.id, 1, JobState.RUNNING, version=3, settings_hash="h", pinned=True)
    outcome = Outcome("thumbs", ArtifactState.DONE, {".jpg": "/x"}, {"n": 1}, VideoFacts(2.0), "pillow", 1.23456)
    made = unpublished(job, outcome, video)
    entry = made.entry
    assert (entry.version, entry.settings_hash, entry.pinned, entry.backend) == (3, "h", True, "pillow")
    assert (entry.fingerprint, entry.cost_seconds, entry.facts) == (video.fingerprint, 1.235, {"n": 1})
    assert entry.video["duration_seconds"] == 2.0
    assert not made.whole
    kept = Job(1, Kept.name, video.id, 1, JobState.RUNNING)
    assert unpublished(kept, Outcome(Kept.name, ArtifactState.DONE), video).whole
    lacking = unmade(kept, video, ArtifactState.FAILED, "why")
    assert (lacking.kind, lacking.state, lacking.error) == (Kept.name, "failed", "why")


def test_a_file_is_known_by_its_size_and_time(desk):
    video = desk.index.videos.get(desk.made())
    path = desk.root / "clip.mp4"
    assert is_as_known(video, path.stat())
    os.utime(path)
    assert not is_as_known(video, path.stat())
