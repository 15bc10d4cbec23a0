"""conftest: fixtures for all tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clips import Clips, shared_media


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Clips:
    """Small media files, made when first asked for."""
    return Clips(tmp_path_factory.mktemp("clips"))


@pytest.fixture(scope="session")
def media_folder() -> Path:
    """Other people's media; what needs them is skipped without."""
    folder = shared_media()
    if folder is None:
        pytest.skip("no test media: set VIDWATCHD_TEST_MEDIA")
    return folder
