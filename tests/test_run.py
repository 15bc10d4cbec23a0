"""test_run: what ``tests/run`` runs: every test in one of its parts, each part told of."""

from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader

import pytest
from _pytest.mark.expression import Expression

from tests.sources import ROOT


@pytest.fixture(scope="module")
def run():
    """The program as a module."""
    loader = SourceFileLoader("tests_run", str(ROOT / "tests" / "run"))
    module = module_from_spec(spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


@pytest.mark.parametrize("marks", [set(), {"system"}, {"parametrize"}, {"system", "skipif"}])
def test_a_test_runs_in_one_part_and_in_one_only(run, marks):
    chosen = [Expression.compile(wanted) for wanted in run.MARKED.values()]
    assert [found.evaluate(lambda name, **_: name in marks) for found in chosen].count(True) == 1


def test_what_has_no_folder_of_its_own_is_chosen_out_of_the_same_files(run):
    assert set(run.PARTS) == {*run.COMMANDS, *run.MARKED, *run.ELSEWHERE} - {"bench"}
    without = {part: run.chosen(part)[:-1] for part in run.MARKED}
    assert without["unit"] == without["system"]
    assert all((ROOT / "tests" / folder).is_dir() for folder in run.ELSEWHERE)


def test_the_file_of_a_mark_is_read(pytestconfig):
    # conftest leaves out by their text the files that hold none: no other way to set it may come up.
    others = [
        path.relative_to(ROOT)
        for path in (ROOT / "tests").rglob("*.py")
        if not path.name.startswith("test_") and "mark.system" in path.read_text() and path.name != "conftest.py"
    ]
    assert others == []
    assert any(line.startswith("system:") for line in pytestconfig.getini("markers"))
    assert pytestconfig.getini("strict_markers")


def test_every_part_is_told_of(run):
    assert f"Parts, in this order: {' '.join(run.PARTS)}." in run.__doc__
    told = (ROOT / "README.md").read_text(encoding="utf-8").partition("then runs ")[2].partition("\n## ")[0]
    places = [told.index(part.removesuffix("s")) for part in run.PARTS]
    assert places == sorted(places)
