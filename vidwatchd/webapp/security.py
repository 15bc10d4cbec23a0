"""security: who may ask: Host and Origin checks, HTTP Basic, and the headers every answer carries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Flask


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user's name and password."""

    user: str
    password: str

    @classmethod
    def read(cls, path: str) -> Credentials:
        """From a file of one line ``user:password``. Raises UsageError."""
        raise NotImplementedError


def may_bind(host: str, credentials: Credentials | None) -> None:
    """Refuse to listen beyond loopback without credentials. Raises UsageError."""
    raise NotImplementedError


def protect(app: Flask, *, allowed_hosts: Iterable[str] = (), credentials: Credentials | None = None) -> None:
    """Guard every route of ``app``; call it before any other ``before_request``.

    ``allowed_hosts``: names and addresses beside loopback, the bind address among them.
    """
    raise NotImplementedError
