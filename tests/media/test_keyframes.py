from __future__ import annotations

import pytest

from vidwatchd.media import keyframes, probe


def _index(media) -> keyframes.KeyIndex | None:
    return keyframes.index_of(media.container, media.video, media.info.start_seconds, media.info.duration_seconds)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_keyframes_are_found_where_they_are(clips, suffix):
    with probe.open_media(clips.long(suffix)) as media:
        index = _index(media)
        assert index is not None
        assert index.before(5.9).at_seconds == pytest.approx(4)
        assert index.nearest(5.9).at_seconds == pytest.approx(6)
        assert index.before(-3).at_seconds == pytest.approx(0)
        assert index.nearest(1e6).at_seconds == pytest.approx(78)
        assert (index.count(5), index.count(1000)) == (5, 40)


def test_seeking_to_a_key_lands_on_it(clips):
    """An MP4's index speaks of decoding times, seeking of presentation times."""
    with probe.open_media(clips.long()) as media:
        for at in (10.0, 31.0, 66.0):
            key = _index(media).before(at)
            media.container.seek(key.ticks, stream=media.video)
            packet = next(media.container.demux(media.video))
            assert packet.is_keyframe
            assert packet.pts == key.ticks


def test_what_has_no_index_has_none(clips):
    with probe.open_media(clips.long(".ts")) as media:
        assert _index(media) is None


def test_one_keyframe_is_known_in_mp4(clips):
    with probe.open_media(clips.one_keyframe()) as media:
        assert _index(media).count(2) == 1
