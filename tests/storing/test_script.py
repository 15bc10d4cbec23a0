"""test_script: the text as a person reads it."""

from vidwatchd.backends.caption.request import Caption
from vidwatchd.cues import Cue
from vidwatchd.storing import script
from vidwatchd.storing.script import Seen
from vidwatchd.storing.words import Words

LINES = (Cue(1.2, 2, "Good\nmorning."), Cue(3661, 3662, "And  good night."), Cue(3663, 3664, " "))


def test_all_there_can_be():
    seen = Seen([Caption(0.0, "a man on a bike"), Caption(62.5, "a red  door")], "blip", "blip-base")
    text = script.text("film.mp4", 3700.4, Words(LINES, "pt-BR", "sidecar", "film.srt"), seen, notes=["it is damaged"])
    assert text == (
        "film.mp4\nLength: 01:01:40\nLanguage: Portuguese (BR)\nWords: sidecar (film.srt)\nNote: it is damaged\n"
        "\n[Transcript]\n[00:00:01] Good morning.\n[01:01:01] And good night.\n"
        "\n[Visual description]\n(by blip, blip-base)\n[00:00:00] a man on a bike\n[00:01:02] a red door\n"
    )


def test_other_words_take_the_place_of_those_that_are_there():
    seen = Seen([Caption(0.0, "a man on a bike")], "blip", "blip-base")
    new = Words((Cue(5, 6, "[Visual description]"), Cue(7, 8, "Bye.")), "pt-BR", "sidecar", "film.srt")
    for pictures in (seen, Seen()):
        before, after = (script.text("film.mp4", 9, words, pictures) for words in (Words(LINES, *_of(new)), new))
        assert script.reworded(before, new) == after
        assert script.reworded(after, Words(LINES, *_of(new))) == before
    assert script.reworded("of another program\n", new) == "of another program\n"


def _of(words):
    return words.language, words.backend, words.origin


def test_nothing_is_told_as_such():
    def said(words, **more):
        return script.text("f", 1, words, Seen(), **more).partition("[Transcript]\n")[2]

    assert said(Words(backend="none")) == "(nobody speaks)\n"
    assert said(Words(missing="no model (pull it)")) == "(no transcript: no model (pull it))\n"
    assert said(Words(missing="no model"), silent=True) == "(no sound)\n"


def test_a_description_that_failed_says_why():
    text = script.text("f", 1, Words(), Seen(missing="blip is not here (vidwatchd models pull blip)"))
    assert text.endswith("[Visual description]\n(no description: blip is not here (vidwatchd models pull blip))\n")


def test_a_name_of_any_bytes_is_shown():
    assert script.text("a\nb\U0010ffff.mp4", 1, Words(), Seen()).startswith("a\\nb\\xff.mp4\n")
