"""test_answers: the description tells what comes in and goes out besides JSON, and what real answers are."""

import pytest

from tests.sending import TYPE, form
from vidwatchd.webapp import openapi
from vidwatchd.webapp.api import answers
from vidwatchd.webapp.multipart import TYPE as FORM


@pytest.fixture(scope="module")
def described():
    return openapi()


def operation(described, method, path):
    return described["paths"][path][method]


def test_the_form_of_an_upload(described):
    found = operation(described, "post", "/api/store")
    assert found["requestBody"]["required"] is True
    assert list(found["requestBody"]["content"]) == [FORM]
    schema = found["requestBody"]["content"][FORM]["schema"]
    assert schema["required"] == ["file"]
    kinds = {name: (each["type"], each.get("format")) for name, each in schema["properties"].items()}
    assert kinds == {"file": ("string", "binary"), "keep_original": ("boolean", None)}
    assert set(found["responses"]) == {"202", "400", "401", "413", "415", "503", "507", "default"}
    assert "Retry-After" in found["responses"]["503"]["headers"]


def test_films_and_files_in_ranges(described):
    ranged = {"200", "206", "304", "416"}
    film = operation(described, "get", "/stream/{stored_id}")["responses"]
    assert ranged | {"404", "410", "503"} <= set(film)
    assert film["206"]["content"]["video/*"]["schema"] == {"type": "string", "format": "binary"}
    assert "Content-Range" in film["416"]["headers"]
    for path in ("/api/videos/{video_id}/file", "/api/videos/{video_id}/artifacts/{kind}/{file}"):
        assert ranged <= set(operation(described, "get", path)["responses"])


def test_texts_streams_and_what_is_done_later(described):
    for path, kind in (("/api/events", "text/event-stream"), ("/api/videos/{video_id}/chapters.vtt", "text/vtt")):
        assert list(operation(described, "get", path)["responses"]["200"]["content"]) == [kind]
    assert "202" in operation(described, "post", "/jobs")["responses"]
    assert "201" in operation(described, "post", "/api/libraries")["responses"]
    changed = operation(described, "patch", "/api/settings")
    assert {"200", "400", "422"} <= set(changed["responses"])
    assert list(changed["requestBody"]["content"]) == ["application/json"]


def test_every_route_answers_when_all_is_well_and_tells_errors_alike(described):
    wrong = {"$ref": f"#/components/schemas/{answers.PROBLEM}"}
    for path, item in described["paths"].items():
        for method, found in item.items():
            told = found["responses"]
            assert any(status.startswith("2") for status in told), (method, path)
            assert told["default"]["content"]["application/json"]["schema"] == wrong
            if not found.get("parameters") and "requestBody" not in found:
                assert "422" not in told, (method, path)
    assert not [name for name in described["components"]["schemas"] if "Validation" in name]


def test_answers_are_as_described(shelf, described):
    """What a real app says has a status that stands there, and the shape."""
    shape = described["components"]["schemas"][answers.PROBLEM]
    client, told = shelf.client, operation(described, "post", "/api/store")["responses"]
    for body, kind in ((form(b"x"), TYPE), (form(b""), TYPE), (b"{}", "application/json")):
        answer = client.post("/api/store", data=body, content_type=kind)
        assert str(answer.status_code) in told
        assert list(answer.json) == shape["required"]
    answer = client.get("/stream/none")
    assert (answer.status_code, set(answer.json)) == (404, set(shape["properties"]))
