"""roots: folders named by people: whether they are there, the marker that tells which library they are."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable

from vidwatchd.errors import InvalidDirectory
from vidwatchd.library.files import load, write_json
from vidwatchd.model import ARTIFACTS_FOLDER, MARKER_NAME, Library, native, portable

# How many remembered files may vouch for a root that carries no marker.
WITNESSES = 20


def readable_folder(path: str) -> str:
    """The absolute, portable form of an existing, readable folder. Raises InvalidDirectory in one sentence."""
    shown = portable(path)
    if not path:
        raise InvalidDirectory("no folder was named")
    try:
        full = os.path.realpath(native(path))
        os.scandir(full).close()
    except FileNotFoundError as error:
        raise InvalidDirectory(f"the folder {shown} does not exist") from error
    except NotADirectoryError as error:
        raise InvalidDirectory(f"{shown} is not a folder") from error
    except PermissionError as error:
        raise InvalidDirectory(f"the folder {shown} may not be read", hint="check its permissions") from error
    except (OSError, ValueError) as error:
        raise InvalidDirectory(f"the folder {shown} cannot be opened: {error}") from error
    return portable(full)


def read_marker(root: str) -> str:
    """The uuid in a root's marker file; "" without one."""
    return str(load(_marker(root)).get("uuid", ""))


def write_marker(root: str, library_uuid: str) -> bool:
    """Mark a root as this library's; False where the folder cannot be written (its artifacts then lie centrally)."""
    try:
        os.makedirs(os.path.dirname(_marker(root)), exist_ok=True)
        write_json(_marker(root), {"uuid": library_uuid})
    except OSError:
        return False
    return True


def new_uuid(root: str, *, marked: bool) -> str:
    """A library's uuid: random where a marker can hold it, else derived from the path."""
    return str(uuid.uuid4() if marked else uuid.uuid5(uuid.NAMESPACE_URL, f"vidwatchd:{root}"))


def offline_reason(library: Library, witnesses: Iterable[str], *, mark: bool = True) -> str:
    """Why a library is not there, "" when it is. ``witnesses``: portable paths of some of its videos.

    Where they vouch for a root that lost its marker, a new one is written, unless ``mark`` forbids it.
    An empty folder in the place of an unmounted disk has neither the marker nor any known file.
    """
    root = native(library.root)
    try:
        os.scandir(root).close()
    except OSError as error:
        return f"{library.root} cannot be read: {error.strerror}"
    marked = read_marker(library.root)
    if marked and marked != library.uuid and library.layout != "central":
        return f"{library.root} holds another library now"
    if marked == library.uuid:
        return ""
    known = list(witnesses)
    if not known or any(os.path.lexists(os.path.join(root, native(path))) for path in known):
        if mark and library.layout != "central":
            write_marker(library.root, library.uuid)
        return ""
    return f"{library.root} is there, but neither its marker nor any known video is: is the disk mounted?"


def _marker(root: str) -> str:
    return os.path.join(native(root), ARTIFACTS_FOLDER, MARKER_NAME)
