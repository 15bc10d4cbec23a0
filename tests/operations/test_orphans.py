"""test_orphans: stored forms outlast their videos, are found again, and are forgotten once they are taken away."""

import os
import shutil

import pytest

from tests.desk import Desk, tree
from tests.keeping import Kept, add_kind, form, kept_folder, settle
from vidwatchd.model import Presence
from vidwatchd.operations import libraries, orphans
from vidwatchd.operations import scan as scans
from vidwatchd.operations.scan import clean
from vidwatchd.operations.upkeep import nightly
from vidwatchd.storing import manifest


@pytest.fixture
def desk(tmp_path, monkeypatch, few_kinds):
    add_kind(monkeypatch)
    made = Desk(tmp_path, scan={"loss_minimum": 1000}, store={"min_free_gb": 0})
    yield made
    made.close()


def film(desk, path="films/film.mp4", content="the film, whole"):
    """A film of which everything is made; its id."""
    desk.put(path, content)
    desk.scan()
    settle(desk)
    assert desk.states(path)[Kept.name] == "done"
    return desk.id(path)


def vanish(desk, path="films/film.mp4", grace_over=True):
    (desk.root / path).unlink()
    desk.scan()
    if grace_over:
        desk.index.db.conn.execute("UPDATE videos SET gone_at = 1 WHERE presence = 'gone'")


def listed(desk):
    """What is known of films that are gone: path → facts of the stored form."""
    rows = desk.index.rows("SELECT id, path FROM videos WHERE presence = 'gone'")
    made = {path: desk.index.artifacts.of(int(i)).get(Kept.name) for i, path in rows}
    return {path: found.facts for path, found in made.items() if found}


def test_a_stored_form_and_its_row_outlast_the_grace_and_the_rest_goes(desk):
    video_id = film(desk)
    desk.index.tags.put(video_id, desk.index.tags.of(video_id))
    before = tree(kept_folder(desk, "films/film.mp4"))
    vanish(desk)
    for _ in range(2):
        assert clean(desk.ctx) == 0
        assert tree(kept_folder(desk, "films/film.mp4")) == before
        assert desk.index.artifacts.of(video_id).keys() == {Kept.name}
        assert desk.store.made("films/film.mp4")[0].keys() == {Kept.name}
    assert sorted(os.listdir(kept_folder(desk, "films/film.mp4").parent)) == ["film.mp4.made.json", "film.mp4.stored"]
    assert desk.index.forms.videos(listed(desk)["films/film.mp4"]["id"]) == [video_id]
    assert desk.index.artifacts.coverage()[Kept.name].get("done", 0) == 0


def test_the_row_goes_once_a_person_removed_the_folder(desk):
    video_id = film(desk)
    vanish(desk)
    clean(desk.ctx)
    shutil.rmtree(kept_folder(desk, "films/film.mp4"))
    desk.scan()
    assert desk.index.artifacts.of(video_id) == {}
    assert clean(desk.ctx) == 1
    assert desk.index.rows("SELECT id FROM videos") == []
    assert desk.index.rows("SELECT * FROM forms") == []


def test_a_part_of_it_is_kept_too(desk):
    film(desk)
    vanish(desk)
    folder = kept_folder(desk, "films/film.mp4")
    (folder / "resultant.mp4").unlink()
    assert clean(desk.ctx) == 0
    assert sorted(os.listdir(folder)) == ["audio.aac", "manifest.json", "script.txt"]


@pytest.mark.parametrize("noted", [True, False])
def test_a_new_index_finds_forms_whose_video_is_gone(desk, noted):
    film(desk, "films/film.mp4")
    film(desk, "film2.mp4", "another film")
    facts = {path: kept_folder(desk, path) for path in ("films/film.mp4", "film2.mp4")}
    ids = {path: manifest.read(str(folder)).id for path, folder in facts.items()}
    if not noted:
        for note in desk.root.rglob("*.made.json"):
            note.unlink()
    for path in facts:
        (desk.root / path).unlink()
    desk.rebuild()
    desk.scan()
    assert {path: found["id"] for path, found in listed(desk).items()} == ids
    video = desk.index.videos.at(desk.library_id, "films/film.mp4")
    assert (video.presence, video.size_bytes) == (Presence.GONE, len("the film, whole"))
    assert desk.index.forms.videos(ids["films/film.mp4"]) == [video.id]
    assert libraries.one(desk.ctx, desk.library_id)["videos"] == 0
    assert desk.scan().gone == []
    assert [desk.jobs(), clean(desk.ctx)] == [[], 0]
    desk.put("films/film.mp4", "the film, whole")
    assert desk.scan().back == [video.id]
    assert desk.index.artifacts.of(video.id)[Kept.name].files


def test_a_form_copied_to_another_library_is_known_there(desk, tmp_path):
    first = film(desk)
    (tmp_path / "other").mkdir()
    other = libraries.add(desk.ctx, str(tmp_path / "other"))["id"]
    place = tmp_path / "other" / ".artifacts"
    shutil.copytree(kept_folder(desk, "films/film.mp4"), place / "film.mp4.stored")
    scans.scan(desk.ctx, desk.index.libraries.get(other))
    copy = desk.index.videos.at(other, "film.mp4")
    assert copy.presence is Presence.GONE
    assert desk.index.forms.videos(manifest.read(str(place / "film.mp4.stored")).id) == [first, copy.id]


def test_a_form_of_a_gone_video_carried_elsewhere_by_hand_keeps_its_row(desk):
    video_id = film(desk)
    vanish(desk, grace_over=False)
    (desk.root / "kept").mkdir()
    shutil.move(desk.root / "films" / ".artifacts", desk.root / "kept" / ".artifacts")
    desk.scan()
    assert list(listed(desk)) == ["kept/film.mp4"]
    assert desk.index.videos.at(desk.library_id, "kept/film.mp4").id == video_id


def test_foreign_and_broken_folders_are_left_alone(desk):
    place = desk.root / ".artifacts"
    for name, text in (("a.mp4.stored", "{"), ("b.mp4.stored", "{}"), (".stored", "{}")):
        (place / name).mkdir()
        (place / name / "manifest.json").write_text(text)
    source = desk.put("c.mp4", "known content")
    desk.scan()
    form(str(place / "other.mp4.stored"), str(source), name="c.mp4")
    (place / "other.mp4.stored" / "audio.aac").unlink()
    (place / "away").mkdir()
    (place / "d.mp4.stored").symlink_to(place / "away")
    desk.scan()
    assert listed(desk) == {}


def test_a_part_that_a_person_removes_is_owed_again(desk):
    film(desk)
    (kept_folder(desk, "films/film.mp4") / "script.txt").unlink()
    nightly(desk.ctx)
    assert Kept.name not in desk.states("films/film.mp4")
    settle(desk)
    assert (kept_folder(desk, "films/film.mp4") / "script.txt").exists()
    assert desk.states("films/film.mp4")[Kept.name] == "done"
    orphans.check(desk.ctx)
    assert desk.states("films/film.mp4")[Kept.name] == "done"
