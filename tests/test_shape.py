"""test_shape: the numbers and habits that keep the code small enough for a stranger."""

import ast
import statistics

from tests.sources import PACKAGE, ROOT, nothing, sources

MOST_LINES = {"median function": 6, "90 % of functions": 25, "longest function": 50}
MEDIAN_MODULE, LONGEST_MODULE = 150, 400
BROAD_PER_THOUSAND_LINES = 0.5
# Where an error of any kind may be caught, to be recorded: around one piece of work, one request, one daemon part.
EDGES = {"making", "runners", "webapp", "daemon", "cli"}
DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "shared", "manager"}
KIND_NAMES = {
    "metadata",
    "thumbs",
    "sprites",
    "previews",
    "subtitles",
    "phash",
    "heatmaps",
    "scenes",
    "chapters",
    "faces",
    "stored",
}
# Tests of the whole rather than of one file; whole folders of them end in a slash.
UNPAIRED = {"cases", "shape", "imports", "docs", "packaging", "network_guard", "run"}
UNPAIRED_FOLDERS = {"faults", "browser", "bench", "guard"}


def test_functions_are_short():
    lengths = sorted(_length(function) for _, function in _functions())
    measured = dict(
        zip(MOST_LINES, (statistics.median(lengths), lengths[int(0.9 * len(lengths))], lengths[-1]), strict=True)
    )
    assert {name: measured[name] for name in MOST_LINES if measured[name] > MOST_LINES[name]} == {}, _longest()


def test_modules_are_short():
    lengths = {source.shown: source.text.count("\n") for source in sources()}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_MODULE} == {}
    # Empty __init__ files and the like would flatter the median.
    assert statistics.median(lines for lines in lengths.values() if lines > 5) <= MEDIAN_MODULE


def test_every_function_is_typed():
    nothing([_where(source, function) for source, function in _functions() if not _typed(function)])


def test_every_public_name_has_a_docstring():
    nothing(
        [
            _where(source, node)
            for source in sources()
            for node in _public(source.tree)
            if ast.get_docstring(node) is None and not _overloads(node)
        ]
    )


def test_a_module_opens_with_its_own_name():
    found = {source.shown: (ast.get_docstring(source.tree) or "") for source in sources()}
    names = {source.shown: source.dotted.rpartition(".")[2] for source in sources()}
    nothing([where for where, text in found.items() if not text.startswith(f"{names[where]}: ")])


def test_broad_excepts_are_few_and_stand_at_the_edge():
    broad = [(source, node) for source in sources() for node in ast.walk(source.tree) if _is_broad(node)]
    nothing([_where(source, node) for source, node in broad if source.unit not in EDGES])
    thousands = sum(source.text.count("\n") for source in sources()) / 1000
    assert len(broad) <= max(1, BROAD_PER_THOUSAND_LINES * thousands), [_where(*each) for each in broad]


def test_there_is_no_drawer_for_odds_and_ends():
    names = {part for source in sources() for part in source.dotted.split(".")}
    assert names & DRAWERS == set()


def test_only_a_kinds_own_file_asks_for_it_by_name():
    nothing(
        [
            f"{_where(source, node)}: compares with {sorted(named)}"
            for source in sources()
            for node in ast.walk(source.tree)
            if (named := _compared(node) & KIND_NAMES - _own_kind(source))
        ]
    )


def test_nothing_rebinds_a_global():
    nothing([_where(s, node) for s in sources() for node in ast.walk(s.tree) if isinstance(node, ast.Global)])


def test_tests_mirror_the_source():
    wanted = {source.shown: _test_files(source) for source in sources() if _has_behaviour(source)}
    nothing([f"{where}: {names[0]} is missing" for where, names in wanted.items() if not _any_exists(names)])


def test_every_test_belongs_to_a_source_file():
    known = {name for source in sources() for name in _test_files(source)}
    tests = [path.relative_to(ROOT) for path in (ROOT / "tests").rglob("test_*.py")]
    paired = [path for path in tests if path.parts[1] not in UNPAIRED_FOLDERS and not _of_the_whole(path)]
    nothing([path.as_posix() for path in paired if path.as_posix() not in known])


def _of_the_whole(path):
    return len(path.parts) == 2 and path.stem.removeprefix("test_") in UNPAIRED


def _functions():
    for source in sources():
        for node in ast.walk(source.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield source, node


def _length(function):
    """Lines without the docstring."""
    doc = ast.get_docstring(function, clean=False)
    return function.end_lineno - function.lineno + 1 - (doc.count("\n") + 1 if doc else 0)


def _longest(most=8):
    ranked = sorted(((_length(function), _where(source, function)) for source, function in _functions()), reverse=True)
    return "\n".join(f"{lines:4} {where}" for lines, where in ranked[:most])


def _where(source, node):
    return f"{source.shown}:{node.lineno} {getattr(node, 'name', '') or ''}".strip()


def _typed(function):
    every = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    every += filter(None, [function.args.vararg, function.args.kwarg])
    return function.returns is not None and all(a.annotation for a in every if a.arg not in {"self", "cls"})


def _public(tree):
    """Public classes and functions, and the public methods of public classes; what is inside a function is private."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from _public(node)


def _overloads(node):
    names = {getattr(d, "attr", getattr(d, "id", "")) for d in node.decorator_list}
    return bool(names & {"overload", "override", "setter"})


def _is_broad(node):
    if not isinstance(node, ast.ExceptHandler):
        return False
    kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    return any(kind is None or getattr(kind, "id", "") in {"Exception", "BaseException"} for kind in kinds)


def _compared(node):
    """The strings that a comparison or a ``case`` asks for."""
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        inner = [
            e for side in sides for e in (side.elts if isinstance(side, ast.Tuple | ast.List | ast.Set) else [side])
        ]
    elif isinstance(node, ast.MatchValue):
        inner = [node.value]
    else:
        return set()
    return {e.value for e in inner if isinstance(e, ast.Constant) and isinstance(e.value, str)}


def _own_kind(source):
    return {source.path.stem} if source.unit == "artifacts" else set()


def _has_behaviour(source):
    """Whether there is anything to test: a function, or a class with more than fields."""
    return source.unit != "__main__" and any(isinstance(n, ast.FunctionDef) for n in ast.walk(source.tree))


def _test_files(source):
    """Where a source file's tests may lie; the first is the usual place."""
    inside = source.path.relative_to(PACKAGE)
    if inside.name != "__init__.py":
        return [f"tests/{inside.with_name(f'test_{inside.name}').as_posix()}"]
    folder, name = inside.parent.as_posix(), inside.parent.name or "vidwatchd"
    return [f"tests/{folder}/test_{name}.py", f"tests/{folder}/test_init.py", f"tests/test_{name}.py"]


def _any_exists(names):
    return any((ROOT / name).exists() for name in names)
