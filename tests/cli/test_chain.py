"""test_chain: commands joined by commas share a folder and flags."""

import pytest

pytestmark = pytest.mark.system


def test_each_command_gets_the_flags_it_knows(vw, folder):
    (folder / "broken.mp4").unlink()
    done = vw(
        "meta,thumbs,sprites", folder, "-r", "--workers", "1", "--cols", "3", "--time", "1", "--output-format=json"
    )
    assert done.code == 0
    assert done.json.keys() == {"metadata", "thumbs", "sprites"}
    assert [part["made"] for part in done.json.values()] == [2, 2, 2]
    names = {path.name for path in (folder / ".artifacts").iterdir()}
    assert {"beach.mp4.ffprobe.json", "beach.mp4.jpg", "beach.mp4.sprites.jpg", "beach.mp4.sprites.json"} <= names
    assert '"cols": 3' in (folder / ".artifacts" / "beach.mp4.sprites.json").read_text()


def test_any_commands_on_a_folder_can_be_joined(made):
    vw, folder = made
    done = vw("list,report", folder, "-r", "--show-size")
    assert done.code == 0
    assert "beach.mp4" in done.out
    assert "percent" in done.out


def test_a_json_chain_prints_one_document(made):
    vw, folder = made
    done = vw("list,report", folder, "--output-format", "json")
    assert done.json["list"]["total"] == done.json["report"]["total"] == 2


def test_the_exit_status_is_the_worst(made):
    vw, folder = made
    assert vw("list,finish,list", folder).code == 1


def test_a_flag_that_no_command_knows_is_wrong_use(vw, folder):
    done = vw("meta,thumbs", folder, "--cols", "3")
    assert (done.code, done.out) == (2, "")
    assert "no such option --cols" in done.err


def test_a_wrong_value_is_said_before_anything_runs(vw, folder):
    done = vw("metadata,thumbs", folder, "--quality", "99")
    assert (done.code, done.out) == (2, "")
    assert "--quality" in done.err
    assert not vw.data.exists()


def test_a_wrong_folder_is_said_once(vw):
    done = vw("metadata,thumbs,sprites", "/nowhere")
    assert (done.code, done.err.count("\n")) == (2, 1)


@pytest.mark.parametrize(
    ("names", "said"), [("meta,thumbz", "did you mean thumbs?"), ("meta,tags", "cannot be joined")]
)
def test_names_that_cannot_be_joined(vw, folder, names, said):
    done = vw(names, folder)
    assert done.code == 2
    assert said in done.err


def test_a_folder_with_a_leading_dash(vw, folder, monkeypatch):
    folder.rename(folder.parent / "-r")
    monkeypatch.chdir(folder.parent)
    done = vw("list,report", "--", "-r")
    assert done.code == 0
    assert "beach.mp4" in done.out


def test_help_tells_the_flags_of_all(vw):
    done = vw("thumbs,sprites", "--help")
    assert done.code == 0
    assert "--time" in done.out
    assert "--max-frames" in done.out
