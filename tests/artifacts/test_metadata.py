from __future__ import annotations

import json

import pytest

from tests.kinds import make


def test_the_facts_and_what_the_index_needs(clips, tmp_path):
    made = make("metadata", clips.chapters(), tmp_path)
    assert made.facts["is"] == "video"
    assert made.facts["streams"] == {"video": 1, "audio": 1}
    assert (made.facts["chapters"], made.facts["languages"]) == (2, ["deu"])
    assert (made.video.width, made.video.height, made.video.video_codec, made.video.audio_codec) == (
        320, 180, "h264", "aac",
    )  # fmt: skip
    document = json.loads((tmp_path / "metadata/made.ffprobe.json").read_text(encoding="utf-8"))
    assert document["format"]["tags"]["title"] == "Tïtle"


@pytest.mark.parametrize(
    ("clip", "what", "width"),
    [("audio_only", "audio", None), ("with_cover", "audio", None), ("silent_picture", "picture", 320)],
)
def test_what_is_no_video_is_done_with_what_it_is(clips, tmp_path, clip, what, width):
    made = make("metadata", getattr(clips, clip)(), tmp_path)
    assert (made.facts["is"], made.video.width) == (what, width)


def test_the_stub_opens_nothing(clips, tmp_path, monkeypatch):
    monkeypatch.setenv("FFPROBE_DISABLE", "1")
    made = make("metadata", str(tmp_path / "not even there.mp4"), tmp_path)
    document = json.loads((tmp_path / "metadata/made.ffprobe.json").read_text())
    assert document == {
        "streams": [], "chapters": [], "format": {"filename": "not even there.mp4", "nb_streams": 0}, "stub": True,
    }  # fmt: skip
    assert (made.backend, made.video) == ("stub", None)
