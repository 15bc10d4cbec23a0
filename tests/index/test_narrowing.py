"""test_narrowing: conditions leave out what they say."""

import pytest

from tests.desk import file
from vidwatchd.index import narrowing
from vidwatchd.index.search import Stretch, Wanted
from vidwatchd.model import Tags, VideoFacts


@pytest.fixture
def shelf(index, library):
    paths = ("2024/Beach/a.mp4", "2024/b.mp4", "50% off/c.mp4")
    ids = index.videos.add(library.id, [file(path, n) for n, path in enumerate(paths, 1)])
    for number, video_id in enumerate(ids):
        index.videos.learn(video_id, VideoFacts(60.0 * number, 10, 10, ("h264", "hevc", "vp9")[number], "aac", "mp4"))
        index.rows("UPDATE videos SET added_at = ? WHERE id = ?", 1000.0 * number, video_id)
    index.tags.put(ids[0], Tags(("Été",), ("Anna B",)))
    index.search.learn(ids[1], [Stretch("speech", "en.sdh", [(0, 1, "hi")])])
    index.search.learn(ids[2], [Stretch("speech", "en-2", [(0, 1, "hi")]), Stretch("speech", "de", [(0, 1, "hallo")])])
    return ids


@pytest.mark.parametrize(
    ("key", "meaning", "found"),
    [
        ("tag", "ÉTÉ", [0]),
        ("tag", "other", []),
        ("person", "anna b", [0]),
        ("longer", 60, [1, 2]),
        ("shorter", 60, [0, 1]),
        ("codec", "hevc", [1]),
        ("added", (1000.0, 2000.0), [1]),
        ("in", "2024", [0, 1]),
        ("in", "beach", [0]),
        ("in", "2024/beach", [0]),
        ("in", "50% off", [2]),
        ("in", "50_ off", []),
        ("in", "202", []),
        ("lang", "en", [1, 2]),
        ("lang", "DE", [2]),
        ("lang", "e", []),
    ],
)
def test_conditions(index, shelf, key, meaning, found):
    condition = narrowing.CONDITIONS[key](meaning)
    assert passing(index, condition) == [shelf[n] for n in found]
    without = passing(index, narrowing.negated(condition))
    assert without == [video_id for n, video_id in enumerate(shelf) if n not in found]


def test_a_library_by_its_name(index, library, shelf):
    assert passing(index, narrowing.within(library.name.upper())) == shelf


def passing(index, condition):
    term, params = condition
    return sorted(video_id for video_id, _ in index.search.ranked(Wanted(where=(term,), params=params))[0])
