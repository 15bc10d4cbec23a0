"""test_artifacts: states, files and staleness of what was made."""

import pytest

from tests.desk import file
from vidwatchd.model import Artifact, ArtifactState, Presence


@pytest.fixture
def ids(index, library):
    return index.videos.add(library.id, [file(f"{n}.mp4") for n in range(4)])


FILES = {".t.jpg": 'it\'s a "näme"\n🎬.jpg'}


def put(index, video_id, kind="thumbs", state=ArtifactState.DONE, pinned=False, made=FILES, **values):
    artifact = Artifact(video_id, kind, state, **{"version": 1, "settings_hash": "h", **values})
    index.artifacts.put(artifact, files=made, pinned=pinned)


def states(index, kind="thumbs"):
    return [row[0] for row in index.rows("SELECT state FROM artifacts WHERE kind = ? ORDER BY video_id", kind)]


def test_what_is_put_comes_back_whole(index, ids):
    put(index, ids[0], facts={"a": [1, "ü"], "b": None}, backend="pyav", cost_seconds=1.5, cost_bytes=7, made_at=3.0)
    found = index.artifacts.of(ids[0])["thumbs"]
    assert (found.state, found.facts, found.backend) == (ArtifactState.DONE, {"a": [1, "ü"], "b": None}, "pyav")
    assert (found.cost_seconds, found.cost_bytes, found.made_at) == (1.5, 7, 3.0)
    assert index.artifacts.files(ids[0], "thumbs") == {".t.jpg": 'it\'s a "näme"\n🎬.jpg'}
    assert index.artifacts.files(ids[1], "thumbs") == {}
    assert index.artifacts.all_files(ids[0]).keys() == {"thumbs"}


def test_a_failure_keeps_the_files_of_an_earlier_success(index, ids):
    put(index, ids[0])
    index.artifacts.fail(Artifact(ids[0], "thumbs", ArtifactState.FAILED, error="why"))
    assert index.artifacts.files(ids[0], "thumbs")
    assert index.artifacts.of(ids[0])["thumbs"].error == "why"
    put(index, ids[0])
    assert index.artifacts.of(ids[0])["thumbs"].error == ""


@pytest.mark.parametrize(("version", "hash_"), [(2, "h"), (0, "h"), (1, "a"), (1, "z"), (2, "a"), (0, "z")])
def test_another_version_or_settings_make_stale(index, ids, version, hash_):
    put(index, ids[0])
    put(index, ids[1], version=version, settings_hash=hash_)
    put(index, ids[2], state=ArtifactState.FAILED)
    put(index, ids[3], kind="metadata")
    assert index.artifacts.age("thumbs", version, hash_) == 2
    assert states(index) == ["stale", "done", "missing"]
    assert states(index, "metadata") == ["done"]
    assert index.artifacts.age("thumbs", version, hash_) == 0


def test_what_a_person_asked_for_stays_unless_its_version_is_old(index, ids):
    put(index, ids[0], pinned=True)
    assert index.artifacts.age("thumbs", 1, "other") == 0
    assert index.artifacts.age("thumbs", 1, "other", ids) == 0
    assert index.artifacts.age("thumbs", 1, "other", ids, pinned=True) == 1
    put(index, ids[0], pinned=True)
    assert index.artifacts.age("thumbs", 2, "h") == 1


def test_only_the_named_videos_age(index, ids):
    put(index, ids[0])
    put(index, ids[1])
    assert index.artifacts.has_aged("thumbs", 1, "other", ids[:1])
    assert not index.artifacts.has_aged("thumbs", 1, "h", ids)
    assert not index.artifacts.has_aged("thumbs", 1, "other", ids[2:])
    assert states(index) == ["done", "done"]
    assert index.artifacts.age("thumbs", 1, "other", ids[:1]) == 1
    assert states(index) == ["stale", "done"]
    assert index.artifacts.age("thumbs", 1, "other", []) == 0


def test_ageing_goes_by_an_index(index, ids):
    asked = []
    index.db.conn.set_trace_callback(asked.append)
    index.artifacts.age("thumbs", 1, "other")
    index.db.conn.set_trace_callback(None)
    for sql in (sql for sql in asked if "UPDATE" in sql):
        plan = " ".join(str(row[3]) for row in index.rows(f"EXPLAIN QUERY PLAN {sql}"))
        assert "SEARCH artifacts USING INDEX artifacts_by_making (kind=? AND version" in plan


def test_changed_content_outdates(index, ids):
    put(index, ids[0])
    put(index, ids[1], state=ArtifactState.FAILED)
    put(index, ids[2])
    index.artifacts.outdate(ids[:2])
    assert states(index) == ["stale", "missing", "done"]


def test_what_can_be_made_again_is_owed_again(index, ids):
    put(index, ids[0], state=ArtifactState.UNAVAILABLE, made={})
    put(index, ids[1])
    put(index, ids[2], state=ArtifactState.UNAVAILABLE)
    index.artifacts.available("thumbs")
    assert states(index) == ["missing", "done", "stale"]


def test_what_cannot_be_made_anew_here_stays_as_good_as_it_was(index, ids):
    put(index, ids[0])
    put(index, ids[1], state=ArtifactState.STALE, pinned=True)
    put(index, ids[2], state=ArtifactState.STALE)
    put(index, ids[3], state=ArtifactState.STALE, pinned=True, made={})
    assert [index.artifacts.keep(video_id, "thumbs", pinned=True) for video_id in ids[:4]] == [True, True, True, False]
    assert states(index) == ["done", "done", "stale", "stale"]
    assert not index.artifacts.keep(ids[2], "thumbs", pinned=False)


def test_losing_some_kinds_or_all(index, ids):
    put(index, ids[0])
    put(index, ids[0], kind="metadata")
    index.artifacts.lose(ids[:1], ["metadata"])
    assert index.artifacts.of(ids[0]).keys() == {"thumbs"}
    index.artifacts.lose(ids[:1])
    assert index.artifacts.of(ids[0]) == {}


def test_files_are_renamed(index, ids):
    put(index, ids[0])
    index.artifacts.rename_files(ids[0], {"thumbs": {".t.jpg": "new.t.jpg"}, "faces": {".x": "y"}})
    assert index.artifacts.all_files(ids[0]) == {"thumbs": {".t.jpg": "new.t.jpg"}}


def test_coverage_states_and_troubles(index, library, ids):
    put(index, ids[0])
    put(index, ids[1], state=ArtifactState.FAILED, error="why")
    put(index, ids[2])
    put(index, ids[3], kind="faces", state=ArtifactState.UNAVAILABLE, error="pip")
    index.videos.set_presence(library.id, ["2.mp4"], Presence.GONE)
    assert index.artifacts.coverage() == {"thumbs": {"done": 1, "failed": 1}, "faces": {"unavailable": 1}}
    assert index.artifacts.states(ids)[ids[1]] == {"thumbs": ArtifactState.FAILED}
    assert index.artifacts.states([]) == {}
    found = index.artifacts.troubles(ids, ["thumbs", "faces"])
    assert [(row["path"], row["state"], row["reason"]) for row in found] == [
        ("1.mp4", "failed", "why"), ("3.mp4", "unavailable", "pip"),
    ]  # fmt: skip
    assert len(index.artifacts.troubles(ids, ["thumbs"])) == 1


def test_what_cannot_be_made_is_counted_by_kind(index, ids):
    for video_id in ids[:2]:
        put(index, video_id, kind="faces", state=ArtifactState.UNAVAILABLE, error="pip")
    put(index, ids[0], state=ArtifactState.FAILED, error="cut")
    assert index.artifacts.unavailable(["thumbs", "faces"]) == {"faces": 2}
    assert index.artifacts.unavailable([]) == {}


def test_reasons_are_grouped_the_most_frequent_first_and_gone_videos_have_none(index, library, ids):
    for video_id, error in zip(ids, ["cut", "cut", "full", "lost"], strict=True):
        put(index, video_id, state=ArtifactState.FAILED, error=error)
    put(index, ids[0], kind="faces", state=ArtifactState.UNAVAILABLE, error="pip")
    index.videos.set_presence(library.id, ["3.mp4"], Presence.GONE)
    assert index.artifacts.reasons(["thumbs", "faces"], 9) == {
        "faces": {"unavailable": [("pip", 1)]},
        "thumbs": {"failed": [("cut", 2), ("full", 1)]},
    }
    assert index.artifacts.reasons(["thumbs"], 1) == {"thumbs": {"failed": [("cut", 2)]}}
    assert index.artifacts.reasons([], 9) == {}
