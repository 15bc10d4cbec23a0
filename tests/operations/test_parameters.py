"""test_parameters: a parameter that means nothing is named, with the right one where one is near."""

import pytest

from vidwatchd.errors import UsageError
from vidwatchd.operations import parameters


@pytest.mark.parametrize(
    ("task", "names", "said"),
    [
        ("dupes", ("limit", "threshold"), "dupes has no parameter 'limits' (did you mean limit?)"),
        ("codecs", ("workers", "a"), "codecs has no parameter 'limits' (it takes a, workers)"),
        ("report", (), "report has no parameter 'limits' (it takes none)"),
        ("", ("limit",), "none of these kinds has a parameter 'limits' (did you mean limit?)"),
    ],
)
def test_the_unknown(task, names, said):
    with pytest.raises(UsageError) as caught:
        parameters.known(task, {"limits": 1}, names)
    assert str(caught.value) == said
    parameters.known(task, dict.fromkeys(names), names)


def test_the_wrong_sort():
    assert (parameters.whole({}, "n", 25), parameters.whole({"n": 3}, "n", least=3)) == (25, 3)
    assert (parameters.flag({}, "f"), parameters.flag({"f": True}, "f")) == (False, True)
    assert (parameters.text({"t": None}, "t", "x"), parameters.text({"t": "y"}, "t")) == ("x", "y")
    for wrong in ("3", 2, True, 3.0, None):
        with pytest.raises(UsageError, match="n must be a whole number from 3 on"):
            parameters.whole({"n": wrong}, "n", least=3)
    for wrong in (1, "true", None):
        with pytest.raises(UsageError, match="f must be true or false"):
            parameters.flag({"f": wrong}, "f")
    with pytest.raises(UsageError, match=r"t must be text, not \[1\]"):
        parameters.text({"t": [1]}, "t")
