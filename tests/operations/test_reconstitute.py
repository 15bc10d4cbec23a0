"""test_reconstitute: stored forms become playable files again; nothing foreign is overwritten."""

import json
import os
import shutil

import pytest

from tests.forms import put_form, stored_form
from vidwatchd import artifacts
from vidwatchd.artifacts.stored import Stored
from vidwatchd.config import parse
from vidwatchd.errors import Conflict, InvalidDirectory, MediaError, NotFound, Unwritable, UsageError
from vidwatchd.fingerprint import fingerprint
from vidwatchd.media.probe import probe
from vidwatchd.operations import libraries
from vidwatchd.operations import scan as scans
from vidwatchd.operations.reconstitute import Wanted, reconstitute

pytestmark = pytest.mark.system


@pytest.fixture
def ctx(tmp_path, bench):
    """A context without a library."""
    with bench.open(parse({"data_dir": str(tmp_path / "data")})) as made:
        yield made


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "film_stored"
    stored_form(folder)
    return folder


@pytest.fixture
def form(whole, tmp_path):
    """A stored form of its own."""
    return shutil.copytree(whole, tmp_path / "moved" / "elsewhere")


def test_a_moved_folder_becomes_a_film(ctx, form):
    told = []
    done = reconstitute(ctx, str(form), progress=lambda part, of, names: told.append(names))
    assert done["out"] == str(form / "reconstituted.mp4")
    assert (done["picture"], done["sound"], done["match"], done["notes"]) == ("resultant.mp4", "audio.aac", "loop", [])
    assert done["bytes"] == os.path.getsize(done["out"])
    assert probe(done["out"]).duration_seconds == pytest.approx(done["sound_seconds"], abs=0.1)
    assert sorted(os.listdir(form)) == [
        "audio.aac", "manifest.json", "reconstituted.mp4", "resultant.mp4", "script.txt",
    ]  # fmt: skip
    assert ("elsewhere",) in [tuple(names) for names in told]


def test_what_was_made_here_may_be_made_again_and_nothing_else(ctx, form, tmp_path):
    first = reconstitute(ctx, str(form))
    again = reconstitute(ctx, str(form), wanted=Wanted("trim"))
    assert again["seconds"] < first["seconds"]
    foreign = tmp_path / "foreign.mp4"
    shutil.copy(form / "resultant.mp4", foreign)
    for _ in range(2):
        with pytest.raises(Conflict, match="was not made here"):
            reconstitute(ctx, str(form), str(foreign))
    foreign.write_text("a letter")
    with pytest.raises(Conflict, match="was not made here"):
        reconstitute(ctx, str(form), str(foreign))
    assert foreign.read_text() == "a letter"
    assert reconstitute(ctx, str(form), str(foreign), Wanted(force=True))["out"] == str(foreign)
    assert probe(str(foreign)).audio_codec == "aac"


@pytest.mark.parametrize("name", ["resultant.mp4", "audio.aac", "manifest.json", "script.txt"])
def test_the_form_itself_is_never_overwritten(ctx, form, name):
    before = (form / name).read_bytes()
    with pytest.raises(Conflict, match="belongs to the stored form"):
        reconstitute(ctx, str(form), str(form / name), Wanted(force=True))
    assert (form / name).read_bytes() == before


def test_the_original_is_never_overwritten(ctx, form, clips, tmp_path):
    film = tmp_path / "film.mp4"
    shutil.copy(clips.normal(), film)
    noted = json.loads((form / "manifest.json").read_text())
    noted["source"] |= {"size_bytes": film.stat().st_size, "fingerprint": fingerprint(str(film))}
    (form / "manifest.json").write_text(json.dumps(noted))
    with pytest.raises(Conflict, match="is the original"):
        reconstitute(ctx, str(form), str(film), Wanted(force=True))


def test_where_it_cannot_be_written(ctx, form, tmp_path):
    for out, error in ((str(tmp_path), UsageError), (str(tmp_path / "no/a.mp4"), InvalidDirectory), ("\0", UsageError)):
        with pytest.raises(error):
            reconstitute(ctx, str(form), out)
    (tmp_path / "link.mp4").symlink_to(form / "script.txt")
    with pytest.raises(Conflict, match="not a regular file"):
        reconstitute(ctx, str(form), str(tmp_path / "link.mp4"), Wanted(force=True))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(ctx, form):
    form.chmod(0o555)
    try:
        with pytest.raises(Unwritable, match="cannot be written"):
            reconstitute(ctx, str(form))
    finally:
        form.chmod(0o755)


def test_its_manifest_stands_for_the_folder(ctx, form):
    assert reconstitute(ctx, str(form / "manifest.json"))["folder"] == str(form)


def test_a_broken_part_is_told_and_leaves_nothing(ctx, form):
    (form / "manifest.json").unlink()
    (form / "resultant.mp4").write_bytes(b"no video\n" * 99)
    with pytest.raises(MediaError, match="resultant"):
        reconstitute(ctx, str(form))
    assert sorted(os.listdir(form)) == ["audio.aac", "resultant.mp4", "script.txt"]


def test_what_died_benches_left_is_swept(ctx, form):
    (form / f".{'0' * 32}.part").mkdir()
    reconstitute(ctx, str(form))
    assert not [name for name in os.listdir(form) if name.startswith(".")]


def test_sources_that_are_nothing(ctx, form, tmp_path, clips):
    for source in ("nowhere", "\0", str(tmp_path / "x")):
        with pytest.raises(InvalidDirectory):
            reconstitute(ctx, source)
    with pytest.raises(NotFound, match="has no stored form"):
        reconstitute(ctx, clips.normal())
    with pytest.raises(NotFound, match="there is no stored form of"):
        reconstitute(ctx, "5f0ad63f-6c0b-4a6f-9f0e-0a4f6c4b7d51")
    with pytest.raises(NotFound):
        reconstitute(ctx, "7")


@pytest.fixture
def film(ctx, tmp_path, monkeypatch):
    """A video in a library, with a stored form: its id, and that of the form."""
    monkeypatch.setitem(artifacts.KINDS, "stored", Stored)
    (tmp_path / "box").mkdir()
    (tmp_path / "box/film.mp4").write_bytes(b"film" * 9999)
    library = libraries.add(ctx, str(tmp_path / "box"))["id"]
    scans.scan(ctx, ctx.index.libraries.get(library), scans.Look(settle_seconds=0.0))
    video = ctx.index.videos.at(library, "film.mp4").id
    return video, put_form(ctx, video)


def test_a_video_its_number_and_its_forms_id_stand_for_its_folder(ctx, film, tmp_path):
    folder = str(tmp_path / "box/.artifacts/film.mp4.stored")
    for number, source in enumerate((str(tmp_path / "box/film.mp4"), str(film[0]), film[1], film[1].upper())):
        done = reconstitute(ctx, source, str(tmp_path / f"{number}.mp4"))
        assert done["folder"] == folder


def test_a_video_whose_form_lies_in_the_data_folder(ctx, film, tmp_path):
    elsewhere = tmp_path / "box/.artifacts/film.mp4.stored"
    ctx.index.libraries.update(1, layout="central")
    central = os.path.join(ctx.store(1).base, ".artifacts", "film.mp4.stored")
    shutil.copytree(elsewhere, central)
    shutil.rmtree(elsewhere)
    assert reconstitute(ctx, str(tmp_path / "box/film.mp4"))["folder"] == central


def test_a_video_of_a_library_is_never_overwritten(ctx, film, form, tmp_path):
    before = (tmp_path / "box/film.mp4").read_bytes()
    with pytest.raises(Conflict, match="a video of a library"):
        reconstitute(ctx, str(form), str(tmp_path / "box/film.mp4"), Wanted(force=True))
    assert (tmp_path / "box/film.mp4").read_bytes() == before


def test_what_comes_while_it_is_made_is_not_overwritten(ctx, form, tmp_path):
    def come(part, of, names):
        (tmp_path / "new.mp4").write_text("a letter")

    with pytest.raises(Conflict, match="is there already"):
        reconstitute(ctx, str(form), str(tmp_path / "new.mp4"), Wanted(force=True), progress=come)
    assert (tmp_path / "new.mp4").read_text() == "a letter"
