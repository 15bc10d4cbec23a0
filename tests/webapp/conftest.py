import contextlib
import os

import pytest
from flask import Flask, Response, request

from tests import waiting
from tests.webapp.wire import BIG, Running
from vidwatchd.webapp import problems, security
from vidwatchd.webapp.events import Hub
from vidwatchd.webapp.stream import inside, send_file_range


@pytest.fixture
def serve():
    """``serve(app)``: a running server, closed when the test ends."""
    with contextlib.ExitStack() as stack:

        def start(app, **options):
            server = Running(app, **options)
            stack.callback(server.end)
            return server

        yield start


@pytest.fixture
def until():
    """Wait for a condition, with a deadline."""
    return waiting.until


@pytest.fixture
def hub():
    """Remembers and buffers little."""
    return Hub(max_bytes=64 * 1024)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A big and a small file."""
    folder = tmp_path_factory.mktemp("library")
    (folder / "big.mp4").write_bytes(os.urandom(1 << 16) * (BIG >> 16))
    (folder / "small.jpg").write_bytes(b"picture")
    return folder


@pytest.fixture
def small_app(hub, folder):
    """A page at /, events at /events, files under /file/."""
    app = Flask("x")
    security.protect(app, security.Guard())
    problems.install(app)

    @app.get("/events")
    def events():
        stream = hub.subscribe(request.headers.get("Last-Event-ID"), until=lambda type, data: type == "last")
        return Response(stream, mimetype="text/event-stream", direct_passthrough=True)

    @app.get("/file/<path:path>")
    def file(path):
        return send_file_range(inside(str(folder), path))

    @app.route("/", methods=["GET", "POST"])
    def hi():
        return f"hi {len(request.get_data())}"

    return app
