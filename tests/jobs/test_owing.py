"""test_owing: what is wanted where, and what went stale."""

from pathlib import Path

import pytest

from tests.desk import KINDS, Desk
from vidwatchd import jobs
from vidwatchd.config import LibraryConfig, parse
from vidwatchd.errors import ConfigError, NotFound
from vidwatchd.model import JobState


def with_settings(desk, **artifacts):
    values = desk.ctx.config.model_dump()
    values["artifacts"] = artifacts
    desk.ctx.config = parse(values, desk.ctx.config.source)


def test_every_kind_has_a_cap(desk):
    assert jobs.caps(desk.config).keys() == set(KINDS)
    assert all(cap >= 1 for cap in jobs.caps(desk.config).values())


@pytest.mark.parametrize("spelling", ["{root}", "{root}/", "{folder}/link", "{folder}/./box"])
def test_a_librarys_kinds_hold_however_its_path_is_typed(desk, spelling):
    (desk.folder / "link").symlink_to(desk.root)
    path = spelling.format(root=desk.root, folder=desk.folder)
    config = desk.config.model_copy(update={"libraries": (LibraryConfig(path=path, kinds=("thumbs",)),)})
    assert jobs.kinds_for(config, desk.library) == ("thumbs",)
    config = desk.config.model_copy(update={"libraries": (LibraryConfig(path=path, kinds=()),)})
    assert jobs.kinds_for(config, desk.library) == ()


def test_a_library_without_a_choice_wants_all(desk):
    assert jobs.kinds_for(desk.config, desk.library) == KINDS


def test_changed_settings_make_stale_and_owed(desk):
    desk.made()
    with_settings(desk, thumbs={"width": 123})
    jobs.refresh(desk.index, desk.ctx.config)
    assert desk.states() == {"metadata": "done", "thumbs": "stale", "sprites": "done"}
    desk.scan()
    assert desk.work() == [("thumbs",)]
    assert desk.states()["thumbs"] == "done"


def test_what_a_person_asked_for_stays_when_settings_change(desk):
    video_id = desk.made()
    jobs.owe(desk.index, desk.config, ["thumbs"], video_ids=[video_id], asked=True, overrides={"thumbs": {"width": 99}})
    assert desk.work() == [("thumbs",)]
    with_settings(desk, thumbs={"width": 123}, sprites={"cols": 3})
    jobs.refresh(desk.index, desk.ctx.config)
    assert desk.states() == {"metadata": "done", "thumbs": "done", "sprites": "stale"}


def test_asking_again_with_the_same_settings_makes_nothing(desk):
    video_id = desk.made()
    over = {"thumbs": {"width": 99}}
    for expected in ([("thumbs",)], []):
        jobs.owe(desk.index, desk.config, ["thumbs"], video_ids=[video_id], asked=True, overrides=over)
        assert desk.work() == expected


def test_work_that_waits_under_old_settings_is_taken_back(desk):
    desk.put("clip.mp4")
    desk.scan()
    with_settings(desk, thumbs={"width": 123})
    jobs.refresh(desk.index, desk.ctx.config)
    assert dict(desk.jobs()) == {"metadata": "queued", "sprites": "queued"}
    desk.scan()
    assert desk.index.rows("SELECT settings FROM jobs WHERE kind = 'thumbs'")[0][0].count("123") == 1


def test_an_unknown_kind_or_setting_is_refused_and_nothing_owed(desk):
    desk.put("clip.mp4")
    desk.scan()
    desk.index.rows("DELETE FROM jobs")
    with pytest.raises(NotFound, match="thumbs"):
        jobs.owe(desk.index, desk.config, ["metadata", "thumb"])
    with pytest.raises(ConfigError):
        jobs.owe(desk.index, desk.config, ["metadata", "thumbs"], overrides={"thumbs": {"nonsense": 1}})
    assert desk.jobs() == []


def test_a_recorded_entry_is_what_the_note_says(desk):
    video_id = desk.made()
    before = desk.index.artifacts.of(video_id)
    desk.index.artifacts.lose([video_id])
    for kind, entry in desk.store.made("clip.mp4")[0].items():
        jobs.record(desk.index, video_id, kind, entry)
    assert desk.index.artifacts.of(video_id) == before
    assert desk.index.videos.get(video_id).duration_seconds == 12.5


def test_a_failed_job_of_old_settings_is_not_listed_for_ever(tmp_path):
    desk = Desk(tmp_path)
    desk.put("clip.mp4")
    desk.scan()
    for _ in range(2):
        for job in desk.index.jobs.claim(jobs.caps(desk.config), owner="x", lease_seconds=60):
            desk.index.jobs.finish(job.id, JobState.FAILED, "why", owner="x")
    with_settings(desk, thumbs={"width": 123})
    jobs.refresh(desk.index, desk.ctx.config)
    assert "thumbs" not in dict(desk.jobs())
    assert Path(desk.root, "clip.mp4").exists()
    desk.close()
