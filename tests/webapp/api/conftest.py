import contextlib
import json
import os
import re

import pytest

from tests.live import KINDS, QUICK, put
from vidwatchd import config, operations
from vidwatchd.operations import libraries
from vidwatchd.operations.make import Wanted, make
from vidwatchd.operations.scan import Look, scan
from vidwatchd.webapp import create_app
from vidwatchd.webapp.events import Hub

METHODS = ("get", "post", "put", "patch", "delete")
ODD = b"caf\xe9 \xff\n100%.mp4"


class Shelf:
    """A context with one library, an app over it, and the ways tests ask it."""

    def __init__(self, home, ctx):
        self.home, self.lib, self.ctx = home, home / "lib", ctx
        self.told = []
        ctx.notify = lambda type_, data: self.told.append((type_, data))
        self.hub = Hub()
        self.followed = {}
        self.app = create_app(ctx, self.hub, followed_jobs=self.followed)
        self.client = self.app.test_client()

    def add(self, *names):
        """Files in the library, and the library in the index."""
        for number, name in enumerate(names):
            put(self.lib, name, number)
        self.lib.mkdir(exist_ok=True)
        libraries.add(self.ctx, str(self.lib))
        self.look()
        return self

    def look(self):
        """Bring the index in line with the folder."""
        scan(self.ctx, self.ctx.index.libraries.all()[0], Look(settle_seconds=0.0))

    def ask(self, path, body=None, *, method=None, status=None, **options):
        """The JSON a route answers with; ``status`` is what it must be (any 2xx when not given)."""
        if body is not None:
            options["data"], options["content_type"] = json.dumps(body), "application/json"
        answer = self.client.open(path, method=method or ("GET" if body is None else "POST"), **options)
        assert answer.status_code == status if status else answer.status_code < 300, (answer.status_code, answer.data)
        assert answer.content_type == "application/json"
        return json.loads(answer.data)

    def refused(self, path, body=None, *, status, **options):
        """An error, in the one shape that errors have; gives its code."""
        answer = self.ask(path, body, status=status, **options)
        assert set(answer) == {"error", "code", "hint"}
        assert answer["error"]
        return answer["code"]

    def ids(self):
        """Video ids by path."""
        return {item["path"]: item["id"] for item in self.ask("/api/videos?limit=500")["videos"]}


@contextlib.contextmanager
def opened(home):
    quick = {name: QUICK[name] for name in ("workers", "artifacts")}
    settings = config.parse({"data_dir": str(home / "data"), **quick}, home / "videorc.json")
    with operations.open(settings) as ctx:
        yield Shelf(home, ctx)


@pytest.fixture(scope="session")
def shelf(tmp_path_factory):
    """With everything made, for tests that only read."""
    home = tmp_path_factory.mktemp("shelf")
    with opened(home) as shelf:
        put(home / "lib", ODD, "odd")
        (home / "lib/broken.mp4").write_bytes(b"no video")
        shelf.add("a.mp4", "sub/b.mp4", "sub/deep/c.mp4")
        os.symlink("/etc/passwd", home / "lib/sub/outside.mp4")
        make(shelf.ctx, str(shelf.lib), Wanted(KINDS), recursive=True)
        yield shelf


@pytest.fixture(scope="module")
def steady(tmp_path_factory):
    """Three videos that nothing has been made of, for tests of what must change nothing."""
    home = tmp_path_factory.mktemp("steady")
    with opened(home) as shelf:
        yield shelf.add("a.mp4", "sub/b.mp4", "sub/c.mp4")


@pytest.fixture
def fresh(tmp_path):
    """Three videos that nothing has been made of, for tests that change things."""
    with opened(tmp_path) as shelf:
        yield shelf.add("a.mp4", "sub/b.mp4", "sub/c.mp4")


def rules(app):
    """(method, rule) of every route."""
    return [(m.lower(), str(rule)) for rule in app.url_map.iter_rules() for m in rule.methods - {"HEAD", "OPTIONS"}]


def filled(rule):
    """An address of a rule."""
    named = {"kind": "thumbs", "file": "jpg", "version": "x", "name": "a.mp4"}
    return re.sub(r"<(?:(\w+):)?(\w+)>", lambda m: named.get(m[2], "1"), rule)
