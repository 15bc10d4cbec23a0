"""test_known: the memory that stands in for an index."""

from __future__ import annotations

from vidwatchd.model import FileState, Presence
from vidwatchd.scan.known import Changes, KnownFiles, join, split


def state(path: str, size: int = 5) -> FileState:
    return FileState(path, size, 1, 2, 3)


def test_what_is_applied_is_known():
    known = KnownFiles("/films")
    known.apply(
        Changes(
            added=[state("a.mp4"), state("one/two/b.mp4", 7)],
            folders={"": "x-0", "one/two": "y-0"},
            sidecars=[state("one/two/.artifacts/b.mp4.tags.json")],
            fingerprints={"a.mp4": "5-0"},
        )
    )
    assert known.files_in("")["a.mp4"].fingerprint == "5-0"
    assert known.folder_digest("one/two") == "y-0"
    assert set(known.folders_under("")) == {"one/two"}
    assert set(known.folders_under("one")) == {"one/two"}
    assert known.sidecars_in("one/two") == {"b.mp4.tags.json": (1, 5)}
    assert [(lost.path, lost.library_root) for lost in known.same_sizes({7})] == [("one/two/b.mp4", "/films")]


def test_what_is_gone_is_remembered_but_its_folder_is_not_asked_for():
    known = KnownFiles("/films")
    known.apply(Changes(added=[state("one/a.mp4")], folders={"one": "x-0"}))
    known.apply(Changes(gone=["one/a.mp4"], folders_gone=["one"]))
    assert known.files_in("one")["a.mp4"].presence is Presence.GONE
    assert list(known.folders_under("")) == []
    known.apply(Changes(changed=[state("one/a.mp4", 9)]))
    assert known.files_in("one")["a.mp4"].video_id == 1


def test_paths_are_split_and_joined():
    for path in ("a.mp4", "one/a.mp4", "one/two/a.mp4"):
        assert join(*split(path)) == path


def test_companions_are_remembered_apart_from_sidecars():
    known = KnownFiles("/films")
    known.apply(
        Changes(companions=[state("one/a.srt"), state("b.srt")], sidecars=[state(".artifacts/b.mp4.tags.json")])
    )
    assert known.companions_in("one") == {"a.srt": (1, 5)}
    assert known.companions_in("") == {"b.srt": (1, 5)}
    known.apply(Changes(companions_gone=["one/a.srt"]))
    assert known.companions_in("one") == {}
