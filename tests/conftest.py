"""conftest: fixtures for all tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.clips import Clips, shared_media
from tests.desk import KINDS
from tests.tiny import Tiny
from tests.warm import Bench
from vidwatchd import artifacts

if TYPE_CHECKING:
    from tests.faces import FaceModels

# Their tests load torch and transformers, which takes each process that does it four seconds.
WITH_TORCH = ("tests/backends/", "tests/artifacts/test_meaning.py", "tests/products/test_embed.py")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Where the part ``system`` is asked for, files without its mark are not even read: to read all takes ten seconds."""
    if config.option.markexpr != "system" or not collection_path.match("test_*.py"):
        return None
    return None if "mark.system" in collection_path.read_text(encoding="utf-8") else True


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Where a file's tests stay together, all that load torch do too."""
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class TorchTogether(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return "torch" if nodeid.startswith(WITH_TORCH) else super()._split_scope(nodeid)

    return TorchTogether(config, log)


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
