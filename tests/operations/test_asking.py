"""test_asking: questions go to a worker of their own, and nobody waits for a model longer than they want."""

import threading

import pytest

from vidwatchd import artifacts
from vidwatchd.errors import Unavailable
from vidwatchd.model import ArtifactState, Outcome
from vidwatchd.operations import meaning
from vidwatchd.operations.asking import Asker


@pytest.fixture(autouse=True)
def _with_meaning(monkeypatch):
    monkeypatch.setattr(artifacts, "KINDS", {**artifacts.KINDS, "meaning": meaning.Meaning})


class Slow:
    """A runner whose answers come when they are let go."""

    def __init__(self, outcome=None):
        self.asked, self.go, self.outcome = [], threading.Event(), outcome

    def submit(self, task, *, timeout_seconds):
        self.asked.append(task.settings["texts"])
        facts = {"dimensions": 1, "vectors": "AAAAAAAAAAAA"[: 4 * -(-2 * len(self.asked[-1]) // 3)]}
        outcome = self.outcome or Outcome("embed", ArtifactState.DONE, facts=facts)
        ticket = type("Ticket", (), {})()
        ticket.done, ticket.result = self.go.is_set, lambda: [outcome]
        return ticket

    def close(self):
        self.asked.append("closed")


def three(asker, *texts, patience=0.05):
    return asker.vectors("/m", "m:1", texts, patience)


def test_nobody_waits_longer_than_they_want_and_the_answer_is_kept():
    runner = Slow()
    asker = Asker(runner, "cpu")
    with pytest.raises(Unavailable, match=r"being loaded.*again in a moment"):
        three(asker, "a", "b", "c")
    runner.go.set()
    assert len(three(asker, "c", "a", "b")) == 3
    assert runner.asked == [("a", "b", "c")], "it was asked once"
    asker.close()
    assert runner.asked[-1] == "closed"


def test_only_what_is_not_known_is_asked():
    runner = Slow()
    runner.go.set()
    asker = Asker(runner, "cpu")
    three(asker, "a", "b", "c")
    three(asker, "d", "a", "e", "f", "d")
    assert runner.asked[1] == ("d", "e", "f")


def test_a_failure_is_unavailable_and_the_next_question_is_asked_anew():
    runner = Slow(Outcome("embed", ArtifactState.FAILED, error="it broke"))
    runner.go.set()
    asker = Asker(runner, "cpu")
    for _ in range(2):
        with pytest.raises(Unavailable, match="it broke"):
            three(asker, "a")
    assert len(runner.asked) == 2
