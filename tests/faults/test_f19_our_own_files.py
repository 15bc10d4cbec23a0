"""test_f19_our_own_files: what we write beside the videos leads to no look and no job."""

import pytest

from tests.desk import KINDS, Desk
from tests.waiting import until
from vidwatchd import jobs
from vidwatchd.operations import tags
from vidwatchd.watch import Watcher


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path)
    yield made
    made.close()


def test_f19_artifacts_and_notes_are_no_news(desk):
    video = desk.made("films/a.mp4", "a")
    hints = []
    watcher = Watcher({desk.library_id: str(desk.root)}, hints.append, debounce_seconds=0.02)
    watcher.start()
    try:
        until(lambda: any(hint.full for hint in hints))
        hints.clear()
        for _ in range(3):
            owed = jobs.owe(desk.index, desk.config, KINDS, video_ids=[video], force=True, asked=True)
            assert len(owed) == 3
            desk.work()
        desk.put("fence/b.mp4", "b")  # events come in order: what lies before this one has been told when it has
        until(lambda: any({"fence"} & (hint.folders | hint.trees) for hint in hints))
    finally:
        watcher.stop()
    assert {place for hint in hints for place in hint.folders | hint.trees} == {"fence"}
    assert not any(hint.full for hint in hints)


def test_f19_our_own_sidecar_is_recognised(desk):
    video = desk.made("films/a.mp4", "a")
    tags.edit(desk.ctx, video, tags.Edit(add=("ours",)))
    desk.events.clear()
    owed = len(desk.jobs())
    desk.scan()
    desk.scan()
    assert desk.events == []
    assert len(desk.jobs()) == owed
    (desk.root / "films/.artifacts/a.mp4.tags.json").write_text('{"tags": ["theirs"]}')
    desk.scan()
    assert desk.events == [("video", {"ids": [video], "why": "tags"})]
