"""test_visits: of a visit whose disk hangs nothing is heard, and after a while its worker is given to others."""

import pytest

from vidwatchd.disk import Pulse
from vidwatchd.jobs.visits import Visit
from vidwatchd.library import Store
from vidwatchd.model import Library


class Ticket:
    def __init__(self):
        self.cancelled = False

    def progress(self):
        return 0.25

    def cancel(self):
        self.cancelled = True


class Silent(Pulse):
    seconds = 3.0

    def beats(self, folder, patience_seconds=0.0):
        return False

    def silent_seconds(self, folder):
        return self.seconds


@pytest.fixture
def visit(tmp_path):
    return Visit(
        None, Store(Library(1, "u", str(tmp_path), "box"), str(tmp_path / "data")), {}, str(tmp_path), Ticket()
    )


def test_how_far_it_is(visit):
    assert visit.progress(Pulse(), 1.0) == 0.25
    assert not visit.ticket.cancelled


def test_a_disk_that_hangs(visit):
    assert visit.progress(Silent(), 5.0) is None
    assert not visit.ticket.cancelled
    assert visit.progress(Silent(), 2.0) is None
    assert visit.ticket.cancelled
