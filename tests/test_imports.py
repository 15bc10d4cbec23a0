"""test_imports: who may import whom, lazy imports included; a new module must first be given its row."""

import ast
import subprocess
import sys
from graphlib import TopologicalSorter

import pytest

from tests.sources import PACKAGE, nothing, sources

# Each unit (a module or folder of the package) and what it may import besides itself. A row names only units of
# earlier rows, which is what makes a cycle impossible.
MAY_IMPORT = {
    "errors": "",
    "resources": "errors",
    "model": "errors",
    "config": "errors model",
    "cues": "errors model",
    "languages": "",
    "amounts": "",
    "signatures": "",
    "subtitle_formats": "errors cues",
    "tiling": "errors model cues",
    "media": "errors model cues languages subtitle_formats",
    "index": "errors model signatures",
    "library": "errors model config cues signatures",
    "disk": "errors model",
    "ignore": "errors model",
    "fingerprint": "errors model disk",
    "scan": "errors model disk ignore fingerprint",
    "watch": "errors model disk ignore",
    "hamming": "errors model",
    "clustering": "errors model hamming",
    "backends": "errors model config cues languages signatures subtitle_formats media",
    "storing": "errors model config cues languages fingerprint media backends",
    "artifacts": (
        "errors amounts model config cues languages signatures subtitle_formats tiling clustering fingerprint media backends"
        " storing"
    ),
    "products": "errors model config cues languages signatures tiling clustering fingerprint media backends storing",
    "making": "errors model config media artifacts products",
    "runners": "errors model config making",
    "jobs": "errors model config disk index library artifacts products runners",
    "operations": (
        "errors model config cues languages signatures subtitle_formats tiling disk ignore fingerprint hamming clustering"
        " index media library scan backends storing artifacts products jobs runners"
    ),
    "webapp": "errors amounts model config resources library artifacts operations",
    "daemon": "errors model config index library scan watch jobs runners operations webapp",
    "service": "errors config resources",
    "cli": "errors amounts model config library artifacts operations service daemon",
    "__main__": "cli",
}

# Libraries whose calls and errors belong behind one seam.
AT_HOME = {
    "av": "media",
    "ffmpeg": "media",
    "imageio_ffmpeg": "media",
    "sqlite3": "index",
    "sqlite_utils": "index",
    "watchdog": "watch",
    "pebble": "runners",
    "celery": "runners",
    "apscheduler": "daemon",
    "flask": "webapp",
    "flask_openapi3": "webapp",
    "werkzeug": "webapp",
    "jinja2": "webapp",
    "waitress": "webapp",
    "click": "cli",
    "rich": "cli",
    "platformdirs": "config",
    "subprocess": "media backends service",
    "imagehash": "artifacts",
    "scenedetect": "artifacts",
    "cv2": "media artifacts backends",
    "regex": "operations",
    "huggingface_hub": "backends",
}

HEAVY = {
    "torch",
    "cv2",
    "av",
    "celery",
    "numpy",
    "transformers",
    "faster_whisper",
    "onnxruntime",
    "huggingface_hub",
    "scipy",
    "scenedetect",
    "pysubs2",
    "ctranslate2",
}


def test_the_table_admits_no_cycle():
    order = list(TopologicalSorter({unit: row.split() for unit, row in MAY_IMPORT.items()}).static_order())
    assert set(order) == set(MAY_IMPORT), "a row names a unit that has no row of its own"


def test_every_import_is_in_the_table():
    nothing([text for source in sources() for text in _forbidden(source)])


def test_foreign_libraries_stay_behind_their_seam():
    found = [
        f"{source.shown}:{line}: {target} belongs to {home}"
        for source in sources()
        for line, target in _imports(source)
        if (home := AT_HOME.get(target.partition(".")[0])) and source.unit not in home.split()
    ]
    nothing(found)


@pytest.mark.system
@pytest.mark.parametrize("part", ["cli", "daemon", "artifacts"])
def test_what_stays_in_memory_starts_light(part):
    code = f"import sys, vidwatchd.{part}; print(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent)
    assert HEAVY & set(done.stdout.split()) == set()


@pytest.mark.parametrize(
    ("line", "target"),
    [
        ("import vidwatchd.index.jobs", "vidwatchd.index.jobs"),
        ("from vidwatchd import index", "vidwatchd.index"),
        ("from .. import index", "vidwatchd.index"),
        ("from ..index import jobs", "vidwatchd.index.jobs"),
        ("from . import sprites", "vidwatchd.artifacts.sprites"),
        ("def f():\n    from vidwatchd.index import Index", "vidwatchd.index.Index"),
        ("import importlib\nimportlib.import_module('vidwatchd.index')", "vidwatchd.index"),
        ("__import__('vidwatchd.index')", "vidwatchd.index"),
    ],
)
def test_every_way_to_import_is_seen(line, target):
    found = [name for _, name in _targets(ast.parse(line), package="vidwatchd.artifacts")]
    assert target in found


def _forbidden(source):
    if source.unit and source.unit not in MAY_IMPORT:
        yield f"{source.shown}:1: {source.unit} has no row in the import table"
        return
    allowed = {"", source.unit, *MAY_IMPORT.get(source.unit, "").split()}
    for line, target in _imports(source):
        unit = _unit(target)
        if unit is not None and unit not in allowed:
            yield f"{source.shown}:{line}: {source.unit or 'the package'} may not import {unit} ({target})"


def _unit(target):
    """The unit that a dotted target lies in; "" for the package's own names, None outside the package."""
    parts = target.split(".")
    if parts[0] != "vidwatchd":
        return None
    unit = parts[1] if len(parts) > 1 else ""
    is_unit = unit in MAY_IMPORT or (PACKAGE / unit).is_dir() or (PACKAGE / f"{unit}.py").exists()
    return unit if is_unit else ""


def _imports(source):
    package = source.dotted if source.path.name == "__init__.py" else source.dotted.rpartition(".")[0]
    return _targets(source.tree, package)


def _targets(tree, package):
    """(line, dotted name) of everything imported anywhere in the tree; ``package`` is where relative ones start."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _base(node, package)
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and _is_importer(node.func) and node.args:
            name = node.args[0]
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                yield node.lineno, name.value


def _base(node, package):
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    return ".".join([*parts[: len(parts) - node.level + 1], *([node.module] if node.module else [])])


def _is_importer(function):
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in {"import_module", "__import__"}
