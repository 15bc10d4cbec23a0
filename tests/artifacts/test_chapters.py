"""test_chapters: a file's own chapters first, then what is said, then scenes; none is a result too."""

import json
import subprocess

import imageio_ffmpeg
import pytest

from tests import talks
from tests.clips import lavfi
from vidwatchd.artifacts.chapters import Chapters
from vidwatchd.cues import Chapter, Edits, chapters_from_plain, tracks_to_plain
from vidwatchd.making import make_visit
from vidwatchd.media.probe import open_media
from vidwatchd.model import ArtifactState, VisitTask

LECTURE = tuple(talks.said("guitar", 25) + talks.said("bread", 30) + talks.said("rocket", 25))


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """Ten minutes with nothing to see or hear, and without chapters."""
    return _encoded(tmp_path_factory.mktemp("film") / "film.mp4", 600)


def _encoded(path, seconds, *more):
    source = lavfi(f"color=c=gray:s=64x36:r=1:d={seconds}")
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", *source, *more]
    subprocess.run([*command, "-preset", "ultrafast", str(path)], check=True)
    return str(path)


def made(source, folder, tracks=(), cuts=(), **settings):
    """(outcome, the JSON) of a video with these tracks and these (time, score) of cuts."""
    folder.mkdir(exist_ok=True)
    files = {
        "subtitles": {".subtitles.json": str(folder / "s.json")},
        "scenes": {".scenes.json": str(folder / "c.json")},
    }
    (folder / "s.json").write_text(json.dumps({"tracks": tracks_to_plain(tracks)}))
    (folder / "c.json").write_text(json.dumps({"markers": [{"time": at, "score": score} for at, score in cuts]}))
    (folder / "out").mkdir(exist_ok=True)
    (outcome,) = make_visit(VisitTask(source, str(folder / "out"), (("chapters", settings),), files, "film.mp4"))
    assert outcome.state is ArtifactState.DONE, outcome.error
    with open(outcome.files[".chapters.json"], encoding="utf-8") as file:
        return outcome, json.load(file)


def read_back(metadata, film, folder):
    """The chapters that a copy of the film has after ffmpeg put the file into it."""
    copy = str(folder / "copy.mkv")
    inputs = ["-i", film, "-f", "ffmetadata", "-i", metadata]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", *inputs]
    subprocess.run([*command, "-map_metadata", "1", "-map_chapters", "1", "-c", "copy", copy], check=True)
    with open_media(copy) as media:
        return [(round(c.start_seconds), round(c.end_seconds), c.title) for c in media.chapters()]


def test_a_files_own_chapters_come_first(clips, tmp_path):
    outcome, found = made(clips.chapters(), tmp_path, [talks.track(talks.lines(LECTURE))])
    assert (found["video"], found["source"]) == ("film.mp4", "embedded")
    assert [(c["start"], c["end"], c["title"]) for c in found["chapters"]] == [(0, 1, "one"), (1, 2, "two")]
    assert outcome.backend == "embedded"
    assert Chapters.line(outcome.facts) == "2 chapters (embedded): one | two"


def test_a_talk_gets_its_subjects(film, tmp_path):
    cues = talks.lines(LECTURE)
    outcome, found = made(
        film, tmp_path, [talks.track(cues[:3], id="de", forced=True), talks.track(cues)], [(149.0, 50)]
    )
    assert found["source"] == "topics"
    begins = [chapter["start"] for chapter in found["chapters"]]
    assert begins == [0, 149.0, cues[55].start_seconds]
    assert [c["end"] for c in found["chapters"]] == [*begins[1:], 600]
    for chapter, subject in zip(found["chapters"], ("guitar", "bread", "rocket"), strict=True):
        words = {word.strip(" ").lower() for word in chapter["title"].split(",")}
        assert words & set(talks.SUBJECTS[subject][0].split()), chapter
    assert outcome.facts["chapters"] == 3


def test_a_talk_on_one_subject_is_not_cut_by_its_pictures(film, tmp_path):
    cues = talks.lines(talks.said("chess", 90))
    outcome, found = made(film, tmp_path, [talks.track(cues)], [(at, 30.0) for at in range(7, 600, 11)])
    assert (found["source"], found["chapters"]) == ("topics", [])
    assert sorted(outcome.files) == [".chapters.json"]
    assert Chapters.line(outcome.facts) == "no chapters"


def test_a_film_gets_four_to_ten_parts_that_start_at_cuts(film, tmp_path):
    cuts = {float(at): 20.0 + at % 13 for at in range(5, 600, 9)}
    few = talks.lines(talks.said("bread", 4))
    _, found = made(film, tmp_path, [talks.track(few)], cuts.items())
    begins = [chapter["start"] for chapter in found["chapters"]]
    assert found["source"] == "scenes"
    assert 4 <= len(begins) <= 10
    assert set(begins[1:]) <= set(cuts)
    assert [c["title"] for c in found["chapters"]] == [f"Scene {n + 1}" for n in range(len(begins))]
    assert all(chapter["end"] - chapter["start"] >= 60 for chapter in found["chapters"])


def test_one_long_scene_has_no_parts(film, tmp_path):
    _, found = made(film, tmp_path)
    assert (found["source"], found["chapters"], found["duration_seconds"]) == ("scenes", [], 600)


def test_a_short_video_has_none(clips, tmp_path):
    _, found = made(clips.normal(), tmp_path, [talks.track(talks.lines(LECTURE))], [(1.0, 60)])
    assert found["chapters"] == []


@pytest.mark.parametrize(
    "text", ["", "no JSON", "[1]", '{"tracks": [{}], "markers": 5}', '{"markers": [{"time": "x"}]}']
)
def test_what_is_broken_or_gone_is_as_if_it_were_not_there(film, tmp_path, text):
    files = {"subtitles": {".subtitles.json": str(tmp_path / "s")}, "scenes": {".scenes.json": str(tmp_path / "gone")}}
    (tmp_path / "s").write_text(text)
    (outcome,) = make_visit(VisitTask(film, str(tmp_path), (("chapters", {}),), files))
    assert outcome.facts["chapters"] == 0, outcome.error


def test_settings_bound_them(film, tmp_path):
    cuts = [(float(at), 20.0) for at in range(5, 600, 9)]
    _, few = made(film, tmp_path / "few", [], cuts, max_chapters=3)
    assert len(few["chapters"]) == 3
    _, long = made(film, tmp_path / "long", [], cuts, min_seconds=200)
    assert all(chapter["end"] - chapter["start"] >= 200 for chapter in long["chapters"])
    _, talk = made(film, tmp_path / "talk", [talks.track(talks.lines(LECTURE))], max_chapters=2)
    assert len(talk["chapters"]) == 2


def test_titles_of_any_kind_survive_in_every_file(film, tmp_path):
    titles = ["a=b; #c \\d", "x --> y <b>&</b>", "", "Über\nzwei 🎬"]
    text = ";FFMETADATA1\n"
    for number, title in enumerate(titles):
        escaped = "".join(f"\\{c}" if c in "=;#\\\n" else c for c in title)
        text += f"[CHAPTER]\nTIMEBASE=1/1\nSTART={number * 100}\nEND={number * 100 + 90}\ntitle={escaped}\n"
    (tmp_path / "given").write_text(text, encoding="utf-8")
    source = str(tmp_path / "titled.mkv")
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", film, "-i", str(tmp_path / "given")]
    subprocess.run([*command, "-map_chapters", "1", "-c", "copy", source], check=True)
    outcome, found = made(source, tmp_path)
    shown = [titles[0], titles[1], "Chapter 3", "Über zwei 🎬"]
    assert [chapter["title"] for chapter in found["chapters"]] == shown
    vtt = (tmp_path / "out" / "chapters" / "made.chapters.vtt").read_text(encoding="utf-8")
    assert "00:01:40.000 --> 00:03:10.000\nx --&gt; y &lt;b&gt;&amp;&lt;/b&gt;\n" in vtt
    assert vtt.count("-->") == 4
    wanted = [(n * 100, n * 100 + 90, title) for n, title in enumerate(shown)]
    assert read_back(outcome.files[".chapters.ffmetadata"], film, tmp_path) == wanted


def test_a_files_chapters_that_overlap_or_lie_beyond_its_end_are_put_right(film, tmp_path):
    spans = [(0, 300), (200, 500), (590, 700), (650, 660)]
    text = ";FFMETADATA1\n" + "".join(f"[CHAPTER]\nTIMEBASE=1/1\nSTART={a}\nEND={b}\ntitle=at {a}\n" for a, b in spans)
    (tmp_path / "given").write_text(text)
    source = str(tmp_path / "odd.mkv")
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", film, "-i", str(tmp_path / "given")]
    subprocess.run([*command, "-map_chapters", "1", "-c", "copy", source], check=True)
    _, found = made(source, tmp_path)
    assert [(c["start"], c["end"], c["title"]) for c in found["chapters"]] == [
        (0, 200, "at 0"), (200, 500, "at 200"), (590, 600, "at 590"),
    ]  # fmt: skip


class TestPassages:
    def test_titles_can_be_searched(self):
        values = {"source": "topics", "chapters": [{"start": 1, "end": 2, "title": "Bread"}]}
        (passage,) = Chapters.passages(values, Edits({}))
        assert (passage.source, passage.track) == ("chapters", "")
        assert [(cue.start_seconds, cue.end_seconds, cue.text, cue.edited) for cue in passage.cues] == [
            (1, 2, "Bread", False)
        ]

    def test_numbered_scenes_are_no_words(self):
        values = {"source": "scenes", "chapters": [{"start": 1, "end": 2, "title": "Scene 1"}]}
        assert Chapters.passages(values, Edits({})) == ()

    def test_what_people_said_takes_their_place(self):
        values = {"source": "topics", "chapters": [{"start": 1, "end": 2, "title": "Bread"}]}
        (passage,) = Chapters.passages(values, Edits({}, (Chapter(0, 9, "Mine"),)))
        assert [(cue.text, cue.edited) for cue in passage.cues] == [("Mine", True)]
        assert Chapters.passages(values, Edits({}, ())) == ()

    @pytest.mark.parametrize(
        "values", [None, [], {}, {"source": "topics", "chapters": [{}]}, {"source": 1, "chapters": 2}]
    )
    def test_a_foreign_file_says_nothing(self, values):
        assert Chapters.passages(values, Edits({})) == ()


def test_the_json_is_what_edits_understand(film, tmp_path):
    _, found = made(film, tmp_path, [talks.track(talks.lines(LECTURE))])
    assert len(chapters_from_plain(found["chapters"])) == 3
