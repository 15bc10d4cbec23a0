"""test_making: finish, and the commands made from the kinds."""

import json

import click
import pytest

from tests.cli.conftest import READY
from vidwatchd import artifacts
from vidwatchd.cli import group, making

pytestmark = pytest.mark.system

# The rest needs a model that is not here.


def test_every_kind_and_alias_has_its_command():
    ctx = click.Context(group)
    for kind in artifacts.KINDS.values():
        for name in (kind.name, *kind.aliases):
            assert group.get_command(ctx, name).name == kind.name


def test_flags_are_the_kinds_fields():
    options = {option.opts[0]: option for option in making.kind_command("sprites").params}
    assert list(options)[5:11] == ["--interval", "--width", "--cols", "--rows", "--quality", "--max-frames"]
    assert "default: 10" in options["--interval"].help
    assert "default: workers.sprites" in options["--workers"].help
    assert options["--quality"].type.max == 31


def test_a_flag_that_takes_no_value_is_shown_with_none():
    assert "vidwatchd heatmaps . --interval 5 --mode both --png\n" in f"{making.kind_command('heatmaps').help}\n"


def test_a_setting_of_the_wrong_form_is_said_in_our_words(vw, folder):
    assert "artifacts.phash.time: must be middle, seconds" in vw("phash", folder, "--time", "noon").err
    assert "must have the form ^[1-9][0-9]*[kM]?$, not 'lots'" in vw("previews", folder, "--bitrate", "lots").err


def test_only_flags_that_were_typed_override_the_settings(vw, folder):
    (folder / "broken.mp4").unlink()
    settings = {"artifacts": {"sprites": {"cols": 4, "width": 64}}}
    (folder / "videorc.json").write_text(json.dumps(settings))
    assert vw("sprites", folder, "--width", "48").code == 0
    index = json.loads((folder / ".artifacts" / "beach.mp4.sprites.json").read_text())
    assert (index["cols"], index["tile_width"]) == (4, 48)


def test_items_that_failed_are_listed_with_the_reason(vw, folder):
    done = vw("metadata", folder)
    assert done.code == 1
    assert done.out.startswith("2 videos: 1 made, 0 there already, 1 failed, in ")
    assert done.err.startswith("broken.mp4: metadata: ")


def test_what_is_there_is_left_alone_unless_forced(vw, folder):
    (folder / "broken.mp4").unlink()
    assert vw("meta", folder, "--output-format", "json").json["made"] == 1
    found = vw("meta", folder, "--output-format", "json").json
    assert [(item["path"], item["kind"], item["facts"]["is"]) for item in found.pop("items")] == [
        ("beach.mp4", "metadata", "video"),
    ]  # fmt: skip
    assert found == {
        "videos": 1, "made": 0, "skipped": 1, "failed": [], "unavailable": [], "waits": [],
        "seconds": pytest.approx(0, abs=5),
        "kinds": {"metadata": {"made": 0, "skipped": 1, "failed": 0, "unavailable": 0}},
    }  # fmt: skip
    assert vw("meta", folder, "--force", "--output-format", "json").json["made"] == 1


def test_finish_makes_the_rest_then_nothing(vw, folder):
    (folder / "broken.mp4").unlink()
    vw("metadata", folder)
    found = vw("finish", folder, "-r", "--workers", "1", "--output-format", "json").json
    assert found["made"] == 2 * len(READY) - 1
    assert {line["kind"] for line in found["unavailable"]} == set(artifacts.KINDS) - set(READY)
    assert vw("finish", folder, "-r", "--output-format", "json").json["made"] == 0


def test_json_says_what_failed_in_the_document_alone(made):
    vw, folder = made
    done = vw("finish", folder, "--output-format", "json")
    assert (done.code, done.err) == (1, "")
    assert {line["path"] for line in done.json["failed"]} == {"broken.mp4"}
    assert (done.json["made"], done.json["skipped"], len(done.json["failed"])) == (
        0,
        len(READY),
        len(READY),
    )


def test_a_kind_with_something_to_read_prints_it(vw, folder):
    (folder / "broken.mp4").unlink()
    assert vw("scenes", folder).out.startswith("beach.mp4: no cuts\n1 video: 1 made")
    assert vw("phash", folder, "--algo", "dct", "--frames", "1").out.startswith("beach.mp4: dct ")


def test_an_original_is_never_changed(made, clips):
    _, folder = made
    with open(clips.still(), "rb") as original:
        assert (folder / "beach.mp4").read_bytes() == original.read()


@pytest.mark.parametrize("words", [["--time", "later"], ["--quality", "99"], ["--width", "wide"], ["--workers", "0"]])
def test_wrong_values_are_wrong_use(vw, folder, words):
    done = vw("thumbs", folder, *words)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert not (folder / ".artifacts").exists()


def test_what_cannot_be_made_anew_here_leaves_what_is_there(vw, folder):
    (folder / "broken.mp4").unlink()
    (folder / "beach.en.srt").write_text("1\n00:00:00,100 --> 00:00:00,900\nthe sea\n")
    assert vw("subtitles", folder).out.startswith("beach.mp4: en: 2 words (sidecar)\n")
    for flags in (["--backend", "embedded"], ["--backend", "embedded", "--force"]):
        done = vw("subtitles", folder, *flags)
        assert (done.code, "1 unavailable" in done.out, "use --backend auto" in done.err) == (1, True, True)
        assert vw("transcript", folder / "beach.mp4").out.endswith("the sea\n")
    done = vw("batch", folder, "--tasks", "subtitles")
    assert (done.code, "1 made" in done.out or "1 there already" in done.out) == (0, True)
    assert vw("finish", folder, "--output-format", "json").json["kinds"]["subtitles"]["made"] == 0


def test_what_could_not_be_made_is_tried_again_when_a_person_asks(vw, folder):
    (folder / "broken.mp4").unlink()
    assert "siglip2-base is not here" in vw("meaning", folder).err
    done = vw("meaning", folder, "--model", "none", "--text-model", "none")
    assert (done.code, "neither pictures nor speech" in done.err) == (1, True)
    assert "siglip2-base is not here" in vw("meaning", folder).err


def test_faces_are_embedded_under_either_name(vw, tmp_path, face_models):
    from tests import faces

    film = faces.film(tmp_path / "videos" / "one.mp4", 1, lambda at: [(40, 40, 80, 1)], size=(320, 180))
    model = f"{face_models.sface()}/sface"
    done = vw("embed", tmp_path / "videos", "--model", model, "--sample-rate", "3", "--no-thumbnails")
    assert (done.code, done.out.splitlines()[0], done.err) == (0, "one.mp4: 1 face", "")
    found = json.loads((tmp_path / "videos/.artifacts/one.mp4.faces.signatures.json").read_text())
    assert (found["sample_rate"], found["faces"][0]["picture"]) == (8.0, "")
    again = vw("faces", tmp_path / "videos", "--model", model, "--force", "--output-format", "json").json
    assert [(item["kind"], item["facts"]["faces"]) for item in again["items"]] == [("faces", 1)]
    assert (tmp_path / "videos/.artifacts/.one.mp4.faces/face_000.jpg").is_file()
    assert vw("batch", tmp_path / "videos", "--tasks", "embed").code == 0
    assert film
