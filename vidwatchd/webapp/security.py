"""security: who may ask: Host and Origin checks, HTTP Basic, and the headers every answer carries."""

from __future__ import annotations

import base64
import binascii
import hmac
import ipaddress
import os
import re
import socket
import stat
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import urlsplit

from flask import Flask, Response, request

from vidwatchd.errors import Forbidden, Unauthorized, UsageError, VidwatchdError
from vidwatchd.webapp import problems

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
        "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
Header = Callable[[str], str | None]
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?")
_CHMOD = "the file holds one line, user:password, and only you may read it: chmod 600 {path}"


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user's name and password."""

    user: str
    password: str = field(repr=False)

    @classmethod
    def read(cls, path: str) -> Credentials:
        """From a file of one line ``user:password``. Raises UsageError."""
        user, colon, password = _one_line(path).partition(":")
        if not (user and colon and password):
            raise UsageError(f"password file {path} does not hold user:password", hint=_CHMOD.format(path=path))
        return cls(user, password)

    def match(self, authorization: str) -> bool:
        """Whether an ``Authorization`` header holds them; takes the same time wherever they differ."""
        scheme, _, encoded = authorization.partition(" ")
        try:
            given = base64.b64decode(encoded.strip(), validate=True)
        except (binascii.Error, ValueError):
            return False
        return scheme.lower() == "basic" and hmac.compare_digest(_digest(_text(given)), self._digest())

    def _digest(self) -> bytes:
        return _digest(f"{self.user}:{self.password}")


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches ``host``."""
    name = host.lower().strip("[]").rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    address = _address(name)
    return address is not None and address.is_loopback


def may_bind(host: str, credentials: Credentials | None) -> None:
    """Refuse to listen beyond loopback without credentials. Raises UsageError."""
    if credentials is None and not is_loopback(host):
        raise UsageError(
            f"listening on {host or 'every address'} would let anyone on the network in",
            hint="give --password-file, or listen on 127.0.0.1",
        )


class Guard:
    """Who may ask, judged by the head of a request alone, so that it can be done before a body is taken.

    ``allowed_hosts``: names and addresses beside loopback, the bind address among them. A bind address that means every
    interface (``0.0.0.0``, ``::``) lets in any literal address and this machine's own name: an attacker can point a
    name of theirs at us, but not make a browser send our bare address for their page.
    """

    def __init__(self, allowed_hosts: Iterable[str] = (), credentials: Credentials | None = None) -> None:
        self._hosts = Hosts(allowed_hosts)
        self._credentials = credentials

    def check(self, method: str, header: Header) -> None:
        """Let pass; ``header`` gives a header's value, None without. Raises Forbidden, Unauthorized."""
        host = header("Host") or ""
        if host not in self._hosts:
            raise Forbidden(f"this server does not answer to the name {host!r}", hint="add it to serve.allowed_hosts")
        if self._credentials and not self._credentials.match(header("Authorization") or ""):
            raise Unauthorized("user and password are needed", hint="they stand in the server's password file")
        if method not in SAFE_METHODS:
            _check_origin(host, header)


def protect(app: Flask, guard: Guard) -> None:
    """Have every route of ``app`` guarded; call it before any other ``before_request``."""

    def check() -> Response | None:
        """Refuse, or let pass."""
        try:
            guard.check(request.method, request.headers.get)
        except VidwatchdError as error:
            return _refusal(error)
        return None

    app.before_request(check)
    app.after_request(_harden)


class Hosts:
    """The Host names that may be asked for."""

    def __init__(self, allowed: Iterable[str]) -> None:
        self._names = {name for host in allowed if (name := _bare(host))}
        self._any_address = any((found := _address(name)) and found.is_unspecified for name in self._names)
        if self._any_address:
            own = socket.gethostname().lower()
            self._names |= {own, f"{own.partition('.')[0]}.local"}

    def __contains__(self, header: str) -> bool:
        match = _HOST.fullmatch(header.lower())
        if match is None:
            return False
        name = _bare(match[1])
        return is_loopback(name) or name in self._names or (self._any_address and _address(name) is not None)


def _check_origin(host: str, header: Header) -> None:
    """Refuse a write that another site's page makes; a client that is no browser sends neither header."""
    origin, site = header("Origin"), header("Sec-Fetch-Site")
    if site not in {"same-origin", "none", None} or (origin is not None and not _own(origin, host)):
        raise Forbidden("changes are only taken from this dashboard's own pages", hint="open the dashboard itself")


def _own(origin: str, host: str) -> bool:
    # The scheme may differ: a proxy in front may speak TLS where we do not.
    try:
        parts = urlsplit(origin.lower())
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and parts.netloc == host.lower()


def _refusal(error: VidwatchdError) -> Response:
    response = problems.answer(error)
    if isinstance(error, Unauthorized):
        response.headers["WWW-Authenticate"] = 'Basic realm="vidwatchd", charset="UTF-8"'
    return response


def _harden(response: Response) -> Response:
    for name, value in HEADERS.items():
        if name not in response.headers:
            response.headers[name] = value
    return response


def _one_line(path: str) -> str:
    try:
        if os.stat(path).st_mode & stat.S_IROTH:
            raise UsageError(f"password file {path} may be read by everyone", hint=f"chmod 600 {path}")
        with open(path, encoding="utf-8") as file:
            text = file.read(4096).strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise UsageError(f"password file {path} cannot be read: {why}", hint=_CHMOD.format(path=path)) from error
    if not text or "\n" in text or "\r" in text:
        raise UsageError(f"password file {path} must hold exactly one line", hint=_CHMOD.format(path=path))
    return text


def _digest(text: str) -> bytes:
    # NFC, as RFC 7617 asks: a Mac may type é as two characters. Hashed, so that lengths do not show in the time.
    return sha256(unicodedata.normalize("NFC", text).encode("utf-8", "surrogatepass")).digest()


def _text(given: bytes) -> str:
    try:
        return given.decode("utf-8")
    except UnicodeDecodeError:
        return given.decode("latin-1")  # what clients sent before RFC 7617


def _bare(host: str) -> str:
    return host.lower().strip("[]").rstrip(".")


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
