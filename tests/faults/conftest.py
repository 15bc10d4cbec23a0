import contextlib

import pytest

from tests.live import Daemon


@pytest.fixture
def daemons(tmp_path):
    """``daemons(*libraries, **settings)``: a started daemon, gone when the test ends."""
    with contextlib.ExitStack() as stack:

        def start(*libraries, home="home", **settings):
            return stack.enter_context(Daemon(tmp_path / home, *libraries, **settings))

        yield start
