"""test_runners: the surface that jobs are handed: every runner offers it, with the same parameters."""

import inspect

import pytest

from vidwatchd.runners import Runner, Ticket
from vidwatchd.runners.local import LocalRunner, LocalTicket


def surface(kind):
    return {name for name, _ in inspect.getmembers(kind) if not name.startswith("_")}


@pytest.mark.parametrize(("wanted", "offered"), [(Runner, LocalRunner), (Ticket, LocalTicket)])
def test_a_runner_offers_all_that_jobs_ask_for(wanted, offered):
    assert surface(wanted) <= surface(offered)
    for name in surface(wanted):
        asked, given = getattr(wanted, name), getattr(offered, name)
        assert type(asked) is type(given), name
        if inspect.isfunction(asked):
            names = list(inspect.signature(asked).parameters)
            assert list(inspect.signature(given).parameters)[: len(names)] == names
