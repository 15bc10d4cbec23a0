"""test_languages: codes of containers and models become one code, and words that people know."""

import pytest

from vidwatchd.operations import languages


@pytest.mark.parametrize(
    ("code", "short", "name"),
    [
        ("en", "en", "English"),
        ("eng", "en", "English"),
        ("GER", "de", "Deutsch"),
        ("deu", "de", "Deutsch"),
        ("pt-BR", "pt-BR", "Português (BR)"),
        ("zh_TW", "zh-TW", "中文 (TW)"),
        ("tlh", "tlh", "tlh"),
        ("und", "und", ""),
        ("", "", ""),
    ],
)
def test_codes_and_names(code, short, name):
    assert (languages.short(code), languages.name(code)) == (short, name)
