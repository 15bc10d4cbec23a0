"""test_f23_access: strangers, foreign pages and whatever else may be sent: refused, and never a crash."""

import json
import re
import threading
import time
from functools import cache
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.webapp.api.conftest import METHODS, filled, opened, rules
from vidwatchd.webapp import openapi


@pytest.fixture(scope="module")
def target(tmp_path_factory):
    """A shelf that may be changed at will."""
    with opened(tmp_path_factory.mktemp("target")) as shelf:
        yield shelf.add("a.mp4", "sub/b.mp4")


def test_f23_every_route_refuses_a_foreign_host_and_a_foreign_page(target):
    for method, rule in rules(target.app):
        answer = target.client.open(filled(rule), method=method.upper(), headers={"Host": "evil.example"})
        assert (answer.status_code, answer.json["code"]) == (403, "forbidden"), (method, rule)
        if method != "get":
            for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
                answer = target.client.open(filled(rule), method=method.upper(), headers=headers, json={})
                assert answer.status_code == 403, (method, rule, headers)


def test_f23_every_route_wants_the_password_where_there_is_one(target):
    from vidwatchd.webapp import create_app
    from vidwatchd.webapp.security import Credentials

    app = create_app(target.ctx, target.hub, Credentials("ann", "secret"))
    for method, rule in rules(app):
        answer = app.test_client().open(filled(rule), method=method.upper(), json={} if method != "get" else None)
        assert answer.status_code == 401, (method, rule)
        assert answer.headers["WWW-Authenticate"].startswith("Basic")
    assert app.test_client().get("/health", auth=("ann", "secret")).status_code == 200


TEXT = st.one_of(
    st.text(max_size=8),
    st.sampled_from(["", "\0", "\ud800", "\udcff", "..", "../..", "/", "/etc/passwd", "%", "'", '"', "*", "a.mp4", "sub",
                     "1", "-1", "9" * 30, "1e400", "nan", "thumbs", "finish", "NEAR/2", "jpg", "-added", "any"]),
)  # fmt: skip
QUERY = st.one_of(TEXT, st.integers(-2, 2**70).map(str), st.sampled_from(["true", "0.5", "1"]))
VALUE = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=2)),
    max_leaves=5,
)


@cache
def description():
    return openapi()


@st.composite
def requests(draw):
    described = description()
    path = draw(st.sampled_from(sorted(described["paths"])))
    method = draw(st.sampled_from([m for m in METHODS if m in described["paths"][path]]))
    operation = described["paths"][path][method]
    names = {p["name"]: p for p in operation.get("parameters", []) if p["in"] == "query"}
    query = draw(st.dictionaries(st.sampled_from(sorted(names)), QUERY, max_size=4)) if names else {}
    place = re.sub(r"{(\w+)}", lambda m: draw(_part(m[1])), path)
    body = draw(st.one_of(_body(described, operation), VALUE)) if "requestBody" in operation else None
    return method, place, query, body


def _part(name):
    known = st.sampled_from(["1", "2", "thumbs", "a.mp4", "sub/b.mp4", "jpg"])
    return st.one_of(known, known, TEXT.map(lambda text: quote(text.encode("utf-8", "surrogatepass"), safe="") or "x"))


def _body(described, operation):
    (content,) = operation["requestBody"]["content"].values()  # of a form too, though it is sent as JSON
    name = content["schema"].get("$ref", "").rpartition("/")[2]
    schema = described["components"]["schemas"][name] if name else content["schema"]
    chosen = {
        key: st.one_of(VALUE, st.lists(st.integers(1, 3), max_size=2), st.lists(TEXT, max_size=2), TEXT)
        for key in schema.get("properties", ())
        if key != "path"  # no folder of this machine becomes a library here
    }
    return st.fixed_dictionaries({}, optional=chosen)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
@given(asked=requests())
def test_f23_whatever_is_asked_the_answer_is_no_crash(target, asked):
    method, path, query, body = asked
    if path.endswith("/events"):
        return  # they do not end
    sent = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
    text = {key: value.encode("utf-8", "surrogatepass") for key, value in query.items()}
    answer = target.client.open(path, method=method.upper(), query_string=text, **sent)
    assert answer.status_code < 500 or answer.status_code in (503, 507), answer.data
    if answer.status_code >= 400:
        assert set(answer.json) == {"error", "code", "hint"}
    assert b"root:x:0" not in answer.data
    target.followed.clear()


def _asking(app, answered, done):
    """Ask again and again, and note when each question was asked and answered."""
    while not done.is_set():
        asked = time.monotonic()
        if app.test_client().get("/health").status_code == 200:
            answered.append((asked, time.monotonic()))
        time.sleep(0.01)


def test_f23_a_pattern_that_would_take_for_ever_is_refused_and_holds_up_nobody(target, monkeypatch):
    from vidwatchd.operations import patterns

    (target.lib / f"{'a' * 80}.mp4").write_bytes(b"x")
    bomb = {"source": r"(\w|\w\w|.)+[^\w.]{2}$", "target": "x", "regex": True, "dry_run": False}
    for seconds in (0.5, 4.0, 32.0):  # a slow machine answers less often
        monkeypatch.setattr(patterns, "PATTERN_SECONDS", seconds)
        answered, done = [], threading.Event()
        other = threading.Thread(target=_asking, args=(target.app, answered, done))
        other.start()
        began = time.monotonic()
        try:
            assert target.refused("/api/rename", bomb, status=400) == "usage_error"
        finally:
            done.set()
            other.join()
        # In the middle half of that time nothing else was done than to look for the pattern.
        if any(began + seconds / 4 < asked and at < began + seconds * 3 / 4 for asked, at in answered):
            return
    pytest.fail("the pattern held up all other requests")


def test_f23_no_rename_leaves_a_library_or_reaches_one_from_outside(target, tmp_path):
    (tmp_path / "secret.mp4").write_bytes(b"x")
    video = next(iter(target.ids().values()))
    for name in ("../out.mp4", "/tmp/out.mp4", "sub/../../out.mp4", "..", ".hidden.mp4", "out.txt", "x" * 252 + ".mp4"):
        answer = target.client.post(f"/api/videos/{video}/rename", json={"name": name})
        assert answer.status_code in (400, 422), name
    for directory in (str(tmp_path), "..", "../..", "/", "/etc", "sub/../.."):
        body = {
            "directory": directory,
            "source": "secret",
            "target": "open",
            "ext": "*",
            "recursive": True,
            "dry_run": False,
        }
        assert target.client.post("/api/rename", json=body).status_code == 404, directory
    inside = {"source": "a", "target": "../a", "ext": "*", "dry_run": False}
    assert target.ask("/api/rename", inside)["applied"] == 0
    assert (tmp_path / "secret.mp4").exists()
