"""test_sidecar: a person's subtitle files are found by their names, and nobody else's are taken."""

import os
import time

import pytest

from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.transcribe.request import Request
from vidwatchd.backends.transcribe.sidecar import Named, Sidecar, beside, parse
from vidwatchd.errors import BackendFailed

SRT = "1\n00:00:01,000 --> 00:00:02,000\nWords\n"


def folder(tmp_path, *names):
    for name in names:
        (tmp_path / name).write_text(SRT if name.endswith("srt") else "", encoding="utf-8")
    return tmp_path


def names(tmp_path, video):
    return [os.path.basename(path) for path, _ in beside(str(tmp_path / video))]


def run(path):
    return Sidecar().run(Request(str(path), lambda: None), BackendContext(""))


@pytest.mark.parametrize(
    ("rest", "named"),
    [
        ("srt", Named()),
        ("en.srt", Named("en")),
        ("forced.en.vtt", Named("en", forced=True)),
        ("en.sdh.ass", Named("en", hearing_impaired=True)),
        ("en.hi.srt", Named("en", hearing_impaired=True)),
        ("hi.en.srt", Named("en", hearing_impaired=True)),
        ("hi.srt", Named("hi")),
        ("hi.forced.srt", Named("hi", forced=True)),
        ("default.srt", Named(default=True)),
        ("English.srt", Named("en")),
        ("ger.cc.default.srt", Named("de", hearing_impaired=True, default=True)),
        ("pt-BR.srt", Named("pt-BR")),
        ("Director's cut.de.foreign.srt", Named("de", "Director's cut", forced=True)),
        ("Extended.srt", Named(title="Extended")),
    ],
)
def test_what_a_name_says(rest, named):
    assert parse(rest) == named


def test_a_file_belongs_to_the_video_with_the_longest_name(tmp_path):
    folder(
        tmp_path, "Film.mp4", "Film 2.mp4", "Film.Part 2.mkv", "Film.en.srt", "Film 2.en.srt", "Film.Part 2.en.srt",
        "Film.Part 2.srt", "Film.mp4.de.srt", "Film.avi.fr.srt", "Film.srt", "Film.txt", "Filmed.srt", "Film.en.SRT.bak",
    )  # fmt: skip
    assert names(tmp_path, "Film.mp4") == ["Film.en.srt", "Film.mp4.de.srt", "Film.srt"]
    assert names(tmp_path, "Film 2.mp4") == ["Film 2.en.srt"]
    assert names(tmp_path, "Film.Part 2.mkv") == ["Film.Part 2.en.srt", "Film.Part 2.srt"]
    folder(tmp_path, "Film.mkv", "Film.IT.SRT")
    assert names(tmp_path, "Film.mkv") == ["Film.IT.SRT", "Film.en.srt", "Film.srt"]


def test_every_language_is_a_track(tmp_path):
    folder(tmp_path, "a.mp4", "a.en.srt", "a.eng.srt", "a.de.forced.srt", "a.fr.default.srt", "a.srt")
    tracks = run(tmp_path / "a.mp4").tracks
    assert [track.id for track in tracks] == ["fr", "en", "en-2", "und", "de.forced"]
    assert {track.source for track in tracks} == {"sidecar"}
    assert tracks[1].origin == "a.en.srt"
    assert run(folder(tmp_path, "b.mp4") / "b.mp4") is None


def test_a_broken_file_does_not_hide_the_others(tmp_path):
    folder(tmp_path, "a.mp4", "a.en.srt")
    (tmp_path / "a.de.srt").write_bytes(b"\0\xff\2" * 99)
    assert [track.id for track in run(tmp_path / "a.mp4").tracks] == ["en"]
    (tmp_path / "a.en.srt").unlink()
    with pytest.raises(BackendFailed, match=r"a\.de\.srt: it is no text"):
        run(tmp_path / "a.mp4")


def test_ten_thousand_files_in_a_folder_are_listed_once(tmp_path):
    for number in range(5000):
        (tmp_path / f"{number}.mp4").touch()
        (tmp_path / f"{number}.en.srt").touch()
    os.utime(tmp_path, ns=(time.time_ns() - 10**10,) * 2)
    assert names(tmp_path, "0.mp4") == ["0.en.srt"]
    began = time.perf_counter()
    for number in range(5000):
        assert names(tmp_path, f"{number}.mp4") == [f"{number}.en.srt"]
    assert time.perf_counter() - began < 2
    (tmp_path / "1.de.srt").touch()
    assert names(tmp_path, "1.mp4") == ["1.de.srt", "1.en.srt"], "a folder that has just changed is looked at"


def test_a_pipe_a_folder_and_a_link_are_no_subtitles(tmp_path):
    folder(tmp_path, "Film.mp4", "else.srt")
    os.mkfifo(tmp_path / "Film.srt")
    (tmp_path / "Film.de.srt").mkdir()
    (tmp_path / "Film.fr.srt").symlink_to(tmp_path / "else.srt")
    assert names(tmp_path, "Film.mp4") == []
    assert run(tmp_path / "Film.mp4") is None


def test_a_file_that_became_a_pipe_holds_up_nobody(tmp_path):
    folder(tmp_path, "Film.mp4", "Film.en.srt", "Film.de.srt")
    settled = time.time() - 10
    os.utime(tmp_path, (settled, settled))
    assert names(tmp_path, "Film.mp4") == ["Film.de.srt", "Film.en.srt"]
    (tmp_path / "Film.de.srt").unlink()
    os.mkfifo(tmp_path / "Film.de.srt")
    os.utime(tmp_path, (settled, settled))  # so that the listing is the one of before
    assert [track.language for track in run(tmp_path / "Film.mp4").tracks] == ["en"]


def test_a_file_of_more_lines_than_a_day_has_seconds_is_left_out(tmp_path):
    folder(tmp_path, "Film.mp4")
    said = (f"{n}\n00:00:01,000 --> 00:00:02,000\nword\n" for n in range(86_401))
    (tmp_path / "Film.srt").write_text("\n".join(said))
    with pytest.raises(BackendFailed, match="86,401 lines"):
        run(tmp_path / "Film.mp4")
