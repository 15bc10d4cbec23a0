"""resources: where the web pages and the service files lie, in a checkout and in an installed wheel."""

from __future__ import annotations

from pathlib import Path

from vidwatchd.errors import NotFound

_PACKAGE = Path(__file__).resolve().parent


def web_folder() -> Path:
    """The folder that holds ``templates`` and ``static``. Raises NotFound."""
    return _find("web")


def service_file(name: str) -> Path:
    """A service template, such as ``vidwatchd.service``. Raises NotFound."""
    path = _find("systemd") / name
    if not path.is_file():
        raise NotFound(f"{path} is missing", hint="install vidwatchd again")
    return path


def _find(name: str) -> Path:
    # The wheel holds them inside the package (pyproject's force-include); a checkout holds them beside it.
    for folder in (_PACKAGE / f"_{name}", _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise NotFound(f"the {name} folder is missing from this installation", hint="install vidwatchd again")
