import re

import pytest

from tests.live import put
from vidwatchd import config, operations
from vidwatchd.operations import libraries
from vidwatchd.operations.scan import scan
from vidwatchd.webapp import AnyPath, create_app, openapi
from vidwatchd.webapp.events import Hub


@pytest.fixture
def client(tmp_path):
    put(tmp_path / "lib", "a.mp4")
    put(tmp_path / "lib", "new\nline.mp4", 1)
    settings = config.parse(
        {"data_dir": str(tmp_path / "data"), "watch": {"settle_seconds": 0}}, tmp_path / "videorc.json"
    )
    with operations.open(settings) as ctx:
        libraries.add(ctx, str(tmp_path / "lib"))
        scan(ctx, ctx.index.libraries.all()[0])
        yield create_app(ctx, Hub()).test_client()


def test_a_stream_tells_what_happened_since_its_page_was_made(tmp_path):
    with operations.nowhere(config.parse({"data_dir": str(tmp_path)})) as ctx:
        hub = Hub()
        client = create_app(ctx, hub).test_client()
        page = client.get("/activity").text
        since = re.search(r'data-events-since="([^"]+)"', page)[1]
        hub.publish("video", {"ids": [7], "why": "artifact"})
        with client.get(f"/api/events?since={since}", buffered=False) as answer:
            told = "".join(next(answer.response).decode() for _ in range(1))
        assert '"ids": [7]' in told or '"ids":[7]' in told


def test_the_description_needs_no_library_and_no_file():
    described = openapi()
    assert described["info"]["title"] == "vidwatchd"
    assert {"/health", "/api/health", "/api/videos", "/videos", "/api/events", "/api/libraries"} <= set(
        described["paths"]
    )


@pytest.mark.parametrize(
    "path", ["/", "/activity", "/libraries", "/watch/1", "/?q=a", "/?sort=name", "/?fragment=cards"]
)
def test_pages_over_the_real_operations(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.mimetype == "text/html"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/?min_duration=long", 400),
        ("/?limit=99999", 400),
        ("/?sort=colour", 400),
        ("/?cursor=nonsense", 400),
        ("/?library=none", 404),
        ("/?library=%00", 404),
        ("/fragments/cards?ids=x", 400),
        ("/?min_height=" + "9" * 40, 400),
        ("/watch/999", 404),
        ("/none", 404),
    ],
)
def test_a_page_says_what_is_wrong_with_it(client, path, status):
    answer = client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    assert b"Traceback" not in answer.data


def test_programs_get_problems_as_json(client):
    answer = client.get("/api/none", headers={"Accept": "text/html"})
    assert (answer.status_code, set(answer.json)) == (404, {"error", "code", "hint"})


def test_names_with_line_breaks_have_addresses(client):
    assert client.get("/videos/new%0Aline.mp4/tags").json["video"] == "new\nline.mp4"
    assert AnyPath.part_isolating is False


def test_a_body_nested_without_end_is_no_json(client):
    answer = client.post("/api/videos/1/tags", data=b"[" * 100_000, content_type="application/json")
    assert answer.status_code in (400, 422)
