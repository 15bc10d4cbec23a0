"""hub: a server on this machine that answers like the Hugging Face Hub, as far as a model's download asks it.

It can hang up in the middle of a file, send other bytes than it promised, and promise more than any disk holds.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.waiting import PATIENCE_SECONDS
from vidwatchd.backends import models

COMMIT = "c0ffee" + "0" * 34


class Hub:
    """Repositories as path → bytes; ``asked`` lists (path, Range) of every file that was asked for."""

    def __init__(self):
        self.repos: dict[str, dict[str, bytes]] = {}
        self.asked: list[tuple[str, str]] = []
        self.hang_up_at: dict[str, list[int]] = {}
        self.spoiled: set[str] = set()
        self.promised: dict[str, int] = {}
        self.before = lambda path: None
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)

    def add(self, name, size=300_000, parts=()):
        """The files of a known model, ``parts`` what its patterns stand for, and others that nobody needs.

        Gives what must arrive.
        """
        model = models.MODELS[name]
        files = {path: f"{name} {path} ".encode() * 5 for path in (*model.files, *parts) if "*" not in path}
        files |= {path: hashlib.sha512(path.encode()).digest() * (size // 64) for path in parts}
        files[model.files[0]] = hashlib.sha512(name.encode()).digest() * (size // 64)
        extra = {"README.md": b"read me", "model.py": b"raise SystemExit", "pytorch_model.bin": b"pickle"}
        self.repos[model.repo] = {**extra, **files}
        return files

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *exc):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(PATIENCE_SECONDS)

    def _handler(hub):  # noqa: C901  one handler, five answers
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args):
                pass

            def do_GET(self):
                listing = re.fullmatch(r"/api/models/([^?]+?)/revision/[^/?]+(\?.*)?", self.path)
                file = re.fullmatch(r"/(.+?)/resolve/[^/]+/(.+)", self.path)
                if listing and listing[1] in hub.repos:
                    self.answer(json.dumps(hub.info(listing[1])).encode(), "application/json")
                elif file and file[2] in hub.repos.get(file[1], {}):
                    self.send_file(file[2], hub.repos[file[1]][file[2]])
                else:
                    self.answer(b"{}", "application/json", 404, {"X-Error-Code": "RepoNotFound"})

            def answer(self, body, kind, status=200, headers=None):
                self.send_response(status)
                for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def send_file(self, path, content):
                hub.asked.append((path, self.headers.get("Range", "")))
                hub.before(path)
                begin = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
                start = int(begin[1]) if begin else 0
                part = content[start:]
                if path in hub.spoiled:
                    part = bytes(len(part))
                self.send_response(206 if begin else 200)
                self.send_header("Content-Length", str(len(part)))
                if begin:
                    self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
                self.end_headers()
                cuts = hub.hang_up_at.get(path)
                with contextlib.suppress(OSError):
                    if cuts:
                        self.wfile.write(part[: cuts.pop(0)])
                        self.wfile.flush()
                        self.connection.shutdown(2)
                        self.close_connection = True
                    else:
                        self.wfile.write(part)

        return Handler

    def info(self, repo):
        """What the Hub tells of a repository with ``?blobs=true``."""
        return {"id": repo, "sha": COMMIT, "siblings": [self._sibling(*item) for item in self.repos[repo].items()]}

    def _sibling(self, path, content):
        size = self.promised.get(path, len(content))
        git = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
        lfs = {"sha256": hashlib.sha256(content).hexdigest(), "size": size, "pointerSize": 134}
        large = {"lfs": lfs} if len(content) > 10_000 else {}
        return {"rfilename": path, "size": size, "blobId": git, **large}
