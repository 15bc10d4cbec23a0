"""conftest: fixtures for all tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from pydantic import BaseModel

from tests.clips import Clips, shared_media
from tests.desk import KINDS
from tests.quicker import Pages, Schemas, Tables
from tests.tiny import Tiny
from tests.warm import Bench
from vidwatchd import artifacts
from vidwatchd.index import Index

if TYPE_CHECKING:
    from tests.faces import FaceModels

# Files whose tests run in one process, by what each process would have to do anew: load torch and transformers (four
# seconds), parse the package, make every kind of a folder of videos.
TOGETHER = {
    "torch": ("tests/backends/", "tests/artifacts/test_meaning.py", "tests/products/test_embed.py"),
    "sources": ("tests/test_imports.py", "tests/test_shape.py"),
    "made": (
        "tests/cli/test_chain.py",
        "tests/cli/test_edge.py",
        "tests/cli/test_looking.py",
        "tests/cli/test_making.py",
    ),
}
# Long tests that share nothing: where one process alone had them, the other would wait for it.
APART = ("tests/test_cases.py",)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Where the part ``system`` is asked for, files without its mark are not even read: to read all takes ten seconds."""
    if config.option.markexpr != "system" or not collection_path.match("test_*.py"):
        return None
    return None if "mark.system" in collection_path.read_text(encoding="utf-8") else True


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Where a file's tests stay together, some files do too, and some tests need not."""
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class ByCost(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            if nodeid.startswith(APART):
                return nodeid
            named = (name for name, files in TOGETHER.items() if nodeid.startswith(files))
            return next(named, super()._split_scope(nodeid))

    return ByCost(config, log)


@pytest.fixture(scope="session")
def tables() -> Tables:
    """The tables of an empty index, made by the first that asks."""
    return Tables()


@pytest.fixture(scope="module", autouse=True)
def quick_tables(request: pytest.FixtureRequest, tables: Tables) -> Iterator[None]:
    """A new index is a copy in a tenth of the time, except where indexes themselves are tested."""
    with pytest.MonkeyPatch.context() as patch:
        if request.path.parent.name not in ("index", "faults", "bench"):
            patch.setattr(Index, "migrate", lambda index, steps=None: tables.migrate(index, steps))
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_apps() -> None:
    """Templates are compiled and models described once, not for every app that a test makes."""
    Flask.jinja_options = {"bytecode_cache": Pages()}
    schemas = Schemas()
    BaseModel.model_json_schema = classmethod(
        lambda model, *args, **more: schemas.model_json_schema(model, *args, **more)
    )


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Clips:
    """Small media files, made when first asked for; processes that share a run's tests share them."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = tmp_path_factory.getbasetemp().parent / "clips"
        folder.mkdir(exist_ok=True)
        return Clips(folder)
    return Clips(tmp_path_factory.mktemp("clips"))


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    """A models folder of tiny random models, each written when first asked for; processes of a run share them."""
    base = tmp_path_factory.getbasetemp()
    return Tiny((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "models")


@pytest.fixture(scope="session")
def face_models(tmp_path_factory: pytest.TempPathFactory) -> FaceModels:
    """Folders of models that find drawn faces, each made when first asked for; processes of a run share them."""
    from tests.faces import FaceModels  # loads onnx, which few tests need

    base = tmp_path_factory.getbasetemp()
    return FaceModels((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "faces")


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    """Worker processes that stay for a module's tests."""
    made = Bench()
    yield made
    made.close()


@pytest.fixture
def few_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A registry of three quick kinds, so that what is owed of a video is made in one visit, whatever kinds there are."""
    monkeypatch.setattr(artifacts, "KINDS", {name: artifacts.KINDS[name] for name in KINDS})


@pytest.fixture(scope="session")
def media_folder() -> Path:
    """Other people's media; what needs them is skipped without."""
    folder = shared_media()
    if folder is None:
        pytest.skip("no test media: set VIDWATCHD_TEST_MEDIA")
    return folder
