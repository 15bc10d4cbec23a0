"""people_files: what was said of people, written beside the videos."""

from __future__ import annotations

from collections.abc import Collection

from vidwatchd.operations import Context


def write(ctx: Context, library_ids: Collection[int]) -> None:
    """Write what is known of the people in these libraries. Raises StorageError."""
