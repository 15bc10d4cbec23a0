import base64
import os

import pytest
from flask import Flask

from vidwatchd.errors import UsageError
from vidwatchd.webapp import problems
from vidwatchd.webapp.security import HEADERS, Credentials, Guard, is_loopback, may_bind, protect

OWN = {"Host": "localhost:8420"}


def client(*hosts, credentials=None):
    app = Flask("x")
    protect(app, Guard(hosts, credentials))
    problems.install(app)
    app.add_url_rule("/", view_func=lambda: "hi", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    return app.test_client()


def basic(user, password, encoding="utf-8"):
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode(encoding)).decode()}


def get(client, host):
    return client.get("/", environ_overrides={"HTTP_HOST": host})


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:8420",
        "LOCALHOST:1",
        "localhost.",
        "a.localhost",
        "127.0.0.1",
        "127.8.9.1:80",
        "[::1]:8420",
        "[::1]",
    ],
)
def test_loopback_names_may_be_asked_for(host):
    assert get(client(), host).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "192.168.1.5",
        "0.0.0.0",
        "[::]",
        "",
        "localhost:8420@evil.example",
        "localhost, evil.example",
        "localhost:port",
        "localhost\nx",
        "localhost/..",
        "[::1].evil.example",
        "2130706433",
    ],
)
def test_foreign_names_may_not(host):
    response = get(client(), host)
    assert response.status_code == 403
    assert response.json["code"] == "forbidden"


def test_configured_names_and_the_bind_address_may():
    with_names = client("NAS.home.", "192.168.1.5", "fd00::5")
    for host in ("nas.home:8420", "192.168.1.5:8420", "[fd00::5]:8420"):
        assert get(with_names, host).status_code == 200
    assert get(with_names, "192.168.1.6").status_code == 403


@pytest.mark.parametrize("every", ["0.0.0.0", "::"])
def test_bound_everywhere_any_bare_address_may_but_no_name(every):
    everywhere = client(every)
    assert get(everywhere, "192.168.1.5:8420").status_code == 200
    assert get(everywhere, "[fd00::5]:8420").status_code == 200
    assert get(everywhere, "evil.example").status_code == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://localhost:9999"},
        {"Origin": "http://localhost:8420.evil.example"},
        {"Origin": "http://localhost:8420@evil.example"},
        {"Origin": "file://localhost:8420"},
        {"Origin": "http://[bad"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost:8420"},
    ],
)
def test_another_sites_page_cannot_write(method, headers):
    response = client().open("/", method=method, headers={**OWN, **headers})
    assert response.status_code == 403
    assert response.json["code"] == "forbidden"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://localhost:8420"},
        {"Origin": "https://localhost:8420"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://LOCALHOST:8420"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_own_pages_and_programs_can_write(headers):
    assert client().post("/", headers={**OWN, **headers}).status_code == 200


def test_a_link_from_another_site_opens():
    assert client().get("/", headers={**OWN, "Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_every_route_asks_for_the_password():
    guarded = client(credentials=Credentials("ann", "pässword:x"))
    for path in ("/", "/static/x.css", "/nowhere"):
        response = guarded.get(path)
        assert response.status_code == 401
        assert response.json["code"] == "unauthorized"
        assert response.headers["WWW-Authenticate"].startswith("Basic ")
    assert guarded.get("/", headers=basic("ann", "pässword:x")).status_code == 200
    assert guarded.get("/", headers=basic("ann", "pa\u0308ssword:x")).status_code == 200  # as a Mac types it
    assert guarded.get("/", headers=basic("ann", "pässword:x", "latin-1")).status_code == 200


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Basic",
        "Basic ",
        "Basic !!!",
        "Basic YW5u",
        "Bearer YW5uOnNlY3JldA==",
        "Basic é",
        basic("ann", "secret2")["Authorization"],
        basic("ann", "")["Authorization"],
        basic("bob", "secret")["Authorization"],
        basic("ann", "\0secret")["Authorization"],
    ],
)
def test_wrong_credentials(authorization):
    guarded = client(credentials=Credentials("ann", "secret"))
    response = guarded.get("/", environ_overrides={"HTTP_AUTHORIZATION": authorization})
    assert response.status_code == 401


def test_the_host_is_checked_before_the_password():
    guarded = client(credentials=Credentials("ann", "secret"))
    assert get(guarded, "evil.example").status_code == 403


def test_every_answer_carries_the_headers():
    guarded = client(credentials=Credentials("ann", "secret"))
    key = basic("ann", "secret")
    answers = [
        guarded.get("/"),
        guarded.get("/", headers=key),
        guarded.get("/no", headers=key),
        get(guarded, "evil.example"),
    ]
    for response in answers:
        for name, value in HEADERS.items():
            assert response.headers[name] == value
    csp = HEADERS["Content-Security-Policy"]
    assert "unsafe" not in csp and "frame-ancestors 'none'" in csp


def password_file(tmp_path, content, mode=0o600):
    path = tmp_path / "password"
    path.write_bytes(content)
    os.chmod(path, mode)
    return str(path)


@pytest.mark.parametrize("content", [b"ann:p\xc3\xa4ss:word", b"ann:p\xc3\xa4ss:word\n", b"ann:p\xc3\xa4ss:word\r\n"])
def test_password_file(tmp_path, content):
    assert Credentials.read(password_file(tmp_path, content)) == Credentials("ann", "päss:word")


@pytest.mark.parametrize(
    ("content", "mode", "word"),
    [
        (b"", 0o600, "one line"),
        (b"\n", 0o600, "one line"),
        (b"ann:x\nbob:y\n", 0o600, "one line"),
        (b"ann", 0o600, "user:password"),
        (b":x", 0o600, "user:password"),
        (b"ann:", 0o600, "user:password"),
        (b"ann:\xff", 0o600, "UTF-8"),
        (b"ann:x", 0o644, "everyone"),
    ],
)
def test_bad_password_files_say_what_is_wrong(tmp_path, content, mode, word):
    with pytest.raises(UsageError, match=word) as caught:
        Credentials.read(password_file(tmp_path, content, mode))
    assert "chmod 600" in caught.value.hint


def test_missing_password_file(tmp_path):
    with pytest.raises(UsageError, match="No such file"):
        Credentials.read(str(tmp_path / "nope"))


def test_the_password_shows_in_no_log():
    assert "secret" not in repr(Credentials("ann", "secret"))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.1.2.3", "::ffff:127.0.0.1"])
def test_loopback_needs_no_password(host):
    assert is_loopback(host)
    may_bind(host, None)


@pytest.mark.parametrize("host", ["", "0.0.0.0", "::", "192.168.1.5", "nas", "127.0.0.1.example"])
def test_anything_else_does(host):
    with pytest.raises(UsageError) as caught:
        may_bind(host, None)
    assert "--password-file" in caught.value.hint
    may_bind(host, Credentials("ann", "secret"))
