"""base: what a product is: its settings as fields, what it is made from, and what it hands back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from vidwatchd.config import setting as setting
from vidwatchd.errors import Unavailable


@dataclass(frozen=True, slots=True)
class Produced:
    """What was made: facts for whoever asked, and files (name → native path under the out folder)."""

    facts: Mapping[str, Any]
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProductContext:
    """What a product is handed: whom to tell how far it is, 0 to 1."""

    progress: Callable[[float], None] = lambda done: None


class Product(BaseModel):
    """A new thing made from one or more files by a worker; its fields are its settings."""

    model_config = ConfigDict(extra="forbid", validate_default=True)

    name: ClassVar[str]
    summary: ClassVar[str]

    def ready(self) -> Unavailable | None:
        """Why it cannot be made on this machine, or None when it can; asked before anything starts."""
        return None

    def make(self, sources: Sequence[str], out: str, ctx: ProductContext) -> Produced:
        """Make it from ``sources``, writing only under ``out`` (native paths). Raises MediaError, StorageError."""
        raise NotImplementedError
