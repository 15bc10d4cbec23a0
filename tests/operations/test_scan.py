"""test_scan: the index follows the disk and loses nothing on a doubt."""

import os
import shutil
import time

import pytest

from tests.desk import KINDS, Desk, tree
from vidwatchd.errors import LibraryOffline, MassLoss, NotFound
from vidwatchd.library import read_marker
from vidwatchd.model import Presence, Tags
from vidwatchd.operations import scan as scans
from vidwatchd.operations import tags
from vidwatchd.operations.scan import clean
from vidwatchd.operations.tags import Edit


def presence(desk, path="clip.mp4"):
    return desk.index.videos.at(desk.library_id, path).presence


def test_new_files_are_entered_and_owed_once(desk):
    desk.put("a.mp4")
    desk.put("d/b.mp4")
    desk.put("d/no.txt")
    assert len(desk.scan().added) == 2
    assert len(desk.jobs()) == 2 * len(KINDS)
    done = desk.scan()
    assert (done.fresh, done.seen) == ([], 2)
    assert len(desk.jobs()) == 2 * len(KINDS)


def test_what_a_scan_did_can_be_sent(desk):
    desk.put("a.mp4")
    plain = desk.scan().plain()
    assert {**plain, "seconds": 0} == {
        "seen": 1, "added": 1, "changed": 0, "moved": 0, "gone": 0, "back": 0, "unsettled": 0, "unreadable": {}, "seconds": 0,
    }  # fmt: skip


def test_new_content_makes_stale_and_is_made_again(desk):
    desk.made()
    desk.put("clip.mp4", "other content")
    assert desk.scan().changed == [desk.id("clip.mp4")]
    assert set(desk.states().values()) == {"stale"}
    assert desk.work() == [KINDS]
    assert b"other content" in desk.beside("clip.mp4", ".jpg").read_bytes()
    assert set(desk.states().values()) == {"done"}


@pytest.mark.parametrize(
    "touch",
    [lambda p: p.chmod(0o600), lambda p: os.utime(p), lambda p: shutil.copy(p, f"{p}.x") and os.replace(f"{p}.x", p)],
)
def test_a_file_that_was_only_touched_is_not_made_again(desk, touch):
    desk.made()
    touch(desk.root / "clip.mp4")
    assert desk.scan().fresh == []
    assert desk.work() == []
    assert set(desk.states().values()) == {"done"}


@pytest.mark.parametrize("way", ["cp -p", "touch -r"])
def test_replaced_content_with_the_same_size_and_time_is_seen(desk, way):
    video_id = desk.made("clip.mp4", "a" * 500)
    clip = desk.root / "clip.mp4"
    status = clip.stat()
    if way == "cp -p":
        other = desk.folder / "other"
        other.write_bytes(b"b" * 500)
        os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
        shutil.copy2(other, desk.folder / "beside")
        os.replace(desk.folder / "beside", clip)
    else:
        clip.write_bytes(b"b" * 500)
    os.utime(clip, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert clip.stat().st_mtime_ns == status.st_mtime_ns
    assert desk.scan().changed == [video_id]
    assert desk.work() == [KINDS]
    assert b"bbb" in desk.beside("clip.mp4", ".jpg").read_bytes()


def test_a_deleted_file_is_gone_and_back_as_it_was(desk):
    video_id = desk.made()
    kept = (desk.root / "clip.mp4").rename(desk.folder / "kept")
    assert desk.scan().gone == [video_id]
    assert presence(desk) is Presence.GONE
    kept.rename(desk.root / "clip.mp4")
    desk.scan()
    assert presence(desk) is Presence.PRESENT
    assert desk.id("clip.mp4") == video_id
    assert desk.work() == []
    assert set(desk.states().values()) == {"done"}


def test_a_copy_put_back_in_place_is_the_same_video_and_told_of(desk):
    video_id = desk.made()
    shutil.copy(desk.root / "clip.mp4", desk.folder / "kept")
    (desk.root / "clip.mp4").unlink()
    desk.scan()
    shutil.copy(desk.folder / "kept", desk.root / "clip.mp4")
    desk.events.clear()
    assert desk.scan().back == [video_id]
    assert ("video", {"ids": [video_id], "why": "added"}) in desk.events
    assert desk.work() == []


def test_work_of_a_gone_video_is_dropped_and_owed_again_when_it_is_back(desk):
    desk.put("clip.mp4")
    desk.scan()
    kept = (desk.root / "clip.mp4").rename(desk.folder / "kept")
    desk.scan()
    assert desk.jobs() == []
    kept.rename(desk.root / "clip.mp4")
    desk.scan(only=("",))
    assert desk.work() == [KINDS]


def test_a_partial_look_sees_its_folders_only_and_owes_only_what_is_fresh(desk):
    for name in ("a/1.mp4", "b/2.mp4"):
        desk.put(name)
    desk.scan(only=("a",))
    assert desk.ids().keys() == {"a/1.mp4"}
    assert {v for (v,) in desk.index.rows("SELECT DISTINCT priority FROM jobs")} == {20}


# -- away, or in doubt


@pytest.mark.parametrize("place", ["nothing", "empty folder"])
def test_an_unmounted_library_loses_nothing_and_returns_without_work(desk, place):
    video_id = desk.made()
    tags.edit(desk.ctx, video_id, Edit(add=("sea",)))
    away = desk.root.rename(desk.folder / "away")
    if place == "empty folder":
        desk.root.mkdir()
    for _ in range(2):
        with pytest.raises(LibraryOffline):
            desk.scan()
    assert not desk.library.online
    assert desk.library.problem
    assert presence(desk) is Presence.PRESENT
    assert not desk.root.exists() or list(desk.root.iterdir()) == []
    assert clean(desk.ctx) == 0
    if place == "empty folder":
        desk.root.rmdir()
    away.rename(desk.root)
    assert desk.scan().fresh == []
    assert desk.library.online
    assert desk.work() == []
    assert desk.index.tags.of(video_id).tags == ("sea",)


def test_another_librarys_disk_at_the_root_is_not_this_one(desk):
    desk.made()
    desk.root.rename(desk.folder / "away")
    (desk.root / ".artifacts").mkdir(parents=True)
    (desk.root / ".artifacts" / ".library.json").write_text('{"uuid": "another"}')
    desk.put("other.mp4")
    before = tree(desk.root)
    with pytest.raises(LibraryOffline, match="another library"):
        desk.scan()
    assert desk.ids().keys() == {"clip.mp4"}
    assert tree(desk.root) == before


def test_a_deleted_marker_is_written_again_where_files_vouch(desk):
    desk.made()
    shutil.rmtree(desk.root / ".artifacts")
    desk.scan()
    assert read_marker(str(desk.root)) == desk.library.uuid
    assert desk.work() == [KINDS]


def test_what_cannot_be_looked_at_is_unknown_and_not_gone(desk):
    """A link that leads nowhere stands for any file that cannot be looked at."""
    video_id = desk.made()
    kept = (desk.root / "clip.mp4").rename(desk.folder / "kept.mp4")
    (desk.root / "clip.mp4").symlink_to(desk.root / "nowhere.mp4")
    done = desk.scan()
    assert (done.gone, list(done.unreadable)) == ([], ["clip.mp4"])
    assert presence(desk) is Presence.UNKNOWN
    (desk.root / "clip.mp4").unlink()
    kept.rename(desk.root / "clip.mp4")
    assert desk.scan().back == [video_id]
    assert desk.work() == []


def test_a_file_that_cannot_be_read_is_not_taken_for_changed(desk, monkeypatch):
    desk.made()
    os.utime(desk.root / "clip.mp4")

    def unreadable(path):
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(scans, "fingerprint", unreadable)
        done = desk.scan()
    assert (done.changed, list(done.unreadable)) == ([], ["clip.mp4"])
    assert presence(desk) is Presence.UNKNOWN
    assert set(desk.states().values()) == {"done"}
    desk.scan()
    assert presence(desk) is Presence.PRESENT
    assert desk.work() == []


# -- the brake


def lose(desk, total=22, kept=5):
    for number in range(total):
        desk.put(f"{number:02}.mp4")
    desk.scan()
    for number in range(kept, total):
        (desk.root / f"{number:02}.mp4").unlink()


def test_a_mass_loss_stops_the_scan_until_a_person_accepts_it(desk):
    lose(desk)
    desk.put("new.mp4")
    for _ in range(2):
        with pytest.raises(MassLoss, match="17 of 22"):
            desk.scan()
    assert len(desk.ids()) == 22
    assert "17 of 22" in desk.library.held
    assert len(desk.scan(accept_loss=True).gone) == 17
    assert desk.library.held == ""
    assert len(desk.ids()) == 6


def test_the_brake_lifts_itself_when_the_files_are_back(desk):
    lose(desk)
    with pytest.raises(MassLoss):
        desk.scan()
    for number in range(22):
        desk.put(f"{number:02}.mp4")
    desk.scan()
    assert desk.library.held == ""


@pytest.mark.parametrize(("total", "kept"), [(10, 0), (22, 11)])
def test_a_small_loss_or_half_is_taken(desk, total, kept):
    lose(desk, total, kept)
    assert len(desk.scan().gone) == total - kept


def test_a_move_of_everything_is_no_loss(desk):
    for number in range(20):
        desk.put(f"old/{number:02}.mp4")
    desk.scan()
    before = desk.ids()
    (desk.root / "old").rename(desk.root / "new")
    done = desk.scan()
    assert (len(done.moved), done.gone) == (20, [])
    assert {path.replace("new/", "old/"): i for path, i in desk.ids().items()} == before


# -- cleaning


def gone(desk, path="clip.mp4"):
    video_id = desk.made(path)
    tags.edit(desk.ctx, video_id, Edit(add=("sea",), rating=3))
    (desk.root / path).unlink()
    desk.scan()
    desk.index.db.conn.execute("UPDATE videos SET gone_at = 1 WHERE presence = 'gone'")
    return video_id


def test_after_the_grace_artifacts_go_and_words_stay(desk):
    video_id = gone(desk)
    assert clean(desk.ctx) == 1
    with pytest.raises(NotFound):
        desk.index.videos.get(video_id)
    assert tree(desk.root).keys() == {".artifacts/.library.json", ".artifacts/clip.mp4.tags.json"}
    assert desk.said("clip.mp4")["tags"] == ["sea"]


def test_within_the_grace_nothing_goes(desk):
    gone(desk)
    desk.index.db.conn.execute("UPDATE videos SET gone_at = ?", (time.time() - 29 * 86_400,))
    assert clean(desk.ctx) == 0


def test_cleaning_looks_again_at_the_moment_of_acting(desk):
    gone(desk)
    desk.put("clip.mp4")
    before = tree(desk.root)
    assert clean(desk.ctx) == 0
    assert tree(desk.root) == before


def test_cleaning_leaves_a_library_alone_that_went_away_meanwhile(desk):
    gone(desk)
    away = desk.root.rename(desk.folder / "away")
    desk.root.mkdir()
    assert clean(desk.ctx) == 0
    desk.root.rmdir()
    assert clean(desk.ctx) == 0
    away.rename(desk.root)
    before = tree(desk.root)
    assert before
    desk.index.libraries.update(desk.library_id, online=True)
    assert clean(desk.ctx) == 1


def test_a_forgotten_videos_words_return_with_its_file(desk):
    content = b"the very film"
    gone(desk)
    clean(desk.ctx)
    desk.put("clip.mp4", content)
    desk.scan()
    assert desk.index.tags.of(desk.id("clip.mp4")) == Tags(("sea",), (), 3)


# -- telling


def test_the_pages_are_told_what_changed(desk):
    desk.put("a.mp4")
    desk.events.clear()
    desk.scan()
    assert ("video", {"ids": [desk.id("a.mp4")], "why": "added"}) in desk.events
    desk.events.clear()
    desk.scan()
    assert desk.events == []


def test_very_many_changes_are_told_as_one(desk):
    for number in range(scans.MANY + 1):
        desk.put(f"{number}.mp4")
    desk.events.clear()
    desk.scan()
    assert [type_ for type_, _ in desk.events] == ["videos", "library"]


def test_the_daemon_is_asked_to_look_or_accept(desk):
    assert scans.rescan(desk.ctx, desk.library_id)["id"] == desk.library_id
    assert scans.accept_loss(desk.ctx, desk.library_id)["id"] == desk.library_id
    assert [type_ for type_, _ in desk.events[-2:]] == ["rescan", "accept"]
    with pytest.raises(NotFound):
        scans.rescan(desk.ctx, 99)


def test_a_folder_or_library_named_by_a_person_is_looked_at_now(desk):
    desk.put("d/a.mp4")
    desk.put("b.mp4")
    assert len(scans.folder(desk.ctx, str(desk.root / "d")).added) == 1
    assert len(scans.whole(desk.ctx, "box").added) == 1
    with pytest.raises(NotFound):
        scans.whole(desk.ctx, "no such library")


def test_originals_are_never_touched(tmp_path):
    desk = Desk(tmp_path)
    for name in ("a.mp4", "b.mp4"):
        desk.made(name, name * 30)
    originals = {name: (desk.root / name).read_bytes() for name in ("a.mp4", "b.mp4")}
    times = {name: (desk.root / name).stat().st_mtime_ns for name in originals}
    tags.edit(desk.ctx, desk.id("a.mp4"), Edit(add=("x",)))
    desk.scan()
    clean(desk.ctx)
    assert {name: (desk.root / name).read_bytes() for name in originals} == originals
    assert {name: (desk.root / name).stat().st_mtime_ns for name in originals} == times
    desk.close()
