"""test_lean: sqlite_utils is whole without numpy, and numpy is there for whoever wants it."""

import subprocess
import sys

import pytest

from tests.sources import ROOT
from vidwatchd.index.lean import Database


@pytest.mark.parametrize("first", ["numpy, vidwatchd.index.lean", "vidwatchd.index.lean, numpy"])
def test_numpy_may_come_before_or_after(first):
    code = f"import sys, {first}; print(numpy.arange(3).sum(), 'pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert (done.stdout, done.stderr) == ("3 False\n", "")


def test_a_table_holds_what_it_is_given():
    database = Database(memory=True)
    database["t"].insert({"a": 1, "b": 2.5, "c": b"x", "d": None})
    assert list(database.query("SELECT * FROM t")) == [{"a": 1, "b": 2.5, "c": b"x", "d": None}]
    database.close()
