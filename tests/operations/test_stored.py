"""test_stored: what is told of stored forms, and what of them can be played."""

import json
import os
import shutil
import uuid

import pytest

from tests.forms import put_form
from vidwatchd import artifacts
from vidwatchd.artifacts.stored import Stored
from vidwatchd.config import parse
from vidwatchd.errors import Conflict, Gone, LibraryOffline, NotFound, Unavailable, UsageError
from vidwatchd.media.probe import probe
from vidwatchd.model import Artifact, ArtifactState
from vidwatchd.operations import libraries, stored
from vidwatchd.operations import scan as scans
from vidwatchd.storing.manifest import form_id

UNKNOWN = "5f0ad63f-6c0b-4a6f-9f0e-0a4f6c4b7d51"


class Shelf:
    """A library of files that are only called videos, and the ways tests speak of them."""

    def __init__(self, ctx, root, *names):
        self.ctx, self.root = ctx, root
        for name in names:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(name.encode() * 9999)
        self.library = libraries.add(ctx, str(root))["id"]
        self.scan()

    def scan(self):
        scans.scan(self.ctx, self.ctx.index.libraries.get(self.library), scans.Look(settle_seconds=0.0))
        with self.ctx.index.transaction() as connection:  # as the first job of each would
            connection.execute("UPDATE videos SET fingerprint = 'of ' || path WHERE fingerprint = ''")

    def id(self, name):
        return self.ctx.index.videos.at(self.library, name).id

    def uuid(self, name):
        return form_id(self.ctx.index.videos.at(self.library, name).fingerprint)


@pytest.fixture
def shelf(tmp_path, bench, monkeypatch):
    monkeypatch.setitem(artifacts.KINDS, "stored", Stored)
    with bench.open(parse({"data_dir": str(tmp_path / "data")}, tmp_path / "videorc.json")) as ctx:
        yield Shelf(ctx, tmp_path / "box", "a.mp4", "sub/b.mkv", "c.mp4")
        for close in ctx.closers:
            close()


def test_everything_there_is_to_tell(shelf):
    mark = put_form(shelf.ctx, shelf.id("a.mp4"), made_at=50.0)
    found = stored.listed(shelf.ctx)
    (item,) = found.pop("stored")
    size = shelf.ctx.index.artifacts.of(item["video_id"])["stored"].cost_bytes
    assert found == {
        "ids": [mark],
        "total": 1,
        "counts": {"ready": 1, "processing": 0, "failed": 0, "unavailable": 0},
        "source_bytes": 5 * 9999,
        "stored_bytes": size,
        "next_offset": None,
    }
    files = {name: item["files"][name] for name in ("audio", "script", "resultant", "manifest")}
    base = f"/api/videos/{item['video_id']}/artifacts/stored/stored"
    assert files["audio"] == f"{base}/audio.aac?v=50000"
    assert files["resultant"] == f"{base}/resultant.mp4?v=50000"
    assert files["script"] and files["manifest"]
    assert (item["id"], item["status"], item["name"], item["library"]) == (mark, "ready", "a.mp4", "box")
    assert (item["source_bytes"], item["stored_bytes"], item["ratio"]) == (5 * 9999, size, round(5 * 9999 / size, 2))
    assert (item["ssim"], item["backend"], item["origin"], item["made_at"]) == (0.8, "proxy", "real", 50.0)
    assert (item["has_original"], item["original_url"]) == (True, f"/stream/{mark}?original=1")
    assert item["original"] == "here"
    assert (item["stream_url"], item["watch_url"]) == (f"/stream/{mark}?original=0", f"/watch/{item['video_id']}")
    assert (item["stale"], item["error"], item["fix"], item["progress"]) == (False, "", "", None)
    told = stored.one(shelf.ctx, mark)
    assert told.pop("manifest")["resultant"]["file"] == "resultant.mp4"
    assert told == item


def test_pages_and_words(shelf):
    for number, name in enumerate(("a.mp4", "sub/b.mkv", "c.mp4")):
        put_form(shelf.ctx, shelf.id(name), made_at=number + 1.0, sound_seconds=0, picture_seconds=0)
    first = stored.listed(shelf.ctx, limit=2)
    assert [item["path"] for item in first["stored"]] == ["c.mp4", "sub/b.mkv"]
    assert (first["total"], first["next_offset"]) == (3, 2)
    assert [item["path"] for item in stored.listed(shelf.ctx, limit=2, offset=2)["stored"]] == ["a.mp4"]
    assert stored.listed(shelf.ctx, words="sub")["total"] == 1
    assert stored.listed(shelf.ctx, status="failed")["stored"] == []
    with pytest.raises(UsageError):
        stored.listed(shelf.ctx, status="done")


def test_what_could_not_be_made(shelf):
    lacking = Artifact(shelf.id("a.mp4"), "stored", ArtifactState.UNAVAILABLE, error="no ffmpeg (install one)")
    shelf.ctx.index.artifacts.fail(lacking)
    shelf.ctx.index.artifacts.fail(Artifact(shelf.id("c.mp4"), "stored", ArtifactState.FAILED, error="broken (really)"))
    items = {item["path"]: item for item in stored.listed(shelf.ctx)["stored"]}
    told = [(item["status"], item["error"], item["fix"]) for item in (items["a.mp4"], items["c.mp4"])]
    assert told == [("unavailable", "no ffmpeg", "install one"), ("failed", "broken (really)", "")]
    mark = shelf.uuid("a.mp4")
    assert items["a.mp4"]["id"] == mark
    assert stored.one(shelf.ctx, mark)["manifest"] is None
    with pytest.raises(NotFound, match="could not be made: no ffmpeg"):
        stored.playable(shelf.ctx, mark)
    assert stored.playable(shelf.ctx, mark, original=True).relative == "a.mp4"


def test_what_is_on_its_way(shelf):
    mark = shelf.uuid("a.mp4")
    shelf.ctx.index.forms.put(shelf.id("a.mp4"), mark)
    assert stored.one(shelf.ctx, mark)["status"] == "processing"
    for ask in (stored.playable, stored.prepare):
        with pytest.raises(Conflict):
            ask(shelf.ctx, mark)


def test_the_film_out_of_its_stored_form(shelf):
    mark = put_form(shelf.ctx, shelf.id("sub/b.mkv"))
    found = stored.playable(shelf.ctx, mark.upper())
    film = probe(os.path.join(found.root, found.relative))
    assert (film.video_codec, film.audio_codec, found.name) == ("h264", "aac", "b.stored.mp4")
    assert found.relative == f"{found.tag}.mp4"
    done = stored.prepare(shelf.ctx, mark)
    assert (done["stream_url"], done["ready"], done["seconds"] < 5) == (f"/stream/{mark}?original=0", True, True)
    assert stored.playable(shelf.ctx, mark) == found


def test_a_silent_film_is_sent_as_it_lies(shelf):
    mark = put_form(shelf.ctx, shelf.id("a.mp4"), sound_seconds=0)
    found = stored.playable(shelf.ctx, mark)
    assert (found.relative, found.tag) == ("resultant.mp4", "")
    assert found.root == str(shelf.root / ".artifacts/a.mp4.stored")
    assert not (shelf.ctx.config.data_folder and os.path.exists(f"{shelf.ctx.config.data_folder}/cache"))


def test_a_stored_form_outlasts_its_original(shelf):
    mark = put_form(shelf.ctx, shelf.id("a.mp4"))
    assert stored.playable(shelf.ctx, mark, original=True).name == "a.mp4"
    (shelf.root / "a.mp4").unlink()
    with pytest.raises(Gone, match="not kept any more"):  # also before a scan has seen it
        stored.playable(shelf.ctx, mark, original=True)
    shelf.scan()
    with pytest.raises(Gone):
        stored.prepare(shelf.ctx, mark, original=True)
    item = stored.one(shelf.ctx, mark)
    assert (item["status"], item["has_original"], item["original_url"]) == ("ready", False, None)
    assert item["original"] == "gone"
    assert stored.playable(shelf.ctx, mark).tag


def test_a_form_that_was_taken_away_is_told_so(shelf, tmp_path):
    mark = put_form(shelf.ctx, shelf.id("a.mp4"))
    shutil.move(shelf.root / ".artifacts" / "a.mp4.stored", tmp_path / "elsewhere")
    with pytest.raises(Gone, match="stored form is not there any more"):  # before a scan has seen it
        stored.playable(shelf.ctx, mark)
    shutil.move(tmp_path / "elsewhere", shelf.root / ".artifacts" / "a.mp4.stored")
    assert stored.playable(shelf.ctx, mark).relative


def test_two_of_the_same_content_stand_for_each_other(shelf):
    shutil.copy(shelf.root / "a.mp4", shelf.root / "twin.mp4")
    shelf.scan()
    mark = put_form(shelf.ctx, shelf.id("twin.mp4"))
    shelf.ctx.index.forms.put(shelf.id("a.mp4"), mark)
    found = stored.listed(shelf.ctx)
    assert (found["ids"], len(found["stored"])) == ([mark], 2)
    assert stored.one(shelf.ctx, mark)["name"] == "twin.mp4"
    (shelf.root / "a.mp4").unlink()
    assert stored.playable(shelf.ctx, mark, original=True).name == "twin.mp4"


def test_a_library_that_is_away(shelf):
    mark = put_form(shelf.ctx, shelf.id("a.mp4"))
    shelf.root.rename(shelf.root.with_name("away"))
    for original in (False, True):
        with pytest.raises(LibraryOffline):
            stored.playable(shelf.ctx, mark, original=original)
    shelf.root.mkdir()  # an empty place where the disk should be
    for original in (False, True):
        with pytest.raises(LibraryOffline):
            stored.playable(shelf.ctx, mark, original=original)
    assert stored.one(shelf.ctx, mark)["manifest"] is None
    with shelf.ctx.index.transaction() as connection:  # as the next look at it does
        connection.execute("UPDATE libraries SET online = 0")
    assert stored.one(shelf.ctx, mark)["original"] == "offline"


def test_an_original_in_doubt_is_not_gone(shelf):
    mark = put_form(shelf.ctx, shelf.id("a.mp4"))
    (shelf.root / "a.mp4").unlink()
    with shelf.ctx.index.transaction() as connection:
        connection.execute("UPDATE videos SET presence = 'unknown'")
    assert stored.one(shelf.ctx, mark)["original"] == "offline"
    with pytest.raises(Unavailable):
        stored.playable(shelf.ctx, mark, original=True)


@pytest.mark.parametrize(
    "wrong", ["", "x", "1", "..", "\0", "9" * 60, UNKNOWN, f"{UNKNOWN}/..", "🎬", str(uuid.UUID(int=0))]
)
def test_ids_that_mean_nothing(shelf, wrong):
    for ask in (stored.one, stored.playable, stored.prepare):
        with pytest.raises(NotFound):
            ask(shelf.ctx, wrong)


def test_a_manifest_from_elsewhere_opens_nothing_of_ours(shelf):
    mark = put_form(shelf.ctx, shelf.id("a.mp4"))
    path = shelf.root / ".artifacts/a.mp4.stored/manifest.json"
    said = json.loads(path.read_text())
    said["resultant"]["file"] = "../../c.mp4"
    path.write_text(json.dumps(said))
    with pytest.raises(Exception, match="leads out of its folder"):
        stored.playable(shelf.ctx, mark)
