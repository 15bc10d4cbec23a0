"""test_languages: however it is spelled, a language is one code."""

import pytest

from vidwatchd import languages


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("en", "en"), ("ENG", "en"), ("English", "en"), (" german ", "de"), ("ger", "de"), ("deu", "de"), ("fre", "fr"),
        ("pt-BR", "pt-BR"), ("pt_br", "pt-BR"), ("zh-hans", "zh-Hans"), ("Norwegian Bokmål", "nb"), ("es-419", "es-419"),
        ("und", ""), ("", ""), ("sdh", ""), ("commentary", ""), ("e", ""), ("en-commentary", ""), ("the-end", ""),
    ],
)  # fmt: skip
def test_a_language_is_known_by_code_and_name(text, code):
    assert languages.code(text) == code


def test_a_code_has_a_name_for_people():
    assert languages.name("de") == "German"
    assert languages.name("pt-BR") == "Portuguese (BR)"
    assert languages.name("und") == "und"
    assert languages.base("pt-BR") == "pt"


def test_every_code_leads_back_to_itself():
    for short, longer, english in languages._rows():
        assert {languages.code(word) for word in (short, *longer, english)} == {short}


@pytest.mark.parametrize(
    ("code", "own"),
    [("en", "English"), ("eng", "English"), ("GER", "Deutsch"), ("pt-BR", "Português (BR)"), ("zh_TW", "中文 (TW)"),
     ("so", "Somali"), ("tlh", "tlh"), ("und", ""), ("", "")],
)  # fmt: skip
def test_people_read_their_language_in_their_own_words(code, own):
    assert languages.own_name(code) == own
