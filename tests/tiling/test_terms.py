"""test_terms: words that say what a text is about, in most scripts."""

import numpy as np
import pytest

from vidwatchd.tiling import terms


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("The guitars and the guitar's strings", ["guitar", "guitar", "string"]),
        ("Don't you see? It's 1999 now", []),
        ("Über die Straße", ["strass"]),
        ("Это была ракета", ["ракета"]),
        ("音楽と楽器", ["音楽", "楽と", "と楽", "楽器"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("well-known", ["known"]),
    ],
)
def test_what_counts(text, keys):
    assert [term.key for term in terms.terms(text)] == keys


def test_vectors_hold_what_is_said_in_several_texts():
    found = terms.vectors(["bread dough", "bread dough", "rocket fuel", "rocket fuel", "garden"])
    assert found.shape == (5, 4)
    assert np.count_nonzero(found[4]) == 0
    assert found[0] @ found[1] > 0
    assert found[0] @ found[2] == 0


def test_vectors_of_nothing_are_empty():
    assert terms.vectors(["", "the"]).sum() == 0


def test_many_different_words_need_no_more_room():
    texts = [" ".join(f"{letter}x{n % 700:03d}" for letter in "abcdefghij") for n in range(1400)]
    assert terms.vectors(texts).shape == (1400, 1024)


def test_keywords_are_what_the_others_do_not_say_and_are_written_as_there():
    first = "The Webb space telescope. NASA built the Webb telescope. Mirrors of the Webb. The mirrors, NASA, mirrors."
    second = "The kitchen. Bread in the kitchen. Mirrors? Good bread."
    (one, two) = terms.keywords([first, second])
    assert set(one) == {"Webb", "NASA", "mirrors", "telescope"}
    assert set(two) == {"kitchen", "bread"}


def test_two_words_that_come_together_stay_together():
    text = "machine learning is fun. we like machine learning. machine learning wins."
    assert terms.keywords([text, "other words, other words"])[0] == ("machine learning",)


def test_a_title_is_short_and_begins_with_a_capital():
    assert terms.title(("guitar", "NASA", "strings", "chord")) == "Guitar, NASA, strings"
    assert terms.title(()) == terms.title(("音楽",)) == ""
