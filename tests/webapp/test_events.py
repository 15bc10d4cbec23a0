import json
import threading

import pytest
from flask import Flask, Response

from vidwatchd.webapp.events import Hub, encode


def read(stream):
    return stream.take()[0].decode()


def events(text):
    """(id, type, data) of every event in a stream's text."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if "event" in fields:
            found.append((fields.get("id"), fields["event"], json.loads(fields["data"])))
    return found


def test_every_stream_gets_every_event_in_order():
    hub = Hub()
    streams = [hub.subscribe() for _ in range(3)]
    ids = [hub.publish("video", {"id": n}) for n in range(5)]
    for stream in streams:
        assert events(read(stream)) == [(ids[n], "video", {"id": n}) for n in range(5)]


def test_a_new_stream_knows_where_it_stands_before_anything_happens():
    hub = Hub()
    hub.publish("video", {})
    text = read(hub.subscribe())
    assert f"id: {hub.last_id}\n" in text
    assert events(text) == []


def test_last_event_id_replays_what_was_missed_and_no_more():
    hub = Hub()
    ids = [hub.publish("video", {"id": n}) for n in range(5)]
    assert [e[0] for e in events(read(hub.subscribe(ids[2])))] == ids[3:]
    assert events(read(hub.subscribe(ids[4]))) == []


def test_a_page_made_before_the_first_event_misses_nothing():
    hub = Hub()
    before = hub.last_id
    hub.publish("video", {"id": 1})
    assert [e[1] for e in events(read(hub.subscribe(before)))] == ["video"]


@pytest.mark.parametrize(
    "odd", ["nonsense", "-", "abcd1234-1", "{boot}-999", "{boot}--1", "{boot}-²", "{boot}-" + "9" * 50]
)
def test_an_id_that_is_not_known_any_more_gets_reset(odd):
    hub = Hub()
    boot = hub.publish("video", {}).partition("-")[0]
    assert events(read(hub.subscribe(odd.format(boot=boot)))) == [(hub.last_id, "reset", {})]


def test_more_missed_than_remembered_gets_reset():
    hub = Hub(keep=3)
    first = hub.publish("video", {})
    ids = [hub.publish("video", {}) for _ in range(4)]
    assert [e[1] for e in events(read(hub.subscribe(first)))] == ["reset"]
    assert [e[0] for e in events(read(hub.subscribe(ids[0])))] == ids[1:]


def test_a_replay_too_large_for_a_stream_is_a_reset_and_not_an_endless_loop():
    hub = Hub(max_bytes=1000)
    first = hub.publish("video", {})
    for _ in range(5):
        hub.publish("video", {"text": "x" * 300})
    stream = hub.subscribe(first)
    text, ended = stream.take()
    assert [e[1] for e in events(text.decode())] == ["reset"]
    assert not ended


def test_ids_of_another_run_are_foreign():
    assert Hub().last_id != Hub().last_id


def test_filter_and_last_event():
    hub = Hub()
    stream = hub.subscribe(
        accepts=lambda type, data: type == "job" and data["id"] == 7, until=lambda type, data: data["state"] == "done"
    )
    hub.publish("video", {"id": 7})
    hub.publish("job", {"id": 8, "state": "done"})
    hub.publish("job", {"id": 7, "state": "running"})
    hub.publish("job", {"id": 7, "state": "done"})
    hub.publish("job", {"id": 7, "state": "queued"})
    wire, ended = stream.take()
    assert [e[2]["state"] for e in events(wire.decode())] == ["running", "done"]
    assert ended


def test_send_tells_one_client_alone():
    hub = Hub()
    one, other = hub.subscribe(), hub.subscribe()
    one.send("job", {"state": "done"})
    one.finish()
    assert events(read(one)) == [(None, "job", {"state": "done"})]
    assert events(read(other)) == []


def test_a_client_too_far_behind_is_ended():
    hub = Hub(max_bytes=1000)
    slow = hub.subscribe()
    for _ in range(10):
        hub.publish("video", {"text": "x" * 300})
    assert slow.take() == (b"", True)


def test_closing_unsubscribes():
    hub = Hub()
    with hub.subscribe():
        assert len(hub) == 1
    assert len(hub) == 0


def test_after_close_old_and_new_streams_end():
    hub = Hub()
    old = hub.subscribe()
    hub.close()
    assert old.take()[1]
    assert hub.subscribe().take()[1]


def test_data_holds_no_line_break_whatever_it_says():
    wire = encode("video", {"name": "a\nb\r\n\u2028\u0085é\ud800"}, "x-1").decode()
    assert len(wire.splitlines()) == 4  # id, event, data, end
    assert wire.isascii()


def test_iterated_it_blocks_until_something_happens():
    hub = Hub()
    stream = hub.subscribe()
    next(stream)
    threading.Timer(0.05, lambda: hub.publish("video", {"id": 1})).start()
    assert events(next(stream).decode())[0][1] == "video"
    hub.close()
    assert list(stream) == []


def test_under_another_server_it_is_a_plain_body():
    hub, app = Hub(), Flask("x")
    app.add_url_rule(
        "/", view_func=lambda: Response(hub.subscribe(), mimetype="text/event-stream", direct_passthrough=True)
    )
    response = app.test_client().get("/", buffered=False)
    body = response.iter_encoded()
    assert b"retry:" in next(body)
    hub.publish("video", {"id": 1})
    assert b"event: video" in next(body)
    response.close()
    assert len(hub) == 0


def test_many_publishers_lose_nothing():
    hub = Hub(keep=4000)
    stream = hub.subscribe()
    threads = [threading.Thread(target=lambda: [hub.publish("video", {}) for _ in range(200)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = [int(e[0].rpartition("-")[2]) for e in events(read(stream))]
    assert numbers == list(range(1, 1601))
