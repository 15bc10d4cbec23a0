"""test_edits: lines and chapters that people change: in the sidecar first, never over what somebody else wrote."""

import json
import threading

import pytest

from tests.spoken import GERMAN, LINES, divide, say, track
from vidwatchd.errors import Conflict, LibraryOffline, NotFound, StorageError, UsageError
from vidwatchd.index import open_index
from vidwatchd.operations import Context, edits, transcripts
from vidwatchd.operations.edits import Change


@pytest.fixture
def clip(desk):
    """A video of 12.5 s with two tracks and two chapters."""
    video_id = desk.made("clip.mp4")
    say(desk.ctx, video_id, track("en"), track("de", GERMAN))
    divide(desk.ctx, video_id, (0.0, 6.0, "One"), (6.0, 12.5, "Two"))
    desk.events.clear()
    return video_id


def shown(desk, video_id, at=0):
    cues = transcripts.transcript(desk.ctx, video_id)["tracks"][at]["cues"]
    return [(cue["start"], cue["end"], cue["text"], cue["edited"]) for cue in cues]


def made(lines=LINES):
    return [(*line, False) for line in lines]


def sidecar(desk):
    return json.loads(desk.beside("clip.mp4", ".edits.json").read_text(encoding="utf-8"))


def titles(desk, video_id):
    found = transcripts.transcript(desk.ctx, video_id)["chapters"]
    return [(c["start"], c["end"], c["title"]) for c in found["chapters"]]


class TestLine:
    def test_it_is_in_the_sidecar_told_and_of_its_track_alone(self, desk, clip):
        answer = edits.line(desk.ctx, clip, "en", Change(2.5, 5.0, " The second \n\n line. "))
        assert answer["line"] == {"start": 2.5, "end": 5.0, "text": "The second\nline.", "edited": True}
        assert answer["replaced"] == [{"start": 2.5, "end": 5.0, "text": "This is the second line.", "edited": False}]
        assert sidecar(desk)["lines"] == {"en": [{"start": 2.5, "end": 5.0, "text": "The second\nline."}]}
        assert shown(desk, clip) == [made()[0], (2.5, 5.0, "The second\nline.", True), made()[2]]
        assert shown(desk, clip, 1) == made(GERMAN)
        assert desk.events == [("video", {"ids": [clip], "why": "words"})]

    def test_the_text_that_was_made_takes_the_edit_away(self, desk, clip):
        edits.line(desk.ctx, clip, "en", Change(2.5, 5.0, "Other"))
        edits.line(desk.ctx, clip, "en", Change(2.5, 5.0, "Another"))
        assert len(sidecar(desk)["lines"]["en"]) == 1
        edits.line(desk.ctx, clip, "en", Change(2.5, 5.0, "This is the second line."))
        assert sidecar(desk)["lines"] == {}
        assert shown(desk, clip) == made()

    def test_an_empty_text_takes_it_away_and_it_can_come_back(self, desk, clip):
        assert edits.line(desk.ctx, clip, "en", Change(0.5, 2.0, "  "))["line"] is None
        assert shown(desk, clip) == made()[1:]
        edits.line(desk.ctx, clip, "en", Change(0.5, 2.0, "Hello there."))
        assert shown(desk, clip) == made()
        assert sidecar(desk)["lines"] == {}

    def test_an_edited_line_that_is_taken_away_stays_away(self, desk, clip):
        edits.line(desk.ctx, clip, "en", Change(0.5, 2.0, "Hi"))
        gone = edits.line(desk.ctx, clip, "en", Change(0.5, 2.0, ""))
        assert [line["text"] for line in gone["replaced"]] == ["Hi"]
        assert shown(desk, clip) == made()[1:]

    @pytest.mark.parametrize(("start", "end"), [(0.6, 1.9), (8.5, 9.5), (1.4, 2.2)])
    def test_it_can_be_moved_and_put_back(self, desk, clip, start, end):
        edits.line(desk.ctx, clip, "en", Change(start, end, "Moved", was=(0.5, 2.0)))
        assert (start, end, "Moved", True) in shown(desk, clip)
        assert len(shown(desk, clip)) == 3
        edits.line(desk.ctx, clip, "en", Change(start + 0.1, end, "Again", was=(start, end)))
        assert (start + 0.1, end, "Again", True) in shown(desk, clip)
        assert len(shown(desk, clip)) == 3
        edits.line(desk.ctx, clip, "en", Change(0.5, 2.0, "Hello there.", was=(start + 0.1, end)))
        assert shown(desk, clip) == made()
        assert sidecar(desk)["lines"] == {}

    def test_one_can_be_added_where_none_was(self, desk, clip):
        answer = edits.line(desk.ctx, clip, "en", Change(9.0, 10.0, "New"))
        assert answer["replaced"] == []
        assert shown(desk, clip)[-1] == (9.0, 10.0, "New", True)
        edits.line(desk.ctx, clip, "en", Change(9.0, 10.0, ""))
        assert shown(desk, clip) == made()

    def test_lines_that_overlap_are_changed_one_by_one(self, desk, clip):
        rolling = ((0.0, 4.0, "a"), (2.0, 6.0, "b"), (4.0, 8.0, "c"), (4.0, 4.0, "d"))
        say(desk.ctx, clip, track("en", rolling))
        for start, end, text in rolling[:3]:
            edits.line(desk.ctx, clip, "en", Change(start, end, text.upper()))
        assert [text for *_, text, _ in shown(desk, clip)] == ["A", "B", "d", "C"]

    def test_it_does_not_swallow_its_neighbours(self, desk, clip):
        with pytest.raises(UsageError, match=r"another at 2\.50 s"):
            edits.line(desk.ctx, clip, "en", Change(0.5, 5.0, "Long", was=(0.5, 2.0)))
        assert shown(desk, clip) == made()

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (Change(2.0, 2.0, "x"), "end after it starts"),
            (Change(-1.0, 2.0, "x"), "end after it starts"),
            (Change(float("nan"), 2.0, "x"), "numbers"),
            (Change(0.0, float("inf"), "x"), "numbers"),
            (Change(13.0, 20.0, "x"), "ends after the video, which is 12.5 s long"),
            (Change(1.0, 2.0, "x" * 2001), "2001 characters"),
        ],
    )
    def test_what_makes_no_line_is_refused_and_changes_nothing(self, desk, clip, change, said):
        with pytest.raises(UsageError, match=said):
            edits.line(desk.ctx, clip, "en", change)
        assert not desk.beside("clip.mp4", ".edits.json").exists()

    def test_a_made_line_beyond_the_end_can_be_put_right(self, desk, clip):
        say(desk.ctx, clip, track("en", ((12.0, 20.0, "End"),)))
        edits.line(desk.ctx, clip, "en", Change(12.0, 20.0, "The end"))
        assert shown(desk, clip) == [(12.0, 20.0, "The end", True)]

    def test_of_a_track_that_is_not_there(self, desk, clip):
        with pytest.raises(NotFound, match=r"no track 'fr' \(there are: en, de\)"):
            edits.line(desk.ctx, clip, "fr", Change(1.0, 2.0, "x"))

    def test_what_a_hand_wrote_meanwhile_is_kept(self, desk, clip):
        edits.line(desk.ctx, clip, "en", Change(0.5, 2.0, "Hi"))
        lines = [{"start": 5.5, "end": 8.0, "text": "By hand"}, *sidecar(desk)["lines"]["en"]]
        desk.beside("clip.mp4", ".edits.json").write_text(json.dumps({"lines": {"en": lines}, "mood": "blue"}))
        edits.line(desk.ctx, clip, "en", Change(2.5, 5.0, "Second"))
        assert [text for *_, text, _ in shown(desk, clip)] == ["Hi", "Second", "By hand"]
        assert sidecar(desk)["mood"] == "blue"


class TestChapters:
    def test_they_are_put_in_order_with_their_ends(self, desk, clip):
        answer = edits.chapters(desk.ctx, clip, [(4.0, " Two  words "), (0.0, "Start")])
        assert answer["edited"]
        assert titles(desk, clip) == [(0.0, 4.0, "Start"), (4.0, 12.5, "Two words")]
        assert sidecar(desk)["chapters"][0] == {"start": 0.0, "end": 4.0, "title": "Start"}
        assert desk.events[-1] == ("video", {"ids": [clip], "why": "words"})

    def test_none_at_all_and_back_to_those_that_were_made(self, desk, clip):
        assert edits.chapters(desk.ctx, clip, [])["chapters"] == []
        assert titles(desk, clip) == []
        answer = edits.chapters(desk.ctx, clip, None)
        assert not answer["edited"]
        assert [chapter["title"] for chapter in answer["chapters"]] == ["One", "Two"]
        assert titles(desk, clip) == [(0.0, 6.0, "One"), (6.0, 12.5, "Two")]

    @pytest.mark.parametrize(
        ("wanted", "said"),
        [
            ([(0.0, " ")], "needs a title"),
            ([(0.0, "x" * 201)], "needs a title"),
            ([(12.5, "Late")], "does not begin within"),
            ([(-1.0, "Early")], "does not begin within"),
            ([(float("nan"), "Never")], "does not begin within"),
            ([(1.0, "a"), (1.0, "b")], "same time"),
            ([(number / 100, "x") for number in range(1001)], "too many"),
        ],
    )
    def test_what_makes_no_chapters_is_refused(self, desk, clip, wanted, said):
        with pytest.raises(UsageError, match=said):
            edits.chapters(desk.ctx, clip, wanted)
        assert not desk.beside("clip.mp4", ".edits.json").exists()

    def test_those_written_by_hand_are_kept_once_with_a_notice(self, desk, clip):
        hand = [{"start": 2.0, "end": 5.0, "title": "Hand"}, {"start": 8.0, "end": 9.0, "title": "Other"}]
        desk.beside("clip.mp4", ".edits.json").write_text(json.dumps({"chapters": hand}))
        answer = edits.chapters(desk.ctx, clip, [(0.0, "Mine"), (8.1, "Better")])
        assert "by hand" in answer["notice"]
        assert titles(desk, clip) == [(0.0, 2.0, "Mine"), (2.0, 8.1, "Hand"), (8.1, 12.5, "Better")]
        assert "notice" not in edits.chapters(desk.ctx, clip, None)
        assert [title for *_, title in titles(desk, clip)] == ["One", "Two"]

    def test_lines_and_chapters_leave_each_other_alone(self, desk, clip):
        edits.line(desk.ctx, clip, "en", Change(0.5, 2.0, "Hi"))
        edits.chapters(desk.ctx, clip, [(0.0, "All")])
        edits.line(desk.ctx, clip, "de", Change(0.5, 2.0, "Servus"))
        assert set(sidecar(desk)["lines"]) == {"en", "de"}
        assert sidecar(desk)["chapters"] == [{"start": 0.0, "end": 12.5, "title": "All"}]


CHANGES = [
    lambda ctx, clip: edits.line(ctx, clip, "en", Change(0.5, 2.0, "Hi")),
    lambda ctx, clip: edits.chapters(ctx, clip, [(0.0, "All")]),
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_broken_sidecar_is_never_overwritten(desk, clip, change):
    file = desk.beside("clip.mp4", ".edits.json")
    file.write_text('{"lines": 1}')
    with pytest.raises(Conflict, match="not a valid file of edits"):
        change(desk.ctx, clip)
    assert file.read_text() == '{"lines": 1}'


@pytest.mark.parametrize("change", CHANGES)
def test_nothing_is_written_where_a_disk_is_away_or_cannot_be_written(desk, clip, change):
    away = desk.root.rename(desk.folder / "away")
    with pytest.raises(LibraryOffline):
        change(desk.ctx, clip)
    assert not desk.root.exists()
    away.rename(desk.root)
    desk.beside("clip.mp4", ".edits.json").mkdir()
    with pytest.raises(StorageError):
        change(desk.ctx, clip)


def test_people_who_edit_at_once_lose_nothing(desk, clip):
    def add(number):
        index = open_index(desk.config.data_folder)
        for step in range(4):
            at = number * 4 + step / 2
            edits.line(
                Context(desk.ctx.config, index), clip, "de", Change(6 + at / 2, 6.1 + at / 2, f"{number}-{step}")
            )
        index.close()

    threads = [threading.Thread(target=add, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sidecar(desk)["lines"]["de"]) == 12
