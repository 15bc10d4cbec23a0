"""test_request: whatever describes pictures says what it is, and is told apart by its name."""

from vidwatchd.backends import caption


def test_every_captioner_is_one_of_the_task(tmp_path):
    found = caption.captioners(caption.Options(), str(tmp_path))
    assert [backend.name for backend in sorted(found, key=lambda backend: -backend.rank)] == ["blip2", "blip", "facts"]
    assert {backend.task for backend in found} == {"caption"}
    assert [backend.model for backend in found] == ["blip2-opt-2.7b", "blip-base", ""]
    assert [backend.rank < 0 for backend in found] == [backend.ready() is None for backend in found]
