"""walk: one look at a library, folder by folder, compared with what is known.

Every path in ``Known`` and ``Changes`` is portable, relative to the root, with ``/`` between folders; the root folder
itself is ``""``. ``root`` is native.
"""

from __future__ import annotations

import itertools
import stat
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from vidwatchd.disk import ABSENT, OS, FileSystem, is_absent, reason
from vidwatchd.errors import Cancelled, LibraryOffline
from vidwatchd.ignore import Patterns, Rules, is_junk, is_peoples_sidecar
from vidwatchd.model import ARTIFACTS_FOLDER, FileState, Presence, native, portable
from vidwatchd.scan import companions
from vidwatchd.scan import listing as listings
from vidwatchd.scan.known import Changes, Known, KnownFile, Pending, join, split
from vidwatchd.scan.listing import Listing
from vidwatchd.scan.moves import Arrival, Matcher

# A folder's mtime can stand still for one tick of the kernel's clock (FAT: 2 s) while names come and go.
RACY_NS = 2_000_000_000
RELIST = 1  # no folder has this mtime_ns, so it never matches
FUTURE_SECONDS = 1.0
NEVER_NS = sys.maxsize  # no ctime is later


def changes(
    root: str,
    known: Known,
    *,
    rules: Rules,
    settle_seconds: float,
    only: Collection[str] | None = None,
    recursive: bool = True,
    trees: Collection[str] = (),
    pending: Pending | None = None,
    fs: FileSystem = OS,
    cancelled: Callable[[], bool] = lambda: False,
) -> Changes:
    """Look at a library and say what differs from ``known``.

    ``only`` are the folders to look at, with all beneath them when ``recursive``; ``None`` is the whole library.
    ``trees`` are further folders, always with all beneath them (hints give both). A folder that has vanished may be
    named too. With ``settle_seconds`` 0 every regular file counts at once.

    Raises LibraryOffline when the root cannot be read or is exchanged meanwhile, Cancelled when ``cancelled`` says so.
    """
    scan = _Scan(root.rstrip("/"), known, rules, settle_seconds, pending or Pending(), fs, cancelled)
    flat = ("",) if only is None else only
    targets = [(folder, True) for folder in trees] + [(folder, recursive) for folder in flat]
    return scan.run(sorted(targets, key=lambda target: not target[1]))


class _Scan:
    """One look at one library: walk, then what is missing, then moves, then a second look at what would be gone."""

    def __init__(
        self,
        root: str,
        known: Known,
        rules: Rules,
        settle_seconds: float,
        pending: Pending,
        fs: FileSystem,
        cancelled: Callable[[], bool],
    ) -> None:
        self.root, self.known, self.rules, self.fs = root, known, rules, fs
        self.settle_seconds, self.pending, self.cancelled = settle_seconds, pending, cancelled
        self.found = Changes()
        self.visited: set[str] = set()
        self.met: set[str] = set()
        self.hidden: set[str] = set()
        self.arrivals: list[Arrival] = []  # but for plain new files, which are in found.added
        self.missing: dict[str, KnownFile] = {}
        self.excluded: dict[str, KnownFile] = {}

    def run(self, targets: Iterable[tuple[str, bool]]) -> Changes:
        """Look at each target: a folder, and whether with all beneath it."""
        started = time.perf_counter()
        identity = self._identity()
        for folder, deep in targets:
            if folder not in self.visited:
                self._walk(folder, deep)
                self._miss_folders(folder, deep)
        self._match_moves()
        self._confirm_missing()
        if self._identity() != identity:
            raise LibraryOffline(f"{self.root} was exchanged while it was looked at", hint="scan it again")
        self.found.seconds = time.perf_counter() - started
        return self.found

    def _identity(self) -> tuple[int, int]:
        """Device and inode of a root that lists: the same before and after, or nothing that was seen counts."""
        root = self._path("")
        try:
            with self.fs.scandir(root):
                state = self.fs.stat(root)
        except OSError as error:
            raise LibraryOffline(f"{root} cannot be read: {reason(error)}", hint="is the disk mounted?") from error
        return state.st_dev, state.st_ino

    def _path(self, relative: str) -> str:
        return f"{self.root}/{native(relative)}" if relative else self.root or "/"

    # -- the walk

    def _walk(self, target: str, deep: bool) -> None:
        above = self._patterns_above(target)
        stack = [] if above is None else [(target, above)]
        while stack:
            if self.cancelled():
                raise Cancelled("the scan was stopped")
            folder, patterns = stack.pop()
            listing = None if folder in self.visited else self._read(folder, patterns)
            if listing is None:
                continue
            self._compare(folder, listing)
            self.hidden.update(join(folder, _portable(name)) for name in listing.hidden_folders)
            inner = [join(folder, _portable(name)) for name in listing.folders]
            self.met.update(inner)
            if deep:
                stack.extend((name, listing.patterns) for name in inner)

    def _patterns_above(self, target: str) -> Patterns | None:
        """The patterns in force above a folder; None when it is hidden from there, or there is doubt."""
        patterns, above = self.rules.patterns, ""
        for part in target.split("/") if target else ():
            folder = join(above, part)
            try:
                hidden, patterns = listings.marked_hidden(self.fs, self._path(above), patterns)
                linked = stat.S_ISLNK(self.fs.lstat(self._path(folder)).st_mode)
            except OSError as error:
                if error.errno not in ABSENT or not self._is_no(stat.S_ISDIR, target):
                    self._doubt(target, reason(error))
                return None
            if linked:
                return None
            if hidden or is_junk(part) or patterns.hides(native(part), folder=True):
                self.hidden.add(folder)
                return None
            above = folder
        return patterns

    def _read(self, folder: str, patterns: Patterns) -> Listing | None:
        path = self._path(folder)
        try:
            listing = listings.read(self.fs, self._path(""), path, self.rules, patterns)
        except OSError as error:
            if error.errno not in ABSENT or not folder or not self._is_no(stat.S_ISDIR, folder):
                self._doubt(folder, reason(error))
            return None
        self.visited.add(folder)
        return listing

    def _doubt(self, folder: str, why: str) -> None:
        """A folder that cannot be read: nothing beneath it is known for sure, all of it is to be looked at again."""
        self.found.unreadable[folder] = why
        for beneath in (folder, *self.known.folders_under(folder)):
            self._forget(beneath)
            self.visited.add(beneath)

    # -- one folder

    def _compare(self, folder: str, listing: Listing) -> None:
        self.found.seen += len(listing.videos)
        self.found.bytes += sum(row[1] for row in listing.videos)
        self.found.unreadable.update((join(folder, _portable(n)), why) for n, why in listing.problems.items())
        remembered = self.known.folder_digest(folder)
        digest, _, artifacts = remembered.partition("-")
        now = listing.digest()
        before = len(self.found.unsettled)
        if digest != now:
            self._compare_rows(folder, listing)
            companions.compare(self.found, folder, listing, self.known.companions_in(folder), self._wait_seconds)
        settled = len(self.found.unsettled) == before
        mtime_ns = self._look_at_sidecars(folder, listing, int(artifacts, 16) if artifacts else RELIST)
        fresh = f"{now}-{mtime_ns:x}" if settled and not listing.problems else ""
        if fresh != remembered:
            self.found.folders[folder] = fresh

    def _forget(self, folder: str) -> None:
        """The folder must be looked at again, whatever was found in it."""
        self.found.folders.pop(folder, None)
        if self.known.folder_digest(folder):
            self.found.folders[folder] = ""

    def _compare_rows(self, folder: str, listing: Listing) -> None:
        """Compare each video with what is known of it."""
        known = self.known.files_in(folder)
        start = f"{folder}/" if folder else ""
        newest_ns = time.time_ns() - int(self.settle_seconds * 1e9) if self.settle_seconds else NEVER_NS
        met = 0
        for name, size_bytes, mtime_ns, ctime_ns, inode in listing.videos:  # 1 µs a file
            name = name if name.isascii() else portable(name)
            file = known.get(name)
            if file is not None:
                met += 1
                if _is_as_remembered(file, size_bytes, mtime_ns, ctime_ns, inode):
                    continue
            state = FileState(start + name, size_bytes, mtime_ns, ctime_ns, inode)
            if file is None and ctime_ns <= newest_ns:
                self.found.added.append(state)
            else:
                self._compare_file(state, file)
        if met < len(known):
            self._miss_files(folder, listing, known)

    def _miss_files(self, folder: str, listing: Listing, known: Mapping[str, KnownFile]) -> None:
        present = {_portable(name) for name in (*(row[0] for row in listing.videos), *listing.problems)}
        for name in known.keys() - present:
            if known[name].presence is not Presence.GONE:
                excluded = listing.hidden or not self.rules.is_video_name(name) or listing.patterns.hides(native(name))
                (self.excluded if excluded else self.missing)[join(folder, name)] = known[name]

    def _compare_file(self, state: FileState, known: KnownFile | None) -> None:
        if known and _is_same(known, state.size_bytes, state.mtime_ns, state.ctime_ns, state.inode):
            self.found.back.append(state)
            return
        wait = self._wait_seconds(state)
        if wait > 0:
            self.found.unsettled[state.path] = wait
        elif known:
            self.found.changed.append(state)
        else:
            self.found.added.append(state)
            return
        self.arrivals.append(_arrival(state, known, settled=wait <= 0))

    def _wait_seconds(self, state: FileState) -> float:
        """How long until a file counts as settled. ctime: unlike mtime, no program can set it back."""
        if not self.settle_seconds:
            return 0.0
        age = time.time() - state.ctime_ns / 1e9
        if age < -FUTURE_SECONDS:
            return self.pending.wait_seconds(state, self.settle_seconds, time.monotonic())
        return self.settle_seconds - age

    # -- people's sidecars

    def _look_at_sidecars(self, folder: str, listing: Listing, remembered_ns: int) -> int:
        """Compare the sidecars; answers the mtime_ns of ``.artifacts`` to remember, 0 for none, 1 to list it again.

        A file edited in place leaves the folder's mtime alone, a new or lost name does not: so known sidecars are
        always asked for their state, but the folder, which holds many artifacts for each, is listed only when its
        mtime differs.
        """
        if not listing.has_artifacts and remembered_ns == 0:
            return 0
        inside = join(folder, ARTIFACTS_FOLDER)
        known = self.known.sidecars_in(folder)
        try:
            mtime_ns = self.fs.lstat(self._path(inside)).st_mtime_ns if listing.has_artifacts else 0
            names = set(known) if mtime_ns == remembered_ns != 0 else self._sidecar_names(inside, mtime_ns)
            for name in sorted(names | set(known)):
                self._compare_sidecar(join(inside, name), known.get(name))
        except OSError as error:
            if error.errno not in ABSENT:
                self.found.unreadable[inside] = reason(error)
            return RELIST
        if mtime_ns != remembered_ns and (mtime_ns or self.known.files_in(folder)):
            self.found.artifact_folders[folder] = mtime_ns
        return mtime_ns if time.time_ns() - mtime_ns > RACY_NS else RELIST

    def _sidecar_names(self, inside: str, mtime_ns: int) -> set[str]:
        if not mtime_ns:
            return set()
        with self.fs.scandir(self._path(inside)) as entries:
            return {_portable(entry.name) for entry in entries if is_peoples_sidecar(entry.name)}

    def _compare_sidecar(self, path: str, known: tuple[int, int] | None) -> None:
        try:
            state = self.fs.lstat(self._path(path))
        except OSError as error:
            if error.errno not in ABSENT:
                self.found.unreadable[path] = reason(error)
            elif known and is_absent(self.fs, self.root, self._path(path)):
                self.found.sidecars_gone.append(path)
            return
        if stat.S_ISREG(state.st_mode) and (state.st_mtime_ns, state.st_size) != known:
            self.found.sidecars.append(
                FileState(path, state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino)
            )

    # -- what is not there any more

    def _miss_folders(self, target: str, deep: bool) -> None:
        """Known folders in reach of this walk that it did not come through."""
        for folder in (target, *self.known.folders_under(target)):
            if folder in self.visited or (not deep and self._is_out_of_reach(folder, target)):
                continue
            self.visited.add(folder)
            if any(above in self.hidden for above in _lineage(folder)):
                self._lose_folder(folder, self._hide)
            elif self._is_no(stat.S_ISDIR, folder):
                self._lose_folder(folder, self.missing.__setitem__)
            else:
                self._forget(folder)

    def _is_out_of_reach(self, folder: str, target: str) -> bool:
        """Whether a flat look at ``target`` saw the subfolder that leads to ``folder``: it was simply not entered."""
        return target in self.visited and any(above in self.met for above in _lineage(folder))

    def _lose_folder(self, folder: str, lose: Callable[[str, KnownFile], None]) -> None:
        lost = [item for item in self.known.files_in(folder).items() if item[1].presence is not Presence.GONE]
        for name, file in lost:
            lose(join(folder, name), file)
        if lost or self.known.folder_digest(folder):
            self.found.folders_gone.append(folder)

    def _hide(self, path: str, _file: KnownFile) -> None:
        self.found.hidden.append(path)

    def _match_moves(self) -> None:
        added = self.found.added
        sizes = {state.size_bytes for state in added} | {arrival.state.size_bytes for arrival in self.arrivals}
        candidates = list(self.known.same_sizes(sizes)) if sizes else []
        if not candidates:
            return
        arrivals = itertools.chain(self.arrivals, map(Arrival, added))
        replaced = {arrival.state.path for arrival in self.arrivals if arrival.own is not None}
        matcher = Matcher(self.root, self.fs, vanished=self.missing, replaced=replaced, looked_at=self.visited)
        self.found.moved = matcher.match(arrivals, candidates)
        self.found.fingerprints = matcher.fingerprints
        arrived = {move.new.path for move in self.found.moved}
        if arrived:
            self.found.added = [state for state in self.found.added if state.path not in arrived]
            self.found.changed = [state for state in self.found.changed if state.path not in arrived]
            for path in arrived & self.found.unsettled.keys():
                del self.found.unsettled[path]

    def _confirm_missing(self) -> None:
        """Look again, at the last moment, at each name that would be gone."""
        moved = {move.video_id for move in self.found.moved}
        for path, file in (*self.missing.items(), *self.excluded.items()):
            if file.video_id in moved:
                continue
            if self._is_no(stat.S_ISREG, path):
                self.found.gone.append(path)
            elif path in self.excluded:
                self.found.hidden.append(path)
            else:
                self._forget(split(path)[0])

    def _is_no(self, kind: Callable[[int], bool], path: str) -> bool:
        """Whether a name, and what leads to it, is proven to be absent or to be something else now.

        A link in its place is something else: it leads to what is listed under its own path, or out of the library.
        """
        try:
            above = [self.fs.lstat(self._path(folder)).st_mode for folder in list(_lineage(path))[:0:-1]]
            return not all(map(stat.S_ISDIR, above)) or not kind(self.fs.lstat(self._path(path)).st_mode)
        except OSError:
            return is_absent(self.fs, self.root, self._path(path))


def _arrival(state: FileState, known: KnownFile | None, *, settled: bool) -> Arrival:
    if known is None:
        return Arrival(state, settled=settled)
    if known.presence is Presence.GONE:
        return Arrival(state, ghost=known.fingerprint, settled=settled)
    return Arrival(state, own=known.video_id, settled=settled)


def _is_as_remembered(known: KnownFile, size_bytes: int, mtime_ns: int, ctime_ns: int, inode: int) -> bool:
    return known.presence is Presence.PRESENT and _is_same(known, size_bytes, mtime_ns, ctime_ns, inode)


def _is_same(known: KnownFile, size_bytes: int, mtime_ns: int, ctime_ns: int, inode: int) -> bool:
    return (
        known.ctime_ns == ctime_ns
        and known.mtime_ns == mtime_ns
        and known.size_bytes == size_bytes
        and known.inode == inode
    )


def _portable(name: str) -> str:
    return name if name.isascii() else portable(name)


def _lineage(folder: str) -> Iterator[str]:
    """The folder and each one above it, the root left out."""
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]
