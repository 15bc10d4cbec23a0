"""test_resources: pages and service files are found (test_packaging looks into an installed wheel)."""

import pytest

from vidwatchd.errors import NotFound
from vidwatchd.resources import service_file, web_folder


def test_the_web_folder_is_there():
    assert (web_folder() / "static").is_dir()


def test_service_files_are_found_by_name():
    assert service_file("vidwatchd.service").read_text(encoding="utf-8").startswith("# Written by")


def test_a_missing_file_is_named():
    with pytest.raises(NotFound, match=r"nothing\.service"):
        service_file("nothing.service")
