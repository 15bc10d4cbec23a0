"""test_videos: pages and details of videos, and which files may be sent."""

import json
import os

import pytest

from tests.desk import KINDS
from vidwatchd.errors import NotFound, UsageError
from vidwatchd.model import VideoFacts, portable
from vidwatchd.operations import tags, videos
from vidwatchd.operations.tags import Edit
from vidwatchd.operations.videos import Filter


def listed(desk, **wanted):
    return json.loads(videos.page(desk.ctx, Filter(**wanted)))["videos"]


def test_a_page_carries_what_a_card_shows(desk):
    video_id = desk.made("d/a.mp4")
    tags.edit(desk.ctx, video_id, Edit(add=("sea",)))
    (item,) = listed(desk)
    assert (item["id"], item["path"], item["library"], item["tags"]) == (video_id, "d/a.mp4", "box", ["sea"])
    assert item["artifacts"] == dict.fromkeys(KINDS, "done")
    assert item["thumb_url"].startswith(f"/api/videos/{video_id}/artifacts/thumbs/")


def test_kinds_go_by_any_name_and_unknown_ones_are_not_found(desk):
    desk.put("a.mp4")
    desk.scan()
    assert len(listed(desk, missing="meta")) == 1
    desk.work()
    assert listed(desk, missing="meta") == []
    assert listed(desk, failed="any") == []
    for wrong in ({"missing": "thumb"}, {"failed": "thumb"}):
        with pytest.raises(NotFound):
            videos.page(desk.ctx, Filter(**wrong))
    with pytest.raises(UsageError):
        videos.page(desk.ctx, Filter(sort="x"))


def test_details_hold_everything_known(desk):
    for name in ("a.mp4", "b.mp4", "c.mp4"):
        desk.made(name)
    tags.edit(desk.ctx, desk.id("b.mp4"), Edit(rating=4, notes="n"))
    found = videos.details(desk.ctx, desk.id("b.mp4"), Filter(sort="name"))
    assert (found["rating"], found["notes"], found["playable"], found["why_not"]) == (4, "n", True, "")
    assert (found["previous_id"], found["next_id"]) == (desk.id("a.mp4"), desk.id("c.mp4"))
    assert found["details"].keys() == set(KINDS)
    assert found["details"]["thumbs"]["files"][0]["size_bytes"] > 0
    assert (found["jobs"], found["library_root"]) == ([], str(desk.root))
    json.dumps(found)


def test_details_of_a_new_or_missing_video(desk):
    desk.put("a.mp4")
    desk.scan()
    found = videos.details(desk.ctx, desk.id("a.mp4"))
    assert {detail["state"] for detail in found["details"].values()} == {"missing"}
    assert len(found["jobs"]) == len(KINDS)
    for wrong in (99, 0, -1, 1 << 70):
        with pytest.raises(NotFound):
            videos.details(desk.ctx, wrong)


def test_details_while_the_disk_is_away(desk):
    video_id = desk.made()
    desk.root.rename(desk.folder / "away")
    found = videos.details(desk.ctx, video_id)
    assert found["details"]["thumbs"]["files"][0]["size_bytes"] is None


@pytest.mark.parametrize(
    ("name", "video", "audio", "why"),
    [
        ("a.mp4", "h264", "aac", ""), ("a.MKV", "h264", "opus", ""), ("a.webm", "vp9", "", ""),
        ("a.mp4", "hevc", "aac", "hevc"), ("a.mp4", "h264", "ac3", "ac"),
        ("a.avi", "h264", "mp3", ".avi"), ("a.mp4", "", "aac", "picture"),
    ],
)  # fmt: skip
def test_what_browsers_play_goes_by_codec(desk, name, video, audio, why):
    desk.put(name)
    desk.scan()
    desk.index.videos.learn(desk.id(name), VideoFacts(1.0, 2, 2, video, audio, "mov"))
    found = videos.details(desk.ctx, desk.id(name))
    assert found["playable"] == (not why)
    assert why in found["why_not"].lower()
    assert bool(found["why_not"]) == bool(why)


def test_a_gone_video_is_not_playable(desk):
    video_id = desk.made()
    (desk.root / "clip.mp4").unlink()
    desk.scan()
    assert videos.details(desk.ctx, video_id)["playable"] is False


@pytest.mark.parametrize(
    "name", ["a.mp4", 'it\'s "q"\n.mp4', "100%.mp4", "🎬.mp4", os.fsdecode(b"b\xff.mp4"), "l" * 251 + ".mp4"]
)
def test_files_may_be_sent_and_lie_inside_their_root(desk, name):
    path = portable(f"d/{name}")
    video_id = desk.made(path)
    sent = videos.file(desk.ctx, video_id)
    assert os.path.isfile(os.path.join(sent.root, sent.relative))
    for kind, files in desk.index.artifacts.all_files(video_id).items():
        for suffix, published in files.items():
            for asked in (published, suffix.lstrip(".")):
                found = videos.artifact_file(desk.ctx, video_id, kind, asked)
                assert os.path.isfile(os.path.join(found.root, found.relative))
    assert videos.by_name(desk.ctx, str(desk.root / "d"), portable(name)) == video_id
    assert videos.by_name(desk.ctx, "d", portable(name)) == video_id


@pytest.mark.parametrize(
    "name", ["", "x", "../clip.mp4", "/etc/passwd", "clip.mp4.tags.json", "clip.mp4.made.json", "jpg/../jpg", "\0"]
)
def test_nothing_else_is_sent(desk, name):
    video_id = desk.made()
    with pytest.raises(NotFound):
        videos.artifact_file(desk.ctx, video_id, "thumbs", name)
    with pytest.raises(NotFound):
        videos.artifact_file(desk.ctx, video_id, "nonsense", "jpg")
    with pytest.raises(NotFound):
        videos.by_name(desk.ctx, "..", "clip.mp4")
    with pytest.raises(NotFound):
        videos.by_name(desk.ctx, "", "none.mp4")


def test_states_of_one_video(desk):
    desk.put("a.mp4")
    desk.scan()
    assert videos.states(desk.ctx, desk.id("a.mp4")) == dict.fromkeys(KINDS, "missing")
    with pytest.raises(NotFound):
        videos.states(desk.ctx, 99)
