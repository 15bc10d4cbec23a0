"""test_group: commands found by name, and the flags that every command takes."""

import json

import pytest


@pytest.mark.parametrize(
    ("typed", "nearest"), [("thumb", "thumbs"), ("lst", "list"), ("metdata", "metadata"), ("library ad", "add")]
)
def test_a_wrong_name_brings_the_nearest(vw, typed, nearest):
    done = vw(*typed.split())
    assert done.code == 2
    assert done.out == ""
    assert f"did you mean {nearest}?" in done.err
    assert done.err.count("\n") == 1


def test_a_name_like_no_other_brings_them_all(vw):
    assert "there are: serve, scan, list" in vw("qqqqq").err


@pytest.mark.parametrize("words", [["--config", "FILE", "list", "DIR"], ["list", "DIR", "--config", "FILE"]])
def test_config_stands_before_and_after_the_command(vw, folder, tmp_path, words):
    file = tmp_path / "my.json"
    file.write_text(json.dumps({"scan": {"ignore": ["beach*"]}}))
    done = vw(*[{"FILE": file, "DIR": folder}.get(word, word) for word in words])
    assert done.out.split() == ["broken.mp4"]


@pytest.mark.parametrize("before", [True, False])
def test_data_dir_stands_before_and_after_the_command(vw, folder, tmp_path, before):
    flag, command = ["--data-dir", tmp_path / "elsewhere"], ["library", "add", folder]
    assert vw(*flag, *command).code == 0 if before else vw(*command, *flag).code == 0
    assert (tmp_path / "elsewhere" / "index.db").exists()
    assert not vw.data.exists()


def test_an_unknown_setting_names_the_nearest(vw, folder, tmp_path):
    file = tmp_path / "my.json"
    file.write_text(json.dumps({"artifacts": {"thumbs": {"qualty": 3}}}))
    done = vw("report", folder, "--config", file)
    assert done.code == 2
    assert "artifacts.thumbs.quality" in done.err


def test_a_missing_settings_file_is_said(vw, folder):
    done = vw("list", folder, "--config", "/nowhere/videorc.json")
    assert (done.code, done.out) == (2, "")
    assert "/nowhere/videorc.json does not exist" in done.err


def test_the_folders_own_settings_are_found(vw, folder):
    (folder / "videorc.json").write_text(json.dumps({"scan": {"ignore": ["broken*"]}}))
    assert vw("list", folder).out == "beach.mp4\n"


def test_verbose_and_quiet_are_taken_anywhere(vw, folder):
    assert vw("--quiet", "list", folder, "-v").code == 0
