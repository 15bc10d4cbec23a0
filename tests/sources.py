"""sources: the package's own files, parsed once for the tests that read them."""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "vidwatchd"


@dataclass(frozen=True)
class Source:
    """One file of the package: its path from the root, its dotted name, its text and its tree."""

    path: Path
    dotted: str
    text: str
    tree: ast.Module

    @property
    def shown(self):
        """The path as it stands in a message."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def unit(self):
        """The module or folder below the package that the import table knows it by; "" for the package itself."""
        return self.dotted.partition(".")[2].partition(".")[0]


@cache
def sources():
    """Every Python file of the package."""
    return tuple(_read(path) for path in sorted(PACKAGE.rglob("*.py")))


def _read(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    dotted = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    text = path.read_text(encoding="utf-8")
    return Source(path, dotted, text, ast.parse(text, filename=str(path)))


def nothing(found):
    """Fail with everything that was found, a line each: pytest's own message would cut the list."""
    assert not found, "\n" + "\n".join(map(str, found))
