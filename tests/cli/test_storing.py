"""test_storing: the command ``store``."""

import os
import shutil

import pytest

pytestmark = pytest.mark.system

FAST = ("--t2v-backend", "stub", "--stub-seconds", "1", "--script-backend", "stub")


@pytest.fixture
def film(tmp_path, clips):
    shutil.copy(clips.normal(), tmp_path / "film.mp4")
    return tmp_path / "film.mp4"


def test_store_and_back_again(vw, film, tmp_path):
    out = tmp_path / "kept"
    made = vw("store", "--input", film, "--out", out, "--audio-format", "mp3", "--mono", *FAST)
    assert (made.code, made.err) == (0, "")
    assert made.out.startswith(f"done    {film} → {out} (")
    assert made.out.splitlines()[-1].startswith("1 film: 1 done, in ")
    assert "audio.mp3" in os.listdir(out)
    again = vw("store", film, "--out", out, "--audio-format", "mp3", "--mono", *FAST, "--output-format", "json")
    assert again.json["counts"] == {"there": 1}
    back = vw("store", "--reconstitute", "--input", out, "--out", tmp_path / "again.mp4")
    assert back.code == 0
    assert (tmp_path / "again.mp4").stat().st_size > 1000


def test_one_that_fails_is_exit_1_and_no_name_is_exit_2(vw, tmp_path):
    (tmp_path / "broken.mp4").write_bytes(b"no film" * 99)
    done = vw("store", tmp_path / "broken.mp4", "--out", tmp_path / "x", *FAST)
    assert (done.code, done.err.startswith(f"{tmp_path / 'broken.mp4'}: ")) == (1, True)
    assert not (tmp_path / "x").exists()
    assert vw("store").code == 2
    assert vw("store", tmp_path / "none.mp4").code == 2
    assert vw("store", "--reconstitute").code == 2
    assert vw("store", tmp_path / "broken.mp4", "--audio-max-mb", "-1").code == 2
