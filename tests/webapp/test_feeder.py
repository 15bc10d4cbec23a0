import contextlib
import socket

from tests.webapp.wire import EVENTS, drain, next_event


def test_many_streams_hold_no_request_thread(small_app, hub, serve, until):
    server = serve(small_app, threads=2)
    with contextlib.ExitStack() as stack:
        streams = server.follow(stack, 120)
        for _ in range(20):
            assert server.ask()[0] == 200
        hub.publish("video", {"id": 1})
        assert {next_event(stream) for stream in streams} == {"video"}
        assert len(hub) == 120
    until(lambda: len(hub) == 0)  # every one of them left, and is noticed without anything being published


def test_a_reconnecting_client_resumes(small_app, hub, serve):
    server = serve(small_app)
    ids = [hub.publish("video", {"id": n}) for n in range(3)]
    hub.publish("last", {})
    status, headers, body = server.ask("/events", headers={"Last-Event-ID": ids[1]})
    assert status == 200
    assert headers["Content-Type"].startswith("text/event-stream")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert body.count(b"event: ") == 2
    assert ids[2].encode() in body


def test_the_last_event_ends_the_stream_properly(small_app, hub, serve, until):
    server = serve(small_app)
    with contextlib.ExitStack() as stack:
        (stream,) = server.follow(stack, 1)
        hub.publish("last", {"state": "done"})
        assert stream.read().endswith(b'data: {"state":"done"}\n\n')  # an unfinished body would raise
    until(lambda: len(hub) == 0)


def test_heartbeats(small_app, serve):
    server = serve(small_app, heartbeat_seconds=0.05)
    with contextlib.ExitStack() as stack:
        (stream,) = server.follow(stack, 1)
        lines = [stream.readline() for _ in range(8)]
        assert lines.count(b":\n") >= 3


def test_a_client_that_does_not_read_is_dropped_and_others_are_not(small_app, hub, serve, until):
    server = serve(small_app)
    with contextlib.ExitStack() as stack:
        (reader,) = server.follow(stack, 1)
        slow = stack.enter_context(server.connect(EVENTS, receive_bytes=4096))
        until(lambda: len(hub) == 2)
        assert slow.recv(1, socket.MSG_PEEK)  # its stream is handed over once it has begun
        seen = 0
        while len(hub) == 2:
            hub.publish("video", {"text": "x" * 20_000})
            assert next_event(reader) == "video"
            seen += 1
            assert seen < 2000
        assert len(hub) == 1
        assert b"event: video" in drain(slow)
        hub.publish("video", {})
        assert next_event(reader) == "video"
