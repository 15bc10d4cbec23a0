"""test_errors: the tree in the docstring is the tree in the code."""

import re

from vidwatchd import errors

CLASSES = {
    name: value
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, errors.VidwatchdError)
}


def test_the_drawn_tree_is_the_real_one():
    drawn = {m[1]: (int(m[2]), int(m[3])) for m in re.finditer(r"(\w+) +(\d) +(\d{3})  ", errors.__doc__)}
    assert drawn == {name: (error.exit_code, error.http_status) for name, error in CLASSES.items()}


def test_the_drawn_branches_are_the_real_ones():
    branches = re.findall(r"^ *│   [├└]── (\w+)", errors.__doc__, re.MULTILINE)
    assert set(branches) == {n for n, e in CLASSES.items() if e.__base__ not in {Exception, errors.VidwatchdError}}


def test_the_code_is_the_name_in_snake_case():
    assert errors.RangeNotSatisfiable("x").code == "range_not_satisfiable"


def test_the_remedy_stands_behind_the_message():
    assert str(errors.NotFound("no video 7", hint="vidwatchd list")) == "no video 7 (vidwatchd list)"
    assert str(errors.NotFound("no video 7")) == "no video 7"
