"""test_moments: where words are said, with the words around them."""

from vidwatchd.index import memory_index
from vidwatchd.index.search import Places, Stretch, _laid_out, _unpacked
from vidwatchd.operations.marking import Marker
from vidwatchd.operations.moments import language, named, segments, timed
from vidwatchd.operations.queries import parse


def laid(*stretches):
    texts, rows = _laid_out(stretches)
    texts = {"speech": "", "chapters": "", "captions": "", **texts}
    return texts, [_unpacked(source, track, cues) for source, _, track, cues in rows]


def found(typed, *stretches, languages=()):
    texts, places = laid(*stretches)
    return timed(texts, places, Marker(parse(typed)), languages)


def english(*cues):
    return Stretch("speech", "en", cues)


def test_a_phrase_over_two_lines_begins_at_the_first_words_line():
    (moment,) = found('"space telescope"', english((5, 7, "this is the great space"), (7, 9, "telescope of ours")))
    assert (moment["start"], moment["end"], moment["source"], moment["language"]) == (5.0, 9.0, "speech", "en")
    assert [text for text, hit in moment["segments"] if hit] == ["space telescope"]
    assert moment["text"] == "this is the great space telescope of ours"
    assert not moment["cut_before"] and not moment["cut_after"]


def test_words_near_each_other_make_the_better_moment():
    lines = [(n * 10, n * 10 + 2, "nothing of interest is said in this line, really nothing") for n in range(30)]
    lines[2], lines[20] = (20, 22, "a telescope"), (200, 202, "a telescope named webb")
    moments = found("webb telescope", english(*lines))
    assert [moment["start"] for moment in moments] == [200.0, 20.0]
    assert moments[1]["cut_before"] and moments[1]["cut_after"]


def test_tracks_have_moments_of_their_own_and_no_phrase_between():
    tracks = (english((0, 1, "the end")), Stretch("speech", "de", [(0, 1, "the beginning")]))
    assert [moment["track"] for moment in found("the", *tracks)] == ["en", "de"]
    assert [moment["track"] for moment in found("the", *tracks, languages=["de"])] == ["de"]
    assert found('"end the"', *tracks) == []


def test_the_same_words_at_the_same_time_in_two_tracks_are_one_moment():
    lines = [(0, 1, "the end"), (50, 51, "the credits")]
    second = [(0, 1, "the end"), (50, 51, "the cast")]
    told = found("the", Stretch("speech", "en", lines), Stretch("speech", "en-2", second))
    assert [(moment["track"], moment["start"]) for moment in told] == [("en", 0.0), ("en", 50.0), ("en-2", 50.0)]


def test_a_chapter_stands_for_itself():
    chapters = Stretch("chapters", "", [(0, 60, "The launch"), (60, 90, "Mirrors unfold"), (90, 99, "First light")])
    (moment,) = found("mirrors", chapters)
    assert (moment["start"], moment["end"], moment["text"], moment["source"]) == (
        60.0,
        90.0,
        "Mirrors unfold",
        "chapters",
    )


def test_a_word_said_all_the_time_makes_many_short_moments():
    moments = found("word", english(*((n, n + 1, "a word and a word") for n in range(400))))
    assert len(moments) > 20
    assert max(len(moment["text"]) for moment in moments) < 500
    assert all("".join(text for text, _ in moment["segments"]) == moment["text"] for moment in moments)


def test_names_are_marked():
    texts = {"name": "Cafe\u0301 sunset.mp4", "folder": "", "tags": "sun", "people": "", "speech": "café"}
    (one,) = named(texts, Marker(parse("café")))
    assert one == {"source": "name", "segments": [["Café", True], [" sunset.mp4", False]]}


def test_segments_join_to_the_text():
    assert segments("abc", [(1, 2)]) == [["a", False], ["b", True], ["c", False]]
    assert segments("abc", [(0, 3)]) == [["abc", True]]
    assert segments("", []) == []


def test_languages_of_tracks():
    assert [language(track) for track in ("en", "en.sdh", "en-2", "pt-BR", "und")] == ["en", "en", "en", "pt-br", "und"]


def test_times_survive_the_index():
    index = memory_index()
    _texts, rows = _laid_out([english((1.25, 2.5, "a"), (float("nan"), 1e12, "b"))])
    (places,) = (_unpacked(source, track, cues) for source, _, track, cues in rows)
    assert isinstance(places, Places) and 1250 in places.starts_ms and max(places.ends_ms) == 2**32 - 1
    index.close()


def test_tracks_that_say_the_same_at_the_same_time_are_one_moment():
    twice = [Stretch("speech", track, [(1, 2, "the end"), (60, 61, "an end")]) for track in ("en", "en-2", "de")]
    moments = found("end", *twice)
    assert [(m["start"], m["track"]) for m in moments] == [(1.0, "en"), (1.0, "de"), (60.0, "en"), (60.0, "de")]
