import json
import os
from urllib.parse import quote

import pytest

from tests.live import ALL, KINDS, MADE, put, quoted, unlike
from tests.webapp.api.conftest import ODD
from vidwatchd.model import portable

ITEM = {
    "id", "name", "path", "library", "library_id", "folder", "duration_seconds", "width", "height", "size_bytes",
    "video_codec", "presence", "problem", "added_at", "tags", "performers", "people", "artifacts", "thumb_url", "sprite",
}  # fmt: skip
ODD_PATH = portable(os.fsdecode(ODD))


class TestList:
    def test_items_have_the_promised_members(self, shelf):
        page = shelf.ask("/api/videos")
        assert set(page) == {"videos", "next_cursor"}
        assert len(page["videos"]) == 5
        for item in page["videos"]:
            assert set(item) >= ITEM
            assert set(item["artifacts"]) == set(ALL)
        item = next(item for item in page["videos"] if item["path"] == "sub/b.mp4")
        assert (item["name"], item["folder"], item["library"], item["presence"]) == ("b.mp4", "sub", "lib", "present")
        assert (item["duration_seconds"], item["width"], item["height"], item["video_codec"]) == (1.5, 160, 90, "h264")
        assert item["artifacts"] == MADE

    @pytest.mark.parametrize(
        ("query", "paths"),
        [
            ("q=b", {"sub/b.mp4", "broken.mp4"}),
            ("q=sub", {"sub/b.mp4", "sub/deep/c.mp4"}),
            ("q=%22%22%22", set()),
            ("q=NEAR(", set()),
            ("folder=sub", {"sub/b.mp4", "sub/deep/c.mp4"}),
            ("directory=sub", {"sub/b.mp4"}),
            ("directory=sub&recursive=true", {"sub/b.mp4", "sub/deep/c.mp4"}),
            ("failed=any", {"broken.mp4"}),
            ("failed=thumbs", {"broken.mp4"}),
            ("missing=thumbs", {"broken.mp4"}),
            ("presence=gone", set()),
            ("codec=h264&min_duration=1&max_duration=2&min_height=90&folder=sub", {"sub/b.mp4", "sub/deep/c.mp4"}),
            ("min_height=91", set()),
            ("added_days=1&folder=sub/deep", {"sub/deep/c.mp4"}),
            ("library=lib&q=c", {"sub/deep/c.mp4", ODD_PATH}),
            ("ids=", set()),
        ],
    )
    def test_filters(self, shelf, query, paths):
        found = {item["path"] for item in shelf.ask(f"/api/videos?{query}")["videos"]}
        assert found == paths

    @pytest.mark.parametrize("sort", ["name", "-name", "added", "-added", "size", "-duration", "newest", "longest"])
    def test_paging_by_cursor_and_by_offset_agree(self, shelf, sort):
        whole = [item["id"] for item in shelf.ask(f"/api/videos?sort={sort}")["videos"]]
        by_cursor, cursor = [], ""
        while cursor is not None:
            page = shelf.ask(f"/api/videos?sort={sort}&limit=2&cursor={cursor}")
            by_cursor += [item["id"] for item in page["videos"]]
            cursor = page["next_cursor"]
        by_offset = [
            item["id"]
            for offset in range(0, 6, 2)
            for item in shelf.ask(f"/api/videos?sort={sort}&limit=2&offset={offset}")["videos"]
        ]
        assert whole == by_cursor == by_offset
        assert len(whole) == 5

    @pytest.mark.parametrize(
        ("query", "status"),
        [
            ("sort=colour", 400),
            ("presence=perhaps", 400),
            ("cursor=nonsense", 400),
            ("cursor=W10", 400),
            ("cursor=W1tdLDFd", 400),  # [[],1]
            ("cursor=Wzk5OTk5OTk5OTk5OTk5OTk5OTk5OTksMV0", 400),  # a number that no column holds
            ("ids=1,x", 400),
            ("limit=0", 422),
            ("limit=501", 422),
            ("offset=-1", 422),
            ("offset=99999999999999999999999", 422),
            ("min_height=99999999999999999999999", 422),
            ("min_duration=long", 422),
            ("library=none", 404),
            ("library=%00", 404),
            ("directory=/etc", 404),
            ("directory=../..", 404),
            ("directory=%00", 404),
        ],
    )
    def test_nonsense_is_refused(self, shelf, query, status):
        shelf.refused(f"/api/videos?{query}", status=status)

    def test_tags_all_or_any(self, fresh):
        ids = fresh.ids()
        fresh.ask(f"/api/videos/{ids['a.mp4']}/tags", {"add": ["sea", "sun"], "performers_add": ["Ann"]})
        fresh.ask(f"/api/videos/{ids['sub/b.mp4']}/tags", {"add": ["sea"]})
        found = lambda query: {v["path"] for v in fresh.ask(f"/api/videos?{query}")["videos"]}  # noqa: E731
        assert found("tags=SEA,sun") == {"a.mp4"}
        assert found("tags=sea,sun&match_any=true") == {"a.mp4", "sub/b.mp4"}
        assert found("performers=ann") == {"a.mp4"}
        assert found("q=sun") == {"a.mp4"}
        assert [tag["name"] for tag in fresh.ask("/api/tags?prefix=s")["tags"]] == ["sea", "sun"]
        assert fresh.ask("/api/tags?kind=performer")["tags"] == [{"name": "Ann", "count": 1}]
        fresh.refused("/api/tags?kind=colour", status=422)


class TestOne:
    def test_details(self, shelf):
        video = shelf.ids()["sub/b.mp4"]
        found = shelf.ask(f"/api/videos/{video}?sort=name")
        assert set(found) >= ITEM | {"details", "jobs", "rating", "notes", "playable", "previous_id", "next_id"}
        assert (found["playable"], found["why_not"], found["mimetype"]) == (True, "", "video/mp4")
        assert set(found["details"]) == set(ALL)
        for kind in KINDS:
            assert found["details"][kind]["state"] == "done"
            for file in found["details"][kind]["files"]:
                assert shelf.client.get(file["url"]).status_code == 200

    def test_a_failed_one_says_why(self, shelf):
        found = shelf.ask(f"/api/videos/{shelf.ids()['broken.mp4']}")
        assert found["details"]["metadata"]["state"] == "failed"
        assert found["details"]["metadata"]["error"]

    @pytest.mark.parametrize("video", ["999", "99999999999999999999999999", "0", "-1", "x", "1.5"])
    def test_there_is_no_such_video(self, shelf, video):
        for rest in ("", "/file", "/artifacts", "/tags", "/artifacts/thumbs/jpg"):
            status = shelf.client.get(f"/api/videos/{video}{rest}").status_code
            assert status in (404, 422)

    def test_states(self, shelf):
        assert shelf.ask(f"/api/videos/{shelf.ids()['a.mp4']}/artifacts") == MADE


class TestFile:
    @pytest.fixture
    def url(self, shelf):
        return f"/api/videos/{shelf.ids()['a.mp4']}/file"

    def test_whole(self, shelf, url):
        answer = shelf.client.get(url)
        assert (answer.status_code, answer.data) == (200, unlike(0))
        assert answer.headers["Accept-Ranges"] == "bytes"
        assert answer.headers["Content-Type"] == "video/mp4"

    @pytest.mark.parametrize(
        ("asked", "start", "end"), [("bytes=0-0", 0, 1), ("bytes=100-199", 100, 200), ("bytes=-5", -5, None)]
    )
    def test_ranges(self, shelf, url, asked, start, end):
        answer = shelf.client.get(url, headers={"Range": asked})
        assert (answer.status_code, answer.data) == (206, unlike(0)[start:end])
        whole = len(unlike(0))
        first = start % whole
        assert answer.headers["Content-Range"] == f"bytes {first}-{(end or whole) - 1}/{whole}"

    def test_beyond_the_end(self, shelf, url):
        answer = shelf.client.get(url, headers={"Range": "bytes=99999999-"})
        assert answer.status_code == 416
        assert answer.headers["Content-Range"] == f"bytes */{len(unlike(0))}"
        assert set(answer.json) == {"error", "code", "hint"}

    def test_if_range(self, shelf, url):
        etag = shelf.client.get(url).headers["ETag"]
        for condition, status in ((etag, 206), ('"another"', 200)):
            answer = shelf.client.get(url, headers={"Range": "bytes=0-9", "If-Range": condition})
            assert answer.status_code == status
        assert shelf.client.get(url, headers={"If-None-Match": etag}).status_code == 304

    def test_head(self, shelf, url):
        answer = shelf.client.head(url)
        assert (answer.status_code, answer.data) == (200, b"")
        assert int(answer.headers["Content-Length"]) == len(unlike(0))

    def test_download(self, shelf):
        answer = shelf.client.get(f"/api/videos/{shelf.ids()[ODD_PATH]}/file?download=1")
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.data == unlike("odd")

    def test_what_became_a_link_out_of_the_library_is_not_sent(self, fresh):
        video = fresh.ids()["a.mp4"]
        (fresh.lib / "a.mp4").unlink()
        os.symlink("/etc/passwd", fresh.lib / "a.mp4")
        fresh.refused(f"/api/videos/{video}/file", status=403)
        (fresh.lib / "a.mp4").unlink()
        fresh.refused(f"/api/videos/{video}/file", status=404)

    def test_a_folder_that_became_a_link_out_of_the_library_is_not_followed(self, fresh, tmp_path):
        video = fresh.ids()["sub/b.mp4"]
        put(tmp_path / "elsewhere", "b.mp4", "secret")
        os.rename(fresh.lib / "sub", tmp_path / "sub")
        os.symlink(tmp_path / "elsewhere", fresh.lib / "sub")
        fresh.refused(f"/api/videos/{video}/file", status=403)


class TestArtifacts:
    def test_by_full_name_and_by_suffix(self, shelf):
        for path in ("a.mp4", ODD_PATH):
            video = shelf.ids()[path]
            details = shelf.ask(f"/api/videos/{video}")["details"]
            for kind, suffix in (("thumbs", "jpg"), ("sprites", "sprites.vtt"), ("metadata", "ffprobe.json")):
                base = f"/api/videos/{video}/artifacts/{kind}"
                name = next(f["name"] for f in details[kind]["files"] if f["name"].endswith(suffix))
                by_suffix = shelf.client.get(f"{base}/{suffix}")
                by_name = shelf.client.get(f"{base}/{quote(name, safe='')}")
                assert by_suffix.status_code == by_name.status_code == 200
                assert by_suffix.data == by_name.data
        raw = f"/api/videos/{shelf.ids()[ODD_PATH]}/artifacts/thumbs/{quoted(ODD + b'.jpg')}"
        assert shelf.client.get(raw).status_code == 200

    def test_a_track_names_its_sheet_so_that_a_browser_finds_it(self, shelf):
        video = shelf.ids()[ODD_PATH]
        base = f"/api/videos/{video}/artifacts/sprites/"
        track = shelf.client.get(f"{base}sprites.vtt").data.decode()
        sheet = next(line for line in track.splitlines() if "#xywh" in line).partition("#")[0]
        assert shelf.client.get(base + sheet).headers["Content-Type"] == "image/jpeg"

    def test_cached_for_ever_only_by_version(self, shelf):
        url = f"/api/videos/{shelf.ids()['a.mp4']}/artifacts/thumbs/jpg"
        assert "immutable" in shelf.client.get(f"{url}?v=1").headers["Cache-Control"]
        assert shelf.client.get(url).headers["Cache-Control"] == "no-cache"

    @pytest.mark.parametrize(
        "rest",
        [
            "thumbs/..%2f..%2fa.mp4", "thumbs/../../../a.mp4", "thumbs//etc/passwd", "thumbs/%2fetc%2fpasswd",
            "thumbs/a.mp4.made.json", "thumbs/a.mp4.tags.json", "thumbs/.library.json", "thumbs/x%00.jpg", "thumbs/",
            "colours/jpg", "thumbs/sprites.jpg",
        ],
    )  # fmt: skip
    def test_nothing_else_is_sent(self, shelf, rest):
        url = f"/api/videos/{shelf.ids()['a.mp4']}/artifacts/{rest}"
        answer = shelf.client.get(url, follow_redirects=True)
        assert answer.status_code in (403, 404), answer.data


TAGS_BODY = {"add": ["sea"], "remove": [], "performers_add": ["Ann"], "performers_remove": [], "replace": False}


class TestTags:
    def test_the_body_of_old(self, fresh):
        video = fresh.ids()["a.mp4"]
        said = fresh.ask(f"/api/videos/{video}/tags", TAGS_BODY)
        assert (said["video"], said["tags"], said["performers"]) == ("a.mp4", ["sea"], ["Ann"])
        said = fresh.ask(f"/api/videos/{video}/tags", {"remove": ["SEA"], "add": ["sun"], "performers_remove": ["ann"]})
        assert (said["tags"], said["performers"]) == (["sun"], [])
        said = fresh.ask(f"/api/videos/{video}/tags", {"add": ["only"], "replace": True})
        assert said["tags"] == ["only"]
        assert fresh.ask(f"/api/videos/{video}/tags") == said
        assert json.loads((fresh.lib / ".artifacts/a.mp4.tags.json").read_text())["tags"] == ["only"]

    def test_rating_and_notes(self, fresh):
        url = f"/api/videos/{fresh.ids()['a.mp4']}/tags"
        assert fresh.ask(url, {"rating": 5, "notes": "líne\nbreak"})["rating"] == 5
        said = fresh.ask(url, {"rating": 0})
        assert (said["rating"], said["notes"]) == (None, "líne\nbreak")

    @pytest.mark.parametrize(
        "body",
        [
            {"add": "sea"}, {"add": [1]}, {"rating": 6}, {"rating": -1}, {"colour": "red"}, {"add": ["x" * 201]},
            {"notes": "x" * 20_001}, {"add": ["\ud800"]}, {"add": ["nul\0"]}, {"notes": "\udcff"}, {"notes": "\0"},
            {"add": ["sea\0"], "replace": True},
        ],
    )  # fmt: skip
    def test_nonsense_changes_nothing(self, steady, body):
        url = f"/api/videos/{steady.ids()['a.mp4']}/tags"
        answer = steady.client.post(url, json=body)
        assert answer.status_code in (400, 422), answer.data
        assert set(answer.json) == {"error", "code", "hint"}
        assert steady.ask(url)["tags"] == []
        assert not (steady.lib / ".artifacts/a.mp4.tags.json").exists()

    @pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b"1", b'"x"', b"\xff", b"[" * 100_000])
    def test_what_is_no_json_object(self, steady, data):
        url = f"/api/videos/{steady.ids()['a.mp4']}/tags"
        answer = steady.client.post(url, data=data, content_type="application/json")
        assert answer.status_code in (400, 422), (data[:10], answer.data)
        assert set(answer.json) == {"error", "code", "hint"}

    def test_another_content_type(self, steady):
        answer = steady.client.post(f"/api/videos/{steady.ids()['a.mp4']}/tags", data=b"add=x")
        assert answer.status_code in (400, 415)

    def test_in_bulk(self, fresh):
        ids = list(fresh.ids().values())
        said = fresh.ask("/api/videos/bulk", {"ids": ids, "add": ["all"]})["videos"]
        assert [entry["tags"] for entry in said] == [["all"]] * 3
        fresh.refused("/api/videos/bulk", {"ids": [*ids, 999], "add": ["half"]}, status=404)
        assert {tuple(v["tags"]) for v in fresh.ask("/api/videos")["videos"]} == {("all",)}, "half of it was done"
        fresh.refused("/api/videos/bulk", {"ids": []}, status=422)
        fresh.refused("/api/videos/bulk", {"ids": [10**30], "add": ["x"]}, status=422)


def test_make_owes_a_request(fresh):
    video = fresh.ids()["a.mp4"]
    request = fresh.ask(f"/api/videos/{video}/make", {"kinds": ["thumbs", "sprites"]}, status=202)
    assert (request["state"], request["progress_total"], request["task"]) == ("queued", 2, "thumbs,sprites")
    assert ("jobs", {}) in fresh.told
    fresh.refused(f"/api/videos/{video}/make", {"kinds": []}, status=422)
    fresh.refused(f"/api/videos/{video}/make", {"kinds": ["colours"]}, status=404)
    fresh.refused("/api/videos/999/make", {"kinds": ["thumbs"]}, status=404)


def test_rename_one(fresh):
    video_id = fresh.ids()["a.mp4"]
    assert fresh.ask(f"/api/videos/{video_id}/rename", {"name": "z é.mp4"}) == {
        "id": video_id,
        "from": "a.mp4",
        "to": "z é.mp4",
    }
    assert fresh.ids()["z é.mp4"] == video_id
    assert fresh.refused(f"/api/videos/{video_id}/rename", {"name": "z é.mp4"}, status=400) == "usage_error"
    fresh.look()
    assert fresh.ids()["z é.mp4"] == video_id
    (fresh.lib / "b.mp4").write_bytes(b"x")
    assert fresh.refused(f"/api/videos/{video_id}/rename", {"name": "b.mp4"}, status=409) == "conflict"
    fresh.refused(f"/api/videos/{video_id}/rename", {}, status=422)
    fresh.refused("/api/videos/999/rename", {"name": "x.mp4"}, status=404)


def test_rename_many(fresh):
    ids = fresh.ids()
    body = {"directory": "sub", "source": r"^(\w)\.", "target": r"\1\1.", "regex": True}
    dry = fresh.ask("/api/rename", body)
    assert (dry["dry_run"], dry["planned"], dry["applied"], dry["first"]) == (
        True, 2, 0, {"from": "b.mp4", "to": "bb.mp4"},
    )  # fmt: skip
    assert fresh.ids() == ids
    assert fresh.ask("/api/rename", {**body, "dry_run": False})["applied"] == 2
    assert fresh.ids() == {"a.mp4": ids["a.mp4"], "sub/bb.mp4": ids["sub/b.mp4"], "sub/cc.mp4": ids["sub/c.mp4"]}
    fresh.refused("/api/rename", {**body, "source": "("}, status=400)
    fresh.refused("/api/rename", {**body, "directory": "/etc"}, status=404)
    fresh.refused("/api/rename", {**body, "ext": ""}, status=400)
