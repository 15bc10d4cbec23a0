"""test_stored: the routes of stored forms, as a browser's player asks them."""

import pytest

from tests.forms import put_form
from tests.live import put
from tests.webapp.api.conftest import opened
from vidwatchd.errors import Busy
from vidwatchd.operations import joined

UNKNOWN = "5f0ad63f-6c0b-4a6f-9f0e-0a4f6c4b7d51"


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """One video with a stored form, one with a silent one, one without."""
    home = tmp_path_factory.mktemp("stored")
    with opened(home) as shelf:
        put(home / "lib", "c.mp4", 3)
        shelf.add("a.mp4", "sub/b.mp4")
        ids = shelf.ids()
        shelf.mark = put_form(shelf.ctx, ids["a.mp4"], made_at=9.0)
        shelf.silent = put_form(shelf.ctx, ids["sub/b.mp4"], made_at=5.0, sound_seconds=0)
        yield shelf


def test_the_list(shelf):
    found = shelf.ask("/api/stored")
    assert found["ids"] == [shelf.mark, shelf.silent]
    assert found["counts"]["ready"] == found["total"] == 2
    assert shelf.ask("/api/stored?limit=1&offset=1&status=ready&q=b")["stored"] == []
    assert shelf.ask("/api/stored?limit=1")["next_offset"] == 1
    for wrong in ("limit=0", "limit=9999", "offset=-1", "status=done"):
        shelf.refused(f"/api/stored?{wrong}", status=422)


def test_one_and_its_files(shelf):
    for path in (f"/api/stored/{shelf.mark}", f"/api/stored/{shelf.mark}/status"):
        found = shelf.ask(path)
        assert (found["status"], found["manifest"]["resultant"]["codec"]) == ("ready", "h264")
    for what, mimetype in (("audio", "audio/aac"), ("script", "text/plain"), ("resultant", "video/mp4")):
        answer = shelf.client.get(found["files"][what])
        assert (answer.status_code, answer.content_type.startswith(mimetype)) == (200, True), what


def test_a_player_seeks_in_what_is_joined(shelf):
    done = shelf.ask("/api/reconstitute", {"stored_id": shelf.mark})
    assert done["ready"]
    whole = shelf.client.get(done["stream_url"])
    assert (whole.status_code, whole.content_type, whole.headers["Accept-Ranges"]) == (200, "video/mp4", "bytes")
    assert whole.data[4:8] == b"ftyp"
    tag = whole.headers["ETag"]
    part = shelf.client.get(done["stream_url"], headers={"Range": "bytes=100-199", "If-Range": tag})
    assert (part.status_code, part.data) == (206, whole.data[100:200])
    other = shelf.client.get(done["stream_url"], headers={"Range": "bytes=100-199", "If-Range": '"other"'})
    assert other.status_code == 200
    head = shelf.client.head(done["stream_url"])
    assert (head.status_code, head.data, head.headers["Content-Length"]) == (200, b"", str(len(whole.data)))
    assert shelf.client.get(done["stream_url"], headers={"If-None-Match": tag}).status_code == 304
    assert shelf.client.get(done["stream_url"], headers={"Range": "bytes=99999999-"}).status_code == 416


def test_it_can_be_saved_under_the_films_name(shelf):
    saved = shelf.client.get(f"/stream/{shelf.mark}?original=0&download=1").headers["Content-Disposition"]
    assert 'filename="a.stored.mp4"' in saved
    assert "Content-Disposition" not in shelf.client.get(f"/stream/{shelf.mark}").headers
    assert (
        'filename="a.mp4"'
        in shelf.client.get(f"/stream/{shelf.mark}?original=1&download=1").headers["Content-Disposition"]
    )


def test_without_sound_the_picture_itself_is_sent(shelf):
    found = shelf.ask(f"/api/stored/{shelf.silent}")
    assert shelf.client.get(found["stream_url"]).data == shelf.client.get(found["files"]["resultant"]).data


def test_the_original(shelf):
    data = (shelf.lib / "a.mp4").read_bytes()
    answer = shelf.client.get(f"/stream/{shelf.mark}?original=1", headers={"Range": "bytes=0-9"})
    assert (answer.status_code, answer.data) == (206, data[:10])
    done = shelf.ask("/api/reconstitute", {"stored_id": shelf.mark, "original": True})
    assert done["stream_url"] == f"/stream/{shelf.mark}?original=1"
    try:
        (shelf.lib / "a.mp4").unlink()
        assert shelf.refused(f"/stream/{shelf.mark}?original=1", status=410) == "gone"
        assert shelf.refused("/api/reconstitute", {"stored_id": shelf.mark, "original": True}, status=410) == "gone"
        assert shelf.client.get(f"/stream/{shelf.mark}?original=0").status_code == 200
    finally:
        (shelf.lib / "a.mp4").write_bytes(data)


def test_what_is_on_its_way(shelf):
    video = shelf.ids()["c.mp4"]
    shelf.ctx.index.forms.put(video, UNKNOWN)
    try:
        assert shelf.ask(f"/api/stored/{UNKNOWN}/status")["status"] == "processing"
        assert shelf.refused("/api/reconstitute", {"stored_id": UNKNOWN}, status=409) == "conflict"
        assert shelf.refused(f"/stream/{UNKNOWN}", status=409) == "conflict"
    finally:
        shelf.ctx.index.forms.remove(video)


def test_a_player_is_told_when_to_come_back(shelf, monkeypatch):
    def busy(*given):
        raise Busy("the film is being put together")

    monkeypatch.setattr(joined.Joined, "file", busy)
    answer = shelf.client.get(f"/stream/{shelf.mark}")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


@pytest.mark.parametrize("wrong", [UNKNOWN, "1", "x", "..%2f..", "%00", "9" * 60, "%F0%9F%8E%AC"])
def test_unknown_ids(shelf, wrong):
    for path in (f"/api/stored/{wrong}", f"/api/stored/{wrong}/status", f"/stream/{wrong}"):
        shelf.refused(path, status=404)


def test_ids_too_long_to_be_any_and_bodies_that_are_none(shelf):
    shelf.refused(f"/stream/{'9' * 65}", status=422)
    shelf.refused("/api/reconstitute", {"stored_id": UNKNOWN}, status=404)
    for wrong in ({}, {"stored_id": 1}, {"stored_id": "x", "more": 1}, {"stored_id": "\0"}):
        shelf.refused("/api/reconstitute", wrong, status=422)
