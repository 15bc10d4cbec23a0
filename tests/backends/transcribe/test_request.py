"""test_request: when what was found is what was asked for."""

import pytest

from vidwatchd.backends.transcribe.request import Request
from vidwatchd.cues import Cue, Track

LINE = (Cue(0, 1, "a"),)


def tracks(*languages, forced=False):
    return tuple(Track(language, language, "sidecar", LINE, forced=forced) for language in languages)


@pytest.mark.parametrize(
    ("found", "language", "translate", "covered"),
    [
        (tracks("en"), "", False, True), (tracks("en", forced=True), "", False, False), ((), "", False, False),
        ((Track("en", "en", "embedded"),), "", False, False), (tracks("en"), "de", False, False),
        (tracks("en", "de"), "de", False, True), (tracks("pt-BR"), "pt", False, True), (tracks("und"), "de", False, True),
        (tracks("de"), "", True, False), (tracks("de", "en"), "", True, True), (tracks("und"), "", True, False),
    ],
)  # fmt: skip
def test_coverage(found, language, translate, covered):
    assert Request("film.mp4", lambda: None, language, translate).covered(found) is covered
