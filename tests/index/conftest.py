import pytest

from vidwatchd.index import open_index


@pytest.fixture
def index(tmp_path):
    opened = open_index(str(tmp_path / "data"))
    yield opened
    opened.close()


@pytest.fixture
def library(index):
    return index.libraries.add(uuid="u1", root="/box", name="box", watched=True, layout="beside")
