"""companions: files beside the videos that something is made from, compared with what is remembered of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from vidwatchd.model import FileState, portable
from vidwatchd.scan.known import Changes, join
from vidwatchd.scan.listing import Listing


def compare(
    found: Changes,
    folder: str,
    listing: Listing,
    known: Mapping[str, tuple[int, int]],
    wait_seconds: Callable[[FileState], float],
) -> None:
    """Add to ``found`` which of a folder's companions are new, differ from ``known``, still grow, or are gone."""
    unsure = {portable(name) for name in listing.problems}
    present = set()
    for native_name, size_bytes, mtime_ns, ctime_ns, inode in listing.companions:
        name = portable(native_name)
        present.add(name)
        if known.get(name) == (mtime_ns, size_bytes):
            continue
        state = FileState(join(folder, name), size_bytes, mtime_ns, ctime_ns, inode)
        wait = wait_seconds(state)
        if wait > 0:
            found.unsettled[state.path] = wait
        else:
            found.companions.append(state)
    found.companions_gone += [join(folder, name) for name in known.keys() - present - unsure]
