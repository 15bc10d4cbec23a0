import json
import re

import pytest

from tests.webapp.api.conftest import METHODS, filled, opened, rules
from vidwatchd.webapp import openapi


@pytest.fixture(scope="module")
def target(tmp_path_factory):
    """A shelf that may be changed at will."""
    with opened(tmp_path_factory.mktemp("target")) as shelf:
        yield shelf.add("a.mp4", "sub/b.mp4")


def test_the_description_lists_every_route(shelf):
    described = shelf.ask("/api/openapi.json")
    listed = {(method, path) for path, item in described["paths"].items() for method in METHODS if method in item}
    wanted = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule))
        for method, rule in rules(shelf.app)
        if not re.match(
            r"/(static|fragments|watch|search|people|duplicates|coverage|activity|libraries|settings|stored)?(/|$)",
            rule,
        )
        or rule.startswith("/api")
    }
    assert wanted - listed <= {("get", "/api/openapi.json")}
    assert listed <= wanted


def test_the_description_stands_by_itself():
    """What a generator of clients needs: every reference leads somewhere, every operation has a summary and answers."""
    described = json.loads(json.dumps(openapi()))
    assert described["openapi"].startswith("3.")
    assert set(described["info"]) >= {"title", "version"}
    for reference in set(re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(described))):
        place = described
        for part in reference.split("/"):
            place = place[part]
    for path, item in described["paths"].items():
        for method in METHODS:
            if method in item:
                assert item[method]["summary"], (method, path)
                assert item[method]["responses"]
                named = {p["name"] for p in item[method].get("parameters", []) if p["in"] == "path"}
                assert named == set(re.findall(r"{(\w+)}", path)), (method, path)
    operations = [item[m]["operationId"] for item in described["paths"].values() for m in METHODS if m in item]
    assert len(operations) == len(set(operations))


def test_every_route_knows_its_methods_and_says_so(shelf):
    for rule in {str(rule) for rule in shelf.app.url_map.iter_rules()}:
        answer = shelf.client.open(filled(rule), method="LINK")
        assert answer.status_code == 405, rule
        assert answer.headers["Allow"]
        if rule.startswith("/api"):
            assert set(answer.json) == {"error", "code", "hint"}


def test_every_answer_is_hardened(shelf):
    for path in ("/", "/health", "/api/videos", "/api/none", "/none", "/libraries", "/activity"):
        headers = shelf.client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "script-src 'self'" in headers["Content-Security-Policy"]


def test_a_body_that_is_too_large_is_refused(serve, target):
    server = serve(target.app, max_body_bytes=1000)
    status, _, body = server.ask("/api/videos/bulk", "POST", {"Content-Type": "application/json"}, b"x" * 5000)
    assert status == 413, body
