"""moves: which new files are videos that were elsewhere before, told by fingerprint and by proven absence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from vidwatchd.disk import FileSystem, is_absent
from vidwatchd.fingerprint import fingerprint
from vidwatchd.model import FileState, Presence, native


@dataclass(frozen=True, slots=True)
class LostFile:
    """A video that the index knows, with the size of a new file: perhaps the same one, moved."""

    video_id: int
    library_root: str
    path: str
    size_bytes: int
    mtime_ns: int
    inode: int
    fingerprint: str = ""
    presence: Presence = Presence.PRESENT


@dataclass(frozen=True, slots=True)
class Move:
    """The video ``video_id`` is now the file ``new``; ``old`` says where it was.

    A row at ``new.path`` that does not move itself is that of a gone video, and gives way.
    """

    video_id: int
    new: FileState
    old: LostFile


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file with content that its path did not have before.

    ``own`` is the video known at that path, ``ghost`` the fingerprint of a gone one that was there, ``""`` if it has
    none.
    """

    state: FileState
    own: int | None = None
    ghost: str | None = None
    settled: bool = True


class Matcher:
    """Finds the moves among the arrivals of one scan of ``root`` (native).

    ``vanished`` are paths that the scan found missing, ``replaced`` those that hold something else now: a video of
    either may have moved; every other one in the folders ``looked_at`` may not. ``fingerprints`` gathers what had to be
    computed.
    """

    def __init__(
        self,
        root: str,
        fs: FileSystem,
        *,
        vanished: Collection[str] = (),
        replaced: Collection[str] = (),
        looked_at: Collection[str] = (),
    ) -> None:
        self.fingerprints: dict[str, str] = {}
        self._root, self._fs = root, fs
        self._vanished, self._replaced, self._looked_at = vanished, replaced, looked_at
        self._by_file: defaultdict[tuple[int, int, int], list[LostFile]] = defaultdict(list)
        self._by_print: defaultdict[str, list[LostFile]] = defaultdict(list)
        self._sizes_elsewhere: set[int] = set()

    def match(self, arrivals: Iterable[Arrival], candidates: Iterable[LostFile]) -> list[Move]:
        """Pair arrivals with candidates, each used once."""
        for candidate in candidates:
            self._consider(candidate)
        taken: dict[int, tuple[Arrival, LostFile]] = {}
        for arrival in arrivals:
            if self._is_return(arrival):
                continue
            if found := next((c for c in self._ranked(arrival) if c.video_id not in taken), None):
                taken[found.video_id] = (arrival, found)
        return [Move(old.video_id, arrival.state, old) for arrival, old in self._with_room(taken)]

    def _with_room(self, taken: dict[int, tuple[Arrival, LostFile]]) -> list[tuple[Arrival, LostFile]]:
        """Leave out moves onto the path of a video that stays, and moves away from a path that nothing moved to.

        An exchange or a renumbering moves every video it touches. But a new encoding renamed over the old one, or put
        in the place of a backup, is a change of *that* video, whose tags lie beside it under that name.
        """
        while True:
            filled = {arrival.state.path for arrival, _ in taken.values()}
            stuck = [
                key
                for key, (arrival, old) in taken.items()
                if (arrival.own is not None and arrival.own not in taken)
                or (self._is_replaced(old) and old.path not in filled)
            ]
            if not stuck:
                return list(taken.values())
            for key in stuck:
                del taken[key]

    def _consider(self, candidate: LostFile) -> None:
        """Keep a candidate whose path does not plainly still hold it. Most do: then no new file need be read."""
        if not self._is_elsewhere(candidate):
            return
        self._by_file[candidate.size_bytes, candidate.mtime_ns, candidate.inode].append(candidate)
        # All empty files have one fingerprint: it tells nothing.
        if candidate.fingerprint and candidate.size_bytes:
            self._by_print[candidate.fingerprint].append(candidate)
            self._sizes_elsewhere.add(candidate.size_bytes)

    def _is_return(self, arrival: Arrival) -> bool:
        """Whether the gone video of this very path is back, as far as its fingerprint can tell."""
        if arrival.ghost is None or not (self._by_file or self._by_print):
            return False
        return arrival.ghost in ("", self._fingerprint(arrival.state.path))

    def _ranked(self, arrival: Arrival) -> Iterator[LostFile]:
        """The candidates that are this arrival, the likeliest first: same inode, same library, same name."""
        name = arrival.state.path.rpartition("/")[2]
        yield from (c for c in self._renamed(arrival) if self._is_free(arrival, c))
        yield from sorted(
            (c for c in self._copied(arrival) if self._is_free(arrival, c)),
            key=lambda c: (c.library_root != self._root, c.path.rpartition("/")[2] != name),
        )

    def _renamed(self, arrival: Arrival) -> Iterator[LostFile]:
        """Candidates that are the very same inode, untouched: a rename needs no time to settle."""
        state = arrival.state
        for candidate in self._by_file.get((state.size_bytes, state.mtime_ns, state.inode), ()):
            tells = candidate.fingerprint and candidate.size_bytes
            if not tells or self._fingerprint(state.path) == candidate.fingerprint:
                yield candidate

    def _copied(self, arrival: Arrival) -> Iterable[LostFile]:
        """Candidates with the same content, told by fingerprint."""
        if not arrival.settled or arrival.state.size_bytes not in self._sizes_elsewhere:
            return ()
        return self._by_print.get(self._fingerprint(arrival.state.path), ())

    def _is_free(self, arrival: Arrival, candidate: LostFile) -> bool:
        """Whether the candidate is another video than the one known here, and its own path holds other content now."""
        if candidate.video_id == arrival.own:
            return False
        if not self._is_replaced(candidate):
            return True
        return self._fingerprint(candidate.path) not in ("", candidate.fingerprint)

    def _is_replaced(self, candidate: LostFile) -> bool:
        return candidate.library_root == self._root and candidate.path in self._replaced

    def _is_elsewhere(self, candidate: LostFile) -> bool:
        if candidate.library_root == self._root:
            if candidate.path in self._vanished or candidate.path in self._replaced:
                return True
            if candidate.presence is Presence.PRESENT and candidate.path.rpartition("/")[0] in self._looked_at:
                return False
        path = f"{candidate.library_root}/{native(candidate.path)}"
        return is_absent(self._fs, candidate.library_root, path)

    def _fingerprint(self, path: str) -> str:
        """The fingerprint of a path of this library; ``""`` when it cannot be read now."""
        if path not in self.fingerprints:
            try:
                self.fingerprints[path] = fingerprint(f"{self._root}/{native(path)}", fs=self._fs)
            except OSError:
                return ""
        return self.fingerprints[path]
