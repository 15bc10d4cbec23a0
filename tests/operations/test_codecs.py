"""test_codecs: what each video is, and whether it fits."""

import shutil

import pytest

from vidwatchd.config import parse
from vidwatchd.errors import NotFound, UsageError
from vidwatchd.operations import codecs as module
from vidwatchd.operations import libraries
from vidwatchd.operations.codecs import Target, codecs
from vidwatchd.operations.jobs import Order


@pytest.fixture
def box(tmp_path, clips):
    (tmp_path / "box" / "sub").mkdir(parents=True)
    shutil.copy(clips.normal(), tmp_path / "box" / "a.mp4")
    shutil.copy(clips.many_tracks(), tmp_path / "box" / "sub" / "b.mkv")
    shutil.copy(clips.vp9(), tmp_path / "box" / "c.webm")
    (tmp_path / "box" / "broken.mov").write_bytes(b"no video\n" * 99)
    (tmp_path / "box" / "notes.txt").write_text("no video")
    return tmp_path / "box"


@pytest.fixture
def ctx(tmp_path, bench):
    config = parse({"data_dir": str(tmp_path / "data")}, tmp_path / "videorc.json")
    with bench.open(config) as ctx:
        yield ctx


def test_rows(box, ctx):
    found = codecs(ctx, str(box), Target(), recursive=True, workers=2)
    assert (found["total"], found["matching"], found["failed"]) == (4, 1, 1)
    first, broken, third, last = found["files"]
    assert first == {
        "path": "a.mp4",
        "container": "mov,mp4,m4a,3gp,3g2,mj2",
        "video_codec": "h264",
        "profile": first["profile"],
        "width": 320,
        "height": 180,
        "audio_codecs": ["aac"],
        "size_bytes": (box / "a.mp4").stat().st_size,
        "duration_seconds": pytest.approx(3, abs=0.1),
        "matches": True,
        "reasons": [],
        "error": "",
    }
    assert (broken["path"], broken["matches"], broken["video_codec"]) == ("broken.mov", False, None)
    assert broken["error"]
    assert (third["video_codec"], third["reasons"]) == ("vp9", ["video is vp9, not h264"])
    assert (last["audio_codecs"], last["reasons"]) == (["aac", "mp3"], ["audio is mp3, not aac"])
    assert not (box / ".artifacts").exists()


def test_targets_and_profiles(box, ctx):
    found = codecs(ctx, str(box), Target("vp9", "opus"))
    assert [row["path"] for row in found["files"] if row["matches"]] == ["c.webm"]
    found = codecs(ctx, str(box), Target(profiles=("baseline",)))
    assert found["files"][0]["reasons"][0].startswith("profile is ")


def test_over_the_network_only_inside_libraries(box, ctx):
    libraries.add(ctx, str(box))
    params = {"target_v": "vp9", "allowed_profiles": ["Profile 0"], "workers": 1}
    found = module.run_task(ctx, Order("codecs", "sub/..", params=params), lambda *said: None)
    assert (found["directory"], found["target"]["video"], found["matching"]) == (str(box), "vp9", 1)
    with pytest.raises(NotFound):
        module.run_task(ctx, Order("codecs", "/etc"), lambda *said: None)
    for wrong in ({"target": "h264"}, {"workers": "many"}):
        with pytest.raises(UsageError):
            module.run_task(ctx, Order("codecs", str(box), params=wrong), lambda *said: None)


def test_whoever_follows_may_stop_it(box, ctx):
    def stop(done, of, names):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        codecs(ctx, str(box), Target(), progress=stop)


@pytest.mark.parametrize("profiles", ["constrained baseline, high", ["constrained baseline", "high"]])
def test_profiles_may_be_posted_as_a_text_or_a_list(box, ctx, profiles):
    libraries.add(ctx, str(box))
    order = Order("codecs", str(box), params={"allowed_profiles": profiles})
    assert module.run_task(ctx, order, lambda *said: None)["target"]["profiles"] == ["constrained baseline", "high"]


def test_profiles_of_another_kind_are_refused(box, ctx):
    libraries.add(ctx, str(box))
    with pytest.raises(UsageError, match="list of profiles"):
        module.run_task(ctx, Order("codecs", str(box), params={"allowed_profiles": 5}), lambda *said: None)
