"""test_moves: pairing arrivals with what was lost; whole scans that move things are in test_walk."""

from __future__ import annotations

from vidwatchd.disk import OperatingSystem
from vidwatchd.fingerprint import fingerprint
from vidwatchd.model import FileState
from vidwatchd.scan.moves import Arrival, LostFile, Matcher


def state(root, path: str) -> FileState:
    at = (root / path).stat()
    return FileState(path, at.st_size, at.st_mtime_ns, at.st_ctime_ns, at.st_ino)


def lost(root, path: str, file, video_id: int = 1) -> LostFile:
    return LostFile(video_id, str(root), path, file.stat().st_size, 1, 2, fingerprint(str(file)))


def test_the_same_library_and_the_same_name_come_first(tmp_path):
    root, other = tmp_path / "root", tmp_path / "other"
    (root / "new").mkdir(parents=True)
    other.mkdir()
    file = root / "new/a.mp4"
    file.write_text("content")
    candidates = [lost(other, "a.mp4", file, 1), lost(root, "b.mp4", file, 2), lost(root, "one/a.mp4", file, 3)]
    (move,) = Matcher(str(root), OperatingSystem()).match([Arrival(state(root, "new/a.mp4"))], candidates)
    assert move.video_id == 3


def test_new_files_are_not_read_when_every_candidate_is_where_it_was(tmp_path):
    class Unread(OperatingSystem):
        def open(self, path):
            raise AssertionError(f"{path} was read")

    for name in ("a.mp4", "b.mp4"):
        (tmp_path / name).write_text("content")
    candidates = [lost(tmp_path, "a.mp4", tmp_path / "a.mp4")]
    matcher = Matcher(str(tmp_path), Unread())
    assert matcher.match([Arrival(state(tmp_path, "b.mp4"))], candidates) == []
    assert matcher.fingerprints == {}


def test_fingerprints_that_were_reckoned_are_kept(tmp_path):
    (tmp_path / "b.mp4").write_text("content")
    matcher = Matcher(str(tmp_path), OperatingSystem())
    matcher.match([Arrival(state(tmp_path, "b.mp4"))], [lost(tmp_path, "a.mp4", tmp_path / "b.mp4")])
    assert matcher.fingerprints == {"b.mp4": fingerprint(str(tmp_path / "b.mp4"))}


def test_an_unsettled_copy_is_not_a_move_yet(tmp_path):
    (tmp_path / "b.mp4").write_text("content")
    arrival = Arrival(state(tmp_path, "b.mp4"), settled=False)
    assert not Matcher(str(tmp_path), OperatingSystem()).match([arrival], [lost(tmp_path, "a.mp4", tmp_path / "b.mp4")])
