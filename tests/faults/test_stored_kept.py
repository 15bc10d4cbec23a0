"""test_stored_kept: whatever becomes of a film, its stored form is whole and is never lost."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.desk import Desk, tree
from tests.keeping import Kept, add_kind, form, kept_folder, settle
from tests.sources import ROOT
from vidwatchd.model import Presence
from vidwatchd.operations import libraries
from vidwatchd.operations import scan as scans
from vidwatchd.operations.scan import Look, clean
from vidwatchd.storing import manifest


@pytest.fixture
def desk(tmp_path, monkeypatch, few_kinds):
    add_kind(monkeypatch)
    made = Desk(tmp_path, store={"min_free_gb": 0})
    yield made
    made.close()


@pytest.fixture
def film(desk):
    """A film with its stored form; the form's content."""
    desk.put("film.mp4", "first content of it")
    desk.scan()
    settle(desk)
    return tree(kept_folder(desk, "film.mp4"))


def test_a_film_replaced_by_garbage_keeps_its_old_form(desk, film):
    desk.put("film.mp4", "broken beyond all hope")
    desk.scan()
    assert desk.states("film.mp4")[Kept.name] == "stale"
    assert tree(kept_folder(desk, "film.mp4")) == film
    settle(desk)
    assert desk.states("film.mp4")[Kept.name] == "failed"
    assert tree(kept_folder(desk, "film.mp4")) == film
    desk.scan()
    clean(desk.ctx)
    assert tree(kept_folder(desk, "film.mp4")) == film
    assert desk.index.artifacts.files(desk.id("film.mp4"), Kept.name)


def test_a_film_replaced_by_another_has_the_others_form_once_that_is_made(desk, film):
    old = manifest.read(str(kept_folder(desk, "film.mp4"))).id
    desk.put("film.mp4", "quite another film")
    desk.scan()
    assert desk.index.forms.videos(old) == [desk.id("film.mp4")]
    settle(desk)
    new = manifest.read(str(kept_folder(desk, "film.mp4"))).id
    assert desk.index.forms.videos(new) == [desk.id("film.mp4")]
    assert desk.index.forms.videos(old) == []


def test_another_film_of_a_gone_ones_name_leaves_it_its_form(desk, film):
    old = manifest.read(str(kept_folder(desk, "film.mp4"))).id
    (desk.root / "film.mp4").unlink()
    desk.scan()
    desk.put("film.mp4", "quite another film")
    desk.scan()
    settle(desk)
    (gone,) = desk.index.forms.videos(old)
    aside = desk.index.videos.get(gone)
    assert (aside.presence, aside.name[:13], aside.name[-5:]) == (Presence.GONE, "film (before ", ").mp4")
    moved = tree(kept_folder(desk, aside.path))
    assert moved.keys() == film.keys()
    assert [name for name in film if moved[name] != film[name]] == [manifest.FILE]  # which tells the film's name
    assert desk.index.artifacts.files(gone, Kept.name)
    new = manifest.read(str(kept_folder(desk, "film.mp4"))).id
    assert desk.index.forms.videos(new) == [desk.id("film.mp4")]
    clean(desk.ctx)
    desk.scan()
    assert tree(kept_folder(desk, aside.path)) == moved


@pytest.mark.parametrize("renames", [0, 1, 2])
def test_killed_while_a_new_form_is_published_no_half_one_counts(desk, film, renames, tmp_path):
    """The program dies before, between and after the renames; the next look and the next work put it right."""
    desk.put("film.mp4", "second content of it")
    desk.scan()
    whole = form(str(tmp_path / "made"), str(desk.root / "film.mp4"), sound=b"second")
    script = (
        "import os, signal, sys\n"
        "from vidwatchd.library import MadeEntry, Store, Unpublished\n"
        "from vidwatchd.model import FileState, Library\n"
        "root, made, data, renames = sys.argv[1:5]\n"
        "count, rename = 0, os.rename\n"
        "def dying(a, b):\n"
        "    global count\n"
        "    if count == int(renames): os.kill(os.getpid(), signal.SIGKILL)\n"
        "    count += 1; rename(a, b)\n"
        "os.rename = dying\n"
        "store = Store(Library(1, 'u', root, 'box'), data)\n"
        "files = {f'stored/{name}': os.path.join(made, name) for name in os.listdir(made)}\n"
        "store.publish('film.mp4', {'kept': Unpublished(files, MadeEntry(1, '', 'f', {}, {}), whole=True)},\n"
        "              FileState('film.mp4', 1, 1, 1, 1))\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    arguments = [str(desk.root), str(tmp_path / "made"), str(tmp_path / "data"), str(renames)]
    ended = subprocess.run([sys.executable, "-c", script, *arguments], cwd=ROOT, check=False)
    assert ended.returncode == -9
    desk.scan()
    there = tree(kept_folder(desk, "film.mp4"))
    assert there == film or there["audio.aac"] == b"second", "some of each"
    assert len(there) == 4
    assert whole.id
    settle(desk)
    assert desk.states("film.mp4")[Kept.name] == "done"
    assert tree(kept_folder(desk, "film.mp4"))["audio.aac"] == b"second content of it"
    assert sorted(name for name in os.listdir(desk.root / ".artifacts") if name.endswith(".part")) == []


def test_the_first_form_of_a_film_is_there_whole_or_not_at_all(desk, tmp_path):
    desk.put("new.mp4", "content")
    desk.scan()
    form(str(tmp_path / "made"), str(desk.root / "new.mp4"))
    place = desk.root / ".artifacts" / f".{'0' * 32}.part"
    (place / "old").mkdir(parents=True)
    shutil.copytree(tmp_path / "made", place / "new")
    desk.scan()
    assert not kept_folder(desk, "new.mp4").exists()
    assert not place.exists()


def test_it_moves_with_its_film_whole(desk, film, tmp_path):
    folder = kept_folder(desk, "film.mp4")
    (folder / "cover.png").write_text("a person's own")
    (desk.root / "deep").mkdir()
    os.rename(desk.root / "film.mp4", desk.root / "deep" / "renamed.mp4")
    desk.scan()
    moved = kept_folder(desk, "deep/renamed.mp4")
    assert sorted(os.listdir(moved)) == ["audio.aac", "cover.png", "manifest.json", "resultant.mp4", "script.txt"]
    assert not folder.exists()
    assert '"video": "renamed.mp4"' in (moved / "manifest.json").read_text()
    assert manifest.read(str(moved)).id == manifest.form_id(
        desk.index.videos.get(desk.id("deep/renamed.mp4")).fingerprint
    )
    settle(desk)
    (tmp_path / "other").mkdir()
    other = libraries.add(desk.ctx, str(tmp_path / "other"))["id"]
    shutil.copy2(desk.root / "deep" / "renamed.mp4", tmp_path / "other" / "renamed.mp4")
    (desk.root / "deep" / "renamed.mp4").unlink()
    video_id = desk.id("deep/renamed.mp4")
    scans.scan(desk.ctx, desk.index.libraries.get(other), Look(settle_seconds=0))
    assert desk.index.videos.get(video_id).library_id == other
    assert (tmp_path / "other" / ".artifacts" / "renamed.mp4.stored" / "cover.png").read_text() == "a person's own"
    assert not moved.exists()
    assert desk.index.artifacts.of(video_id)[Kept.name].state == "done"
