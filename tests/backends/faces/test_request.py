"""test_request: what every backend of faces promises."""

import inspect

import numpy as np
import pytest

from vidwatchd.backends.faces import FaceFinder, Look, finders


@pytest.fixture(params=["insightface", "sface", "deepface"])
def finder(request, tmp_path):
    return next(finder for finder in finders(str(tmp_path)) if finder.name == request.param)


def test_they_are_what_the_protocol_says(finder):
    promised = {name for name in vars(FaceFinder) if not name.startswith("_")} | {"task", "name", "rank"}
    assert promised <= set(dir(finder))
    for name in ("ready", "run", "unload"):
        wanted = inspect.signature(getattr(FaceFinder, name)).parameters
        assert ["self", *inspect.signature(getattr(finder, name)).parameters] == list(wanted)
    assert finder.task == "faces"


def test_distances_are_widest_where_least_is_compared(finder):
    told = finder.distances
    assert 2 > told.match >= max(told.cluster, told.people, told.label)
    assert min(told.cluster, told.people, told.label) > 0


def test_without_a_model_it_says_so(finder):
    assert finder.model == ""
    lacking = finder.ready()
    assert lacking.hint
    with pytest.raises(type(lacking)):
        finder.run(Look(np.zeros((8, 8, 3), np.uint8)), None)
