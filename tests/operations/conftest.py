import pytest

from tests.desk import Desk


@pytest.fixture(autouse=True)
def _few(few_kinds):
    """Every test here meets the few kinds."""


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path)
    yield made
    made.close()
