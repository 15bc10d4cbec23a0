"""test_list_videos: what is on disk now, with what is known of it."""

import os

import pytest

from vidwatchd import config, operations
from vidwatchd.errors import InvalidDirectory
from vidwatchd.operations.list_videos import list_videos
from vidwatchd.operations.scan import folder


@pytest.fixture
def videos(tmp_path):
    root = tmp_path / "videos"
    (root / "sub").mkdir(parents=True)
    for name, size in (("b.mp4", 10), ("A.mp4", 30), ("sub/c.mkv", 20), ("sub/.hidden.mp4", 5), ("notes.txt", 1)):
        (root / name).write_bytes(b"x" * size)
    return root


@pytest.fixture
def ctx(tmp_path):
    with operations.open(config.parse({"data_dir": str(tmp_path / "data")})) as opened:
        yield opened


def paths(found):
    return [video["path"] for video in found["videos"]]


def test_what_and_in_which_order(ctx, videos):
    assert paths(list_videos(ctx, str(videos), extensions=("mp4",))) == ["A.mp4", "b.mp4"]
    assert paths(list_videos(ctx, str(videos), recursive=True)) == ["A.mp4", "b.mp4", "sub/c.mkv"]
    assert paths(list_videos(ctx, str(videos), recursive=True, extensions=("*",), sort="size"))[:2] == [
        "A.mp4",
        "sub/c.mkv",
    ]
    assert list_videos(ctx, str(videos), extensions=(".MKV",))["total"] == 0


def test_what_is_known_belongs_to_this_very_file(ctx, videos):
    folder(ctx, str(videos))
    library = ctx.index.libraries.all()[0]
    video = ctx.index.videos.at(library.id, "sub/c.mkv")
    from vidwatchd.model import VideoFacts

    ctx.index.videos.learn(video.id, VideoFacts(duration_seconds=4.0, width=2, height=2, video_codec="vp9"))
    assert list_videos(ctx, str(videos / "sub"), extensions=("mkv",))["videos"][0]["duration_seconds"] == 4.0
    (videos / "sub" / "c.mkv").write_bytes(b"another")
    assert list_videos(ctx, str(videos / "sub"), extensions=("mkv",))["videos"][0]["duration_seconds"] is None


def test_names_with_any_bytes(ctx, videos):
    os.rename(videos / "b.mp4", os.path.join(os.fsencode(videos), b"\xff\n.mp4"))
    assert paths(list_videos(ctx, str(videos))) == ["A.mp4", "\U0010ffff\n.mp4"]


def test_a_wrong_folder(ctx, tmp_path):
    with pytest.raises(InvalidDirectory):
        list_videos(ctx, str(tmp_path / "nowhere"))


def test_nothing_is_written(ctx, videos):
    list_videos(ctx, str(videos), recursive=True)
    assert not (videos / ".artifacts").exists()
    assert ctx.index.libraries.all() == []
