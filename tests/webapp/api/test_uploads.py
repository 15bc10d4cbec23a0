"""test_uploads: the route of uploads, without the server that streams them."""

from tests.live import clip
from tests.sending import TYPE, form


def test_upload(fresh, monkeypatch):
    store = fresh.ctx.config.store.model_copy(update={"min_free_gb": 0})
    fresh.ctx.config = fresh.ctx.config.model_copy(update={"store": store})
    found = fresh.ask("/api/store", method="POST", data=form(clip(), "Füße.mp4"), content_type=TYPE, status=202)
    assert (found["status"], found["name"], found["duplicate"]) == ("processing", "Füße.mp4", False)
    assert fresh.ask(f"/api/videos/{found['video_id']}")["library"] == "Uploads"
    assert fresh.refused("/api/store", {"a": 1}, status=400) == "usage_error"
    code = fresh.refused("/api/store", method="POST", data=form(b"junk"), content_type=TYPE, status=415)
    assert code == "unsupported_media"
