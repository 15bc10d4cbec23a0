import logging
from html.parser import HTMLParser

import pytest
from flask import Flask, abort, redirect
from flask_openapi3 import OpenAPI
from pydantic import BaseModel

from vidwatchd.errors import LibraryOffline, NotFound
from vidwatchd.webapp import problems

PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


class Body(BaseModel):
    tags: list[str]
    rating: int | None = None


class Path(BaseModel):
    id: int


def make(page=None):
    app = OpenAPI("x", validation_error_callback=problems.invalid)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    problems.install(app, page=page)

    @app.post("/api/videos/<int:id>/tags")
    def tag(path: Path, body: Body):
        return {"id": path.id}

    @app.get("/api/gone")
    def gone():
        raise NotFound("there is no video 7", hint="scan again")

    @app.get("/offline")
    def offline():
        raise LibraryOffline("the folder <b>films</b> is not there", hint="mount it")

    @app.get("/api/bug")
    def bug():
        raise ZeroDivisionError("secret detail")

    @app.get("/api/teapot")
    def teapot():
        abort(418)

    @app.get("/old")
    def old():
        return redirect("/new")

    return app


@pytest.fixture
def client():
    return make().test_client()


def test_our_errors_carry_sentence_code_and_hint(client):
    response = client.get("/api/gone")
    assert response.status_code == 404
    assert response.json == {"error": "there is no video 7", "code": "not_found", "hint": "scan again"}
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/nothing", 404, "not_found"),
        ("DELETE", "/api/gone", 405, "method_not_allowed"),
        ("GET", "/api/teapot", 418, "i_m_a_teapot"),
    ],
)
def test_http_errors_have_the_same_shape(client, method, path, status, code):
    response = client.open(path, method=method)
    assert (response.status_code, response.json["code"]) == (status, code)
    assert set(response.json) == {"error", "code", "hint"}
    assert response.json["error"]


def test_405_still_says_what_is_allowed(client):
    response = client.delete("/api/gone")
    assert "GET" in response.headers["Allow"]
    assert "GET" in response.json["hint"]


def test_an_unexpected_error_is_logged_and_says_nothing_of_itself(client, caplog):
    with caplog.at_level(logging.ERROR):
        response = client.get("/api/bug")
    assert response.status_code == 500
    assert response.json["code"] == "internal_server_error"
    assert "secret" not in response.text
    assert "ZeroDivisionError: secret detail" in caplog.text


@pytest.mark.parametrize(
    ("send", "status", "word"),
    [
        ({"json": {"tags": "x"}}, 422, "tags"),
        ({"json": {}}, 422, "tags"),
        ({"json": {"tags": [], "rating": "many"}}, 422, "rating"),
        ({"data": b"{broken"}, 400, "JSON"),
        ({"json": [1]}, 400, "JSON"),
    ],
)
def test_validation_errors_have_the_same_shape(client, send, status, word):
    response = client.post("/api/videos/1/tags", **send)
    assert response.status_code == status
    assert word in response.json["error"]
    assert set(response.json) == {"error", "code", "hint"}


def test_a_browser_gets_a_page_and_a_program_json(client):
    page = client.get("/offline", headers=PAGE)
    assert page.status_code == 503
    assert page.mimetype == "text/html"
    assert "<b>films" not in page.text and "&lt;b&gt;films" in page.text
    HTMLParser().feed(page.text)
    assert client.get("/offline").json["code"] == "library_offline"
    assert client.get("/api/gone", headers=PAGE).json["code"] == "not_found"
    assert client.get("/nowhere", headers=PAGE).mimetype == "text/html"


def test_the_page_is_the_callers():
    client = make(page=lambda problem: f"{problem.status}|{problem.error}|{problem.hint}|{problem.code}").test_client()
    response = client.get("/offline", headers=PAGE)
    assert response.text == "503|the folder <b>films</b> is not there|mount it|library_offline"


def test_a_redirect_is_no_problem(client):
    assert client.get("/old").status_code == 302


def test_a_body_over_the_limit():
    app = Flask("x")
    app.config["MAX_CONTENT_LENGTH"] = 10
    problems.install(app)
    app.add_url_rule("/api/x", view_func=lambda: (problems.request.get_data(), "")[1], methods=["POST"])
    response = app.test_client().post("/api/x", data=b"x" * 100)
    assert (response.status_code, response.json["error"]) == (413, "the request is too large")
