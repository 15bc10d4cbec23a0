"""test_compare: two files by their paths, two videos by their ids."""

import shutil

import pytest

from vidwatchd.config import parse
from vidwatchd.errors import MediaError, NotFound, Unavailable, UsageError
from vidwatchd.operations import compare as module
from vidwatchd.operations import libraries
from vidwatchd.operations import scan as scans
from vidwatchd.operations.compare import compare
from vidwatchd.operations.jobs import Order

pytestmark = pytest.mark.system


@pytest.fixture
def ctx(tmp_path, bench):
    config = parse({"data_dir": str(tmp_path / "data")}, tmp_path / "videorc.json")
    with bench.open(config) as ctx:
        yield ctx


def test_two_files(ctx, clips):
    told = []
    found = compare(ctx, clips.normal(), clips.hevc(), progress=lambda *said: told.append(said))
    assert (found["original"], found["other"]) == (clips.normal(), clips.hevc())
    assert 0 < found["ssim"] < 1
    assert found["compared_seconds"] == pytest.approx(2, abs=0.1)
    assert told[-1][:2] == (1, 1)


def test_what_cannot_be_compared(ctx, clips, tmp_path):
    with pytest.raises(MediaError, match="holds no film"):
        compare(ctx, clips.normal(), clips.audio_only())
    for wrong in (str(tmp_path / "none.mp4"), str(tmp_path), "a\0b"):
        with pytest.raises(UsageError):
            compare(ctx, clips.normal(), wrong)
    ctx.config = ctx.config.model_copy(update={"media": ctx.config.media.model_copy(update={"ffmpeg_path": "/none"})})
    with pytest.raises(Unavailable):
        compare(ctx, clips.normal(), clips.hevc())


def test_two_videos_over_the_network(ctx, clips, tmp_path):
    (tmp_path / "box").mkdir()
    for name in ("a.mp4", "b.mp4"):
        shutil.copy(clips.hevc(), tmp_path / "box" / name)
    library = libraries.add(ctx, str(tmp_path / "box"))
    scans.scan(ctx, ctx.index.libraries.get(library["id"]), scans.Look(settle_seconds=0.0))
    first, second = (v.id for v in ctx.index.videos.in_folder(library["id"], "", recursive=True))
    order = Order("compare", params={"original": first, "other": second})
    assert module.run_task(ctx, order, lambda *said: None)["identical"]
    for wrong in ({}, {"original": first, "other": "b.mp4"}, {"original": first, "other": second, "path": "/etc"}):
        with pytest.raises(UsageError):
            module.run_task(ctx, Order("compare", params=wrong), lambda *said: None)
    with pytest.raises(NotFound):
        module.run_task(ctx, Order("compare", params={"original": first, "other": 999}), lambda *said: None)


def test_whoever_follows_may_stop_it(ctx, clips):
    def stop(done, of, names):
        if names:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        compare(ctx, clips.long(), clips.long(), progress=stop)
