"""test_produce: several products at once, and what stops them."""

import pytest

from vidwatchd.errors import Cancelled, StorageError, WorkerDied
from vidwatchd.model import ArtifactState, Outcome, ProductTask
from vidwatchd.operations.produce import Piece, produce


class Ticket:
    def __init__(self, result, rounds):
        self._result, self._rounds = result, rounds

    def done(self):
        self._rounds -= 1
        return self._rounds < 0

    def result(self):
        if isinstance(self._result, Exception):
            raise self._result
        return [self._result]

    def progress(self):
        return 0.5


class Runner:
    """A runner whose products take some rounds; remembers that it was closed."""

    def __init__(self, *results, workers=2, rounds=2):
        self.workers, self.results, self.rounds = workers, list(results), rounds
        self.closed = False

    def submit(self, task, *, timeout_seconds):
        return Ticket(self.results.pop(0), self.rounds)

    def close(self, wait_seconds=0.0):
        self.closed = True


def good(number=0):
    return Outcome("toy", ArtifactState.DONE, facts={"number": number})


def pieces(count, seen=None):
    for number in range(count):
        if seen is not None:
            seen.append(number)
        yield Piece(f"film {number}", ProductTask("toy", {}, ()), 9.0)


def test_each_outcome_comes_with_its_number_and_a_death_is_a_failure():
    runner, taken = Runner(good(0), WorkerDied("it crashed"), good(2)), {}
    produce(runner, pieces(3), 3, taken.__setitem__)
    assert taken[0].facts == {"number": 0}
    assert (taken[1].state, taken[1].error) == (ArtifactState.FAILED, "it crashed")
    assert taken[2].facts == {"number": 2}
    assert runner.closed


def test_pieces_are_asked_for_when_there_is_room():
    seen, most = [], []

    def progress(done, of, names):
        most.append((len(seen) - int(done), of, names))

    produce(Runner(*map(good, range(5))), pieces(5, seen), 5, lambda n, o: None, progress)
    assert max(found for found, _, _ in most) <= 3
    assert {of for _, of, _ in most} == {5}
    assert most[1][2] == ["film 0", "film 1"]


def test_progress_grows_to_the_whole():
    told = []
    produce(Runner(good(), good(), workers=1), pieces(2), 2, lambda n, o: None, lambda *said: told.append(said[0]))
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0, 2)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), Cancelled("stopped")])
def test_whoever_follows_may_stop_it(error):
    runner = Runner(*map(good, range(5)))

    def progress(done, of, names):
        if done:
            raise error

    with pytest.raises(type(error)):
        produce(runner, pieces(5), 5, lambda n, o: None, progress)
    assert runner.closed


def test_a_full_disk_ends_it():
    runner = Runner(StorageError("full"), good(), good())
    with pytest.raises(StorageError):
        produce(runner, pieces(3), 3, lambda n, o: None)
    assert runner.closed


def test_nothing_is_nothing():
    runner = Runner()
    produce(runner, iter(()), 0, lambda n, o: None)
    assert runner.closed
