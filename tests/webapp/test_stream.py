import os

import pytest
from flask import Flask, request

from vidwatchd.errors import Forbidden, LibraryOffline, NotFound
from vidwatchd.webapp import problems
from vidwatchd.webapp.stream import FileRange, content_type, disposition, inside, send_file_range

DATA = bytes(range(256)) * 400  # more than is sent in one piece
SIZE = len(DATA)


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "library"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.mp4").write_bytes(DATA)
    (folder / "empty.mp4").write_bytes(b"")
    (folder / "sub" / "b.mkv").write_bytes(DATA)
    (tmp_path / "secret.mp4").write_bytes(b"secret")
    return folder


@pytest.fixture
def app(root):
    app = Flask("x")
    problems.install(app)

    @app.get("/<path:path>")
    def file(path):
        return send_file_range(
            inside(str(root), path), download_name=request.args.get("name"), immutable="immutable" in request.args
        )

    return app


@pytest.fixture
def client(app):
    return app.test_client()


# Which bytes: first, last (inclusive), or the status when there are none
RANGES = [
    ("bytes=0-", 0, SIZE - 1),
    ("bytes=0-0", 0, 0),
    ("bytes=5-9", 5, 9),
    (f"bytes={SIZE - 1}-", SIZE - 1, SIZE - 1),
    (f"bytes=5-{SIZE * 9}", 5, SIZE - 1),
    ("bytes=-10", SIZE - 10, SIZE - 1),
    (f"bytes=-{SIZE * 9}", 0, SIZE - 1),
    ("Bytes = 3 - 4", 200, None),
    (" bytes = 3 - 4 ", 3, 4),
    (f"bytes={SIZE}-", 416, None),
    (f"bytes={'9' * 300}-", 416, None),
    ("bytes=-0", 416, None),
    ("bytes=9-5", 200, None),
    ("bytes=-", 200, None),
    ("bytes=a-b", 200, None),
    ("bytes=1-2,5-6", 200, None),
    ("bytes=1-2, 5-6, 9-", 200, None),
    ("bytes=٣-٤", 200, None),
    ("lines=1-2", 200, None),
    (f"bytes={'9' * 9000}-", 200, None),
    ("", 200, None),
]


@pytest.mark.parametrize(("header", "first", "last"), RANGES)
def test_ranges(client, header, first, last):
    response = client.get("/a.mp4", environ_overrides={"HTTP_RANGE": header})
    if last is not None:
        assert response.status_code == 206
        assert response.headers["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
        assert response.data == DATA[first : last + 1]
    elif first == 416:
        assert response.status_code == 416
        assert response.headers["Content-Range"] == f"bytes */{SIZE}"
        assert response.json["code"] == "range_not_satisfiable"
    else:
        assert response.status_code == 200
        assert response.data == DATA
        assert "Content-Range" not in response.headers
    if response.status_code != 416:
        assert int(response.headers["Content-Length"]) == len(response.data)
        assert response.headers["Accept-Ranges"] == "bytes"


def test_head_says_what_get_would(client):
    head, get = client.head("/a.mp4"), client.get("/a.mp4")
    assert head.data == b""
    assert dict(head.headers) == dict(get.headers)
    assert head.headers["Content-Length"] == str(SIZE)


def test_empty_file(client):
    assert (client.get("/empty.mp4").status_code, client.get("/empty.mp4").data) == (200, b"")
    response = client.get("/empty.mp4", headers={"Range": "bytes=0-"})
    assert (response.status_code, response.headers["Content-Range"]) == (416, "bytes */0")


def test_if_range(client):
    fresh = client.get("/a.mp4").headers
    for condition in (fresh["ETag"], fresh["Last-Modified"]):
        assert client.get("/a.mp4", headers={"Range": "bytes=0-1", "If-Range": condition}).status_code == 206
    for condition in ('"other"', "W/" + fresh["ETag"], "Thu, 01 Jan 1970 00:00:00 GMT", "nonsense"):
        response = client.get("/a.mp4", headers={"Range": "bytes=0-1", "If-Range": condition})
        assert (response.status_code, len(response.data)) == (200, SIZE)


def test_unchanged(client):
    fresh = client.get("/a.mp4").headers
    for headers in (
        {"If-None-Match": fresh["ETag"]},
        {"If-None-Match": "W/" + fresh["ETag"]},
        {"If-None-Match": f'"x", {fresh["ETag"]}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": fresh["Last-Modified"]},
        {"If-None-Match": fresh["ETag"], "Range": "bytes=0-1"},
    ):
        response = client.get("/a.mp4", headers=headers)
        assert (response.status_code, response.data) == (304, b""), headers
        assert response.headers["ETag"] == fresh["ETag"]
        assert "Content-Length" not in response.headers
    for headers in (
        {"If-None-Match": '"x"'},
        {"If-None-Match": '"x"', "If-Modified-Since": fresh["Last-Modified"]},
        {"If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
        {"If-Modified-Since": "nonsense"},
    ):
        assert client.get("/a.mp4", headers=headers).status_code == 200, headers


def test_the_etag_follows_the_content(client, root):
    before = client.get("/a.mp4").headers["ETag"]
    state = os.stat(root / "a.mp4")
    os.utime(root / "a.mp4", ns=(state.st_atime_ns, state.st_mtime_ns + 1))
    assert client.get("/a.mp4").headers["ETag"] != before


def test_only_a_versioned_url_is_cached_for_good(client):
    assert client.get("/a.mp4?immutable&v=3").headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert client.get("/a.mp4?immutable").headers["Cache-Control"] == "no-cache"
    assert client.get("/a.mp4?v=3").headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    ("name", "type"),
    [
        ("a.MP4", "video/mp4"),
        ("a.mp4.sprites.vtt", "text/vtt; charset=utf-8"),
        ("a.mkv", "video/x-matroska"),
        ("a.jpg", "image/jpeg"),
        ("a.svg", "application/octet-stream"),
        ("a.html", "application/octet-stream"),
        ("a.mp4.html", "application/octet-stream"),
        ("a.xml", "application/octet-stream"),
        ("a.js", "application/octet-stream"),
        ("mp4", "application/octet-stream"),
        (".mp4", "application/octet-stream"),
    ],
)
def test_types_come_from_a_fixed_table(name, type):
    assert content_type(name) == type


def test_a_page_among_the_videos_is_never_rendered(client, root):
    (root / "evil.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    headers = client.get("/evil.svg").headers
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("name", "plain", "full"),
    [
        ("film.mp4", "film.mp4", "film.mp4"),
        ('a"b\\c.mp4', "a_b_c.mp4", "a%22b%5Cc.mp4"),
        ("é %41\r\nX: y.mp4", "_ _41__X: y.mp4", "%C3%A9%20%2541%0D%0AX%3A%20y.mp4"),
        ("\udcff.mp4", "_.mp4", "%EF%BF%BD.mp4"),
    ],
)
def test_download_names_of_any_bytes(name, plain, full):
    assert disposition(name) == f"attachment; filename=\"{plain}\"; filename*=UTF-8''{full}"


def test_download_name_in_the_answer(client):
    assert "f%C3%BCr.mp4" in client.get("/a.mp4?name=für.mp4").headers["Content-Disposition"]
    assert "Content-Disposition" not in client.get("/a.mp4").headers


@pytest.mark.parametrize(
    "name", ["-dash.mp4", "line\nbreak.mp4", "100%.mp4", "é{},.mp4", "\udcff\udc80.mp4", "…\\x.mp4", "🎬.mp4"]
)
def test_odd_names(root, name):
    path = os.path.join(str(root), name)
    with open(path, "wb") as file:
        file.write(DATA)
    assert inside(str(root), name) == path
    with Flask("x").test_request_context("/"):
        response = send_file_range(path)
        assert b"".join(response.iter_encoded()) == DATA
        response.close()


@pytest.mark.parametrize(
    "path",
    [
        "../secret.mp4",
        "sub/../../secret.mp4",
        "sub/../a.mp4",
        "/etc/passwd",
        "//etc/passwd",
        "..",
        "a.mp4\0",
        "\0",
        "sub/..",
    ],
)
def test_paths_that_lead_out_are_refused(root, path):
    with pytest.raises(Forbidden):
        inside(str(root), path)


@pytest.mark.parametrize(
    "url",
    [
        "/..%2fsecret.mp4",
        "/%2e%2e/secret.mp4",
        "/sub/..%2f..%2fsecret.mp4",
        "/%2fetc%2fpasswd",
        "/a.mp4%00",
        "/..%5csecret.mp4",
        "/%252e%252e%252fsecret.mp4",
        "/....//secret.mp4",
        "/sub",
        "/.",
        "/nope.mp4",
        "/a.mp4/",
        "/a.mp4/x",
        "/" + "x" * 300,
    ],
)
def test_no_url_reaches_anything_else(client, url):
    response = client.get(url)
    assert response.status_code in (403, 404), response.data
    assert b"secret" not in response.data.replace(b"secret.mp4", b"")
    assert set(response.json) == {"error", "code", "hint"}


def test_symlinks(root, tmp_path):
    (root / "within.mp4").symlink_to("sub/b.mkv")
    assert inside(str(root), "within.mp4") == str(root / "sub" / "b.mkv")
    (root / "out.mp4").symlink_to(tmp_path / "secret.mp4")
    (root / "outdir").symlink_to(tmp_path)
    (root / "again").symlink_to("outdir")
    (root / "loop.mp4").symlink_to("loop.mp4")
    (root / "dead.mp4").symlink_to("nowhere")
    for path in ("out.mp4", "outdir/secret.mp4", "again/secret.mp4", "loop.mp4"):
        with pytest.raises(Forbidden):
            inside(str(root), path)
    with pytest.raises(NotFound):
        inside(str(root), "dead.mp4")


def test_a_root_may_itself_be_a_symlink_but_a_neighbour_is_not_inside(root, tmp_path):
    (tmp_path / "link").symlink_to(root)
    assert inside(str(tmp_path / "link"), "a.mp4") == str(root / "a.mp4")
    (tmp_path / "library2").mkdir()
    (tmp_path / "library2" / "x.mp4").write_bytes(DATA)
    (root / "near.mp4").symlink_to(tmp_path / "library2" / "x.mp4")
    with pytest.raises(Forbidden):
        inside(str(root), "near.mp4")


def test_a_symlink_swapped_in_after_the_check_is_refused(root, tmp_path):
    path = inside(str(root), "sub/b.mkv")
    (root / "sub").rename(root / "old")
    (tmp_path / "b.mkv").write_bytes(b"secret")
    (root / "sub").symlink_to(tmp_path)
    with Flask("x").test_request_context("/"), pytest.raises((Forbidden, NotFound)):
        send_file_range(path)


def test_what_is_no_regular_file(root):
    os.mkfifo(root / "pipe.mp4")
    (root / "null.mp4").symlink_to("/dev/null")
    for path in ("pipe.mp4", "sub", "", "."):
        with pytest.raises(NotFound):
            inside(str(root), path)
    with pytest.raises(Forbidden):
        inside(str(root), "null.mp4")
    with Flask("x").test_request_context("/"), pytest.raises(NotFound):
        send_file_range(str(root / "pipe.mp4"))  # and does not wait for a writer


def test_a_missing_root_is_an_offline_library(tmp_path):
    with pytest.raises(LibraryOffline):
        inside(str(tmp_path / "unmounted"), "a.mp4")


def test_errors_do_not_tell_where_the_library_lies(client, root):
    for url in ("/nope.mp4", "/..%2fsecret.mp4"):
        assert str(root) not in client.get(url).text


def test_no_descriptor_is_left_open(client):
    def descriptors():
        return len(os.listdir("/dev/fd"))

    client.get("/a.mp4").close()
    before = descriptors()
    for _ in range(20):
        for headers in ({}, {"Range": "bytes=0-1"}, {"Range": "bytes=99999999-"}, {"If-None-Match": "*"}):
            client.get("/a.mp4", headers=headers).close()
            client.head("/a.mp4", headers=headers).close()
    assert descriptors() == before


def test_a_file_that_shrinks_while_it_is_sent_ends_with_an_error(root):
    fd = os.open(root / "a.mp4", os.O_RDONLY)
    body = FileRange(fd, 0, SIZE)
    os.truncate(root / "a.mp4", 100)
    with pytest.raises(OSError, match="shorter"):
        b"".join(body)
    body.close()
    body.close()


def test_over_a_real_server(app, serve, root):
    server = serve(app)
    for header, first, last in RANGES:
        if last is None or not header.isascii():
            continue
        status, headers, body = server.ask("/a.mp4", headers={"Range": header})
        assert (status, body) == (206, DATA[first : last + 1])
        assert headers["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
    assert server.ask("/a.mp4", "HEAD")[1]["Content-Length"] == str(SIZE)
    assert server.ask("/a.mp4", headers={"Range": f"bytes={SIZE}-"})[0] == 416
    assert server.ask("/empty.mp4")[::2] == (200, b"")
    for url in ("/..%2fsecret.mp4", "/../secret.mp4", "/a.mp4%00", "//etc/passwd"):
        assert server.ask(url)[0] in (403, 404)
