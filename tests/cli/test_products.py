"""test_products: codecs, transcode and compare as a person types them."""

import shutil

import pytest

from tests.cli.conftest import files_under

pytestmark = pytest.mark.system


@pytest.fixture
def box(tmp_path, clips):
    (tmp_path / "box" / "sub").mkdir(parents=True)
    shutil.copy(clips.normal(), tmp_path / "box" / "a.mp4")
    shutil.copy(clips.hevc(), tmp_path / "box" / "sub" / "b \x1b[31m.mp4")
    return tmp_path / "box"


def test_codecs_for_people_and_programs_write_nothing(vw, box):
    before = files_under(box)
    done = vw("codecs", box, "-r", "--workers", "1")
    assert done.code == 0
    first, second = done.out.splitlines()[1:]
    assert first.split()[:2] == ["a.mp4", "mov,mp4,m4a,3gp,3g2,mj2"]
    assert first.endswith("yes")
    assert r"b \x1b[31m.mp4" in second
    assert second.endswith("video is hevc, not h264")
    found = vw("codecs", box, "-r", "--target-v", "hevc", "--output-format", "json").json
    assert [row["matches"] for row in found["files"]] == [False, True]
    found = vw("codecs", box, "--allowed-profiles", "main, baseline", "--output-format", "json").json
    assert found["target"]["profiles"] == ["main", "baseline"]
    assert files_under(box) == before
    assert not vw.data.exists()


def test_broken_files_are_rows_and_an_exit_status(vw, box):
    (box / "broken.mp4").write_bytes(b"no video\n" * 99)
    done = vw("codecs", box)
    assert done.code == 1
    assert "not a media file" in done.out
    assert vw("codecs", box / "nowhere").code == 2


def test_transcode_for_people_and_programs(vw, box, tmp_path):
    target = tmp_path / "new"
    plan = vw("transcode", box, target, "-r", "--dry-run")
    assert plan.code == 0
    assert "planned  sub/" in plan.out
    assert plan.out.splitlines()[-1].startswith("2 videos: 1 fits, 1 planned, in ")
    assert not target.exists()
    done = vw("transcode", box, target, "-r", "--preset", "ultrafast", "--crf", "35", "--output-format", "json")
    assert done.code == 0
    assert done.json["counts"] == {"fits": 1, "done": 1}
    again = vw("transcode", box, target, "-r", "--workers", "1")
    assert "there    sub/" in again.out
    assert not vw.data.exists()


def test_transcode_says_which_failed_and_why(vw, box, tmp_path):
    (box / "broken.mp4").write_bytes(b"no video\n" * 99)
    done = vw("transcode", box, tmp_path / "new")
    assert done.code == 1
    assert done.err.startswith("broken.mp4: ")
    assert "1 failed" in done.out


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("a", "b", "c"),
        (".", "."),
        (".", "new", "--crf", "99"),
        (".", "new", "--preset", "hasty"),
        ("nowhere", "new"),
    ],
)
def test_transcode_refuses_wrong_words(vw, box, words, monkeypatch):
    monkeypatch.chdir(box)
    done = vw("transcode", *words)
    assert done.code == 2
    assert done.err.startswith("vidwatchd: ")
    assert len(done.err.splitlines()) == 1


def test_the_folder_may_be_left_out(vw, box, tmp_path, monkeypatch):
    monkeypatch.chdir(box)
    assert vw("transcode", tmp_path / "new", "--dry-run", "--output-format", "json").json["directory"] == str(box)


def test_flags_are_the_products_fields(vw):
    said = vw("transcode", "--help").out
    for flag in (
        "--target-v",
        "--target-a",
        "--crf",
        "--v-bitrate",
        "--a-bitrate",
        "--preset",
        "--hardware",
        "--drop-subtitles",
    ):
        assert flag in said
    assert "--ffmpeg-path" not in said


def test_compare(vw, clips):
    done = vw("compare", clips.hevc(), clips.hevc())
    assert done.code == 0
    assert done.out.splitlines()[0].startswith("excellent: SSIM 1.0000")
    found = vw("compare", clips.normal(), clips.hevc(), "--vmaf", "--output-format", "json").json
    assert found["vmaf"] >= found["vmaf_min"]
    assert vw("compare", clips.hevc(), "nowhere.mp4").code == 2
    assert vw("compare", clips.hevc(), clips.audio_only()).code == 1
