"""test_copies: size and fingerprint propose, the whole content decides."""

import os
from itertools import combinations

import pytest

from vidwatchd.errors import Cancelled
from vidwatchd.fingerprint import CHUNK_BYTES, END_BYTES
from vidwatchd.operations import copies

# Both ends the same, the middle not: what a fingerprint cannot tell apart.
ENDS = os.urandom(END_BYTES)
MIDDLES = (b"a" * 100_000, b"b" * 100_000)


@pytest.fixture
def videos(desk):
    contents = {"a.mp4": MIDDLES[0], "b.mp4": MIDDLES[0], "c.mp4": MIDDLES[1], "longer.mp4": MIDDLES[0] * 2}
    for name, middle in contents.items():
        desk.put(name, ENDS + middle + ENDS)
    desk.scan()
    return {name: desk.index.videos.get(desk.id(name)) for name in contents}


def test_size_and_fingerprint_propose(desk, videos):
    ids = {name: video.id for name, video in videos.items()}
    three = sorted(ids[name] for name in ("a.mp4", "b.mp4", "c.mp4"))
    assert list(copies.likely(desk.ctx)) == list(combinations(three, 2))
    assert list(copies.likely(desk.ctx, [ids["a.mp4"], ids["longer.mp4"]])) == []


def test_a_known_fingerprint_is_not_asked_for_again(desk, videos):
    desk.index.videos.set_fingerprint(videos["a.mp4"].id, "one")
    desk.index.videos.set_fingerprint(videos["b.mp4"].id, "one")
    assert list(copies.likely(desk.ctx)) == [tuple(sorted((videos["a.mp4"].id, videos["b.mp4"].id)))]


def test_all_of_both_decides_and_is_remembered(desk, videos):
    one, same, other, _ = videos.values()
    assert copies.proven(desk.ctx, one, same) is None
    assert copies.prove(desk.ctx, one, same) is True
    assert copies.prove(desk.ctx, one, other) is False
    assert (copies.proven(desk.ctx, same, one), copies.proven(desk.ctx, other, one)) == (True, False)


def test_another_content_is_to_be_proven_again(desk, videos):
    one, same, *_ = videos.values()
    copies.prove(desk.ctx, one, same)
    os.utime(desk.root / "b.mp4", ns=(1, 1))
    desk.scan()
    assert copies.proven(desk.ctx, one, desk.index.videos.get(same.id)) is None


def test_what_cannot_be_read_proves_nothing(desk, videos):
    one, same, *_ = videos.values()
    (desk.root / "b.mp4").unlink()
    assert copies.prove(desk.ctx, one, same) is False
    assert list(copies.likely(desk.ctx, [one.id, same.id])) == []


def test_it_tells_how_far_it_is_and_can_be_stopped(desk):
    for name in ("a.mp4", "b.mp4"):
        desk.put(name, b"x" * (3 * CHUNK_BYTES + 5))
    desk.scan()
    one, other = (desk.index.videos.get(desk.id(name)) for name in ("a.mp4", "b.mp4"))
    told = []
    assert copies.prove(desk.ctx, one, other, told.append)
    assert told == [CHUNK_BYTES * n for n in (1, 2, 3, 4)]

    def stop(count_bytes):
        raise Cancelled("stopped")

    desk.ctx.held.clear()
    with pytest.raises(Cancelled):
        copies.prove(desk.ctx, one, other, stop)
    assert copies.proven(desk.ctx, one, other) is None


def test_many_copies_are_each_paired_with_the_first(desk):
    for number in range(7):
        desk.put(f"{number}.mp4", b"the same")
    desk.scan()
    assert len(list(copies.likely(desk.ctx))) == 6


def test_many_copies_are_paired_with_the_one_that_is_kept(desk):
    names = [f"{n}.mp4" for n in range(copies.MANY + 2)]
    for name in names:
        desk.put(name, ENDS)
    os.utime(desk.root / "3.mp4", (1, 1))
    desk.scan()
    kept = desk.id("3.mp4")
    others = [desk.id(name) for name in names if name != "3.mp4"]
    assert sorted(copies.likely(desk.ctx)) == sorted((min(kept, other), max(kept, other)) for other in others)
