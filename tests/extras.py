"""extras: what is tested only where a library of an extra is installed; asked without loading it, which takes seconds."""

from importlib.util import find_spec

import pytest


def needs(library):
    """A mark for a test, or for all of a module, that wants this library."""
    return pytest.mark.skipif(find_spec(library) is None, reason=f"{library} is not installed")
