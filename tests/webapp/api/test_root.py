import json

import pytest

from tests.live import ALL, MADE, quoted
from tests.webapp.api.conftest import ODD
from vidwatchd import __version__


@pytest.mark.parametrize("path", ["/health", "/api/health"])
def test_health(shelf, path):
    assert shelf.ask(path) == {"status": "ok", "version": __version__}


@pytest.mark.parametrize("prefix", ["", "/api"])
def test_report_has_the_promised_shape(shelf, prefix):
    report = shelf.ask(f"{prefix}/report")
    assert set(report) == {"total", "kinds", "videos"}
    assert report["total"] == len(report["videos"]) == 5
    assert set(report["kinds"]) == set(ALL)
    assert report["kinds"]["thumbs"] == {"done": 4, "percent": 80.0, "missing": 0, "failed": 1, "unavailable": 0}
    assert report["videos"][0] == {"path": "a.mp4", "artifacts": MADE}
    inside = shelf.ask(f"{prefix}/report?directory={shelf.lib}/sub&recursive=true")
    assert [video["path"] for video in inside["videos"]] == ["b.mp4", "deep/c.mp4"]
    shelf.refused(f"{prefix}/report?directory=/etc", status=404)


def test_everybody_who_is_seen(shelf):
    found = shelf.ask("/api/faces/listing?offset=0&limit=200")
    assert {name: found[name] for name in ("total", "offset", "limit", "people")} == {
        "total": 0, "offset": 0, "limit": 200, "people": [],
    }  # fmt: skip
    assert shelf.ask("/faces/listing") == {**found, "cached": True}
    assert not shelf.ask("/faces/listing?refresh=1")["cached"]
    shelf.refused("/faces/listing?limit=0", status=422)


def test_the_root_answers_as_the_api_does(shelf):
    for path in ("/videos?sort=name", "/jobs", "/report", "/health", f"/tags/export?directory={shelf.lib}"):
        assert shelf.ask(path) == shelf.ask(f"/api{path}")


def test_videos_by_name(shelf):
    where = f"?directory={shelf.lib}/sub"
    assert shelf.ask(f"/videos/b.mp4/artifacts{where}") == MADE
    assert shelf.ask(f"/videos/deep/c.mp4/tags{where}")["video"] == "sub/deep/c.mp4"
    document = shelf.client.get(f"/videos/b.mp4/metadata{where}")
    assert json.loads(document.data)["format"]["duration"] == "1.500000"
    assert shelf.ask("/videos/sub/b.mp4/tags")["video"] == "sub/b.mp4", "the directory is the library by default"
    assert shelf.ask(f"/videos/{quoted(ODD)}/artifacts?directory={shelf.lib}")["thumbs"] == "done"


@pytest.mark.parametrize(
    "path",
    [
        "/videos/none.mp4/tags", "/videos/b.mp4/tags?directory=/etc", "/videos/b.mp4/tags?directory=../../etc",
        "/videos/../../etc/passwd/metadata", "/videos/%2e%2e/%2e%2e/etc/passwd/metadata", "/videos/a%00.mp4/tags",
        "/videos/b.mp4/metadata?directory=%00", "/videos/broken.mp4/metadata", "/videos/sub/outside.mp4/metadata",
    ],
)  # fmt: skip
def test_nothing_outside_is_found(shelf, path):
    shelf.refused(path, status=404)


def test_tags_by_name_and_export_and_import(fresh):
    where = f"?directory={fresh.lib}&recursive=true"
    body = {"add": ["sea"], "performers_add": ["Ann"]}
    assert fresh.ask(f"/videos/sub/b.mp4/tags{where}", body)["tags"] == ["sea"]
    exported = fresh.ask(f"/tags/export{where}")
    (entry,) = exported["videos"]
    assert (entry["video"], entry["tags"], entry["performers"]) == ("sub/b.mp4", ["sea"], ["Ann"])
    exported["videos"].append({"video": "none.mp4", "tags": ["x"]})
    fresh.ask(f"/videos/sub/b.mp4/tags{where}", {"remove": ["sea"], "add": ["kept"]})
    assert fresh.ask(f"/tags/import{where}", exported) == {"updated": 1, "unknown": ["none.mp4"]}
    assert fresh.ask(f"/videos/sub/b.mp4/tags{where}")["tags"] == ["kept", "sea"]
    fresh.refused(f"/tags/import{where}", {"videos": [{"tags": []}]}, status=422)


def test_coverage_is_told_in_counts_and_reasons(shelf):
    found = shelf.ask("/api/coverage")
    kinds = {kind["kind"]: kind for kind in found["kinds"]}
    assert found["total"] == shelf.ask("/api/report")["total"]
    assert kinds["thumbs"]["done"] == shelf.ask("/api/report")["kinds"]["thumbs"]["done"]
    assert kinds["thumbs"]["reasons"].keys() == {"failed", "unavailable"}
