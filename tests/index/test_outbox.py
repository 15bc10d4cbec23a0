"""test_outbox: events that wait for the daemon."""

from vidwatchd.index.outbox import KEPT_SECONDS


def test_events_come_in_order_after_a_number(index):
    assert index.outbox.last() == 0
    index.outbox.put("video", {"ids": [1], "why": "naïve 🎬"})
    index.outbox.put("jobs", {})
    first, second = index.outbox.since(0)
    assert first[1:] == ("video", {"ids": [1], "why": "naïve 🎬"})
    assert index.outbox.since(first[0]) == [second]
    assert index.outbox.last() == second[0]
    assert index.outbox.since(second[0]) == []


def test_progress_is_not_worth_a_row(index):
    index.outbox.put("progress", {"job_id": 1})
    assert index.outbox.since(0) == []


def test_old_events_go_and_their_numbers_never_come_again(index):
    index.outbox.put("jobs", {})
    index.db.conn.execute("UPDATE outbox SET at = at - ?", (KEPT_SECONDS + 1,))
    index.outbox.put("library", {"id": 1})
    assert [type_ for _, type_, _ in index.outbox.since(0)] == ["library"]
    assert index.outbox.last() == 2
    index.db.conn.execute("DELETE FROM outbox")
    assert index.outbox.last() == 2
