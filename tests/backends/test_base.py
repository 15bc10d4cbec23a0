"""test_base: which backend is tried, in what order, and what happens when one fails or has nothing to say."""

import pytest

from vidwatchd.backends.base import BackendContext, choose, run
from vidwatchd.errors import Cancelled, MediaError, Unavailable, UsageError


class Fake:
    task = "echo"

    def __init__(self, name, rank, answer=None, lacking=""):
        self.name, self.rank, self.answer = name, rank, answer
        self.lacking = Unavailable(lacking) if lacking else None

    def ready(self):
        return self.lacking

    def run(self, request, ctx):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer and f"{self.answer} {request}"

    def unload(self):
        pass


HERE = BackendContext("")


def names(backends):
    return [backend.name for backend in backends]


def test_auto_takes_what_is_ready_the_best_first():
    given = [Fake("plain", -1), Fake("best", 10, lacking="not here"), Fake("good", 5)]
    assert names(choose(given)) == ["good", "plain"]


def test_one_that_is_named_is_the_only_one():
    assert names(choose([Fake("plain", -1), Fake("good", 5)], "plain")) == ["plain"]


def test_one_that_is_named_and_not_ready_says_why():
    with pytest.raises(Unavailable, match="needs a model"):
        choose([Fake("plain", -1), Fake("best", 10, lacking="needs a model")], "best")


def test_where_none_is_ready_the_best_one_says_why():
    with pytest.raises(Unavailable, match="first"):
        choose([Fake("b", 1, lacking="second"), Fake("a", 2, lacking="first")])


def test_an_unknown_name_is_a_usage_error_that_lists_the_known_ones():
    with pytest.raises(UsageError) as caught:
        choose([Fake("plain", -1)], "fancy")
    assert "plain" in caught.value.hint


def test_the_first_answer_counts():
    ran = run([Fake("a", 2, "hello"), Fake("b", 1, "later")], "you", HERE)
    assert (ran.result, ran.backend, ran.fallback_from) == ("hello you", "a", ())


def test_a_failure_falls_to_the_next_and_is_told():
    ran = run([Fake("a", 2, MediaError("out of memory")), Fake("b", 1, "hello")], "you", HERE)
    assert (ran.backend, ran.fallback_from) == ("b", (("a", "out of memory"),))


def test_nothing_to_say_asks_the_next():
    assert run([Fake("a", 2), Fake("b", 1, "hello")], "you", HERE).backend == "b"
    assert run([Fake("a", 2), Fake("b", 1)], "you", HERE) is None


def test_when_all_fail_the_best_ones_reason_is_told():
    with pytest.raises(MediaError, match="first"):
        run([Fake("a", 2, MediaError("first")), Fake("b", 1, MediaError("second"))], "you", HERE)


def test_a_stop_is_no_failure_to_fall_back_from():
    with pytest.raises(Cancelled):
        run([Fake("a", 2, Cancelled("stopped")), Fake("b", 1, "hello")], "you", HERE)
    with pytest.raises(Cancelled):
        run([Fake("a", 2, "hello")], "you", BackendContext("", cancelled=lambda: True))
