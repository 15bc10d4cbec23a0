"""libraries: routes of the watched folders, and of the folders that could be."""

from typing import Any

from flask_openapi3 import APIBlueprint, Tag

from vidwatchd.operations import folders, libraries, scan
from vidwatchd.webapp.api import answers
from vidwatchd.webapp.api.models import FoldersQuery, LibraryBody, LibraryChange, LibraryPath
from vidwatchd.webapp.context import context


def blueprint() -> APIBlueprint:
    """The routes under /api."""
    api = APIBlueprint("libraries", __name__, url_prefix="/api", abp_tags=[Tag(name="libraries")])
    api.get("/libraries")(list_libraries)
    api.post("/libraries", responses=answers.created("it is watched"))(add_library)
    api.get("/libraries/<int:library_id>")(one_library)
    api.patch("/libraries/<int:library_id>")(change_library)
    api.delete("/libraries/<int:library_id>")(remove_library)
    api.post("/libraries/<int:library_id>/scan", responses=answers.accepted("it is looked at"))(scan_library)
    api.post("/libraries/<int:library_id>/accept-loss", responses=answers.accepted("it is looked at"))(accept_loss)
    api.get("/folders")(list_folders)
    return api


def list_libraries() -> dict[str, Any]:
    """Every library, with counts, watch state and problem."""
    return {"libraries": libraries.listing(context())}


def add_library(body: LibraryBody) -> tuple[dict[str, Any], int]:
    """Watch a folder from now on."""
    return libraries.add(context(), body.path, body.name), 201


def one_library(path: LibraryPath) -> dict[str, Any]:
    """One library."""
    return libraries.one(context(), path.library_id)


def change_library(path: LibraryPath, body: LibraryChange) -> dict[str, Any]:
    """Say which kinds are not made there by themselves; nothing made is removed."""
    return libraries.change(context(), path.library_id, skip=body.skip, stored=body.stored)


def remove_library(path: LibraryPath) -> dict[str, Any]:
    """Stop watching and forget; no file is touched."""
    libraries.remove(context(), path.library_id)
    return {"removed": path.library_id}


def scan_library(path: LibraryPath) -> tuple[dict[str, Any], int]:
    """Look at the whole library now."""
    return scan.rescan(context(), path.library_id), 202


def accept_loss(path: LibraryPath) -> tuple[dict[str, Any], int]:
    """Say that what is missing is really gone."""
    return scan.accept_loss(context(), path.library_id), 202


def list_folders(query: FoldersQuery) -> dict[str, Any]:
    """The folders inside a folder, for choosing one to watch."""
    return folders.folders(query.path)
