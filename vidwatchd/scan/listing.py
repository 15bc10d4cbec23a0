"""listing: one folder of a library read once: its videos, its folders, what is wrong in it, and a digest of it."""

from __future__ import annotations

import hashlib
import marshal
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field

from vidwatchd.disk import ABSENT, Entry, FileSystem, reason
from vidwatchd.ignore import IGNORE_NAME, JUNK_PREFIXES, NOMEDIA_NAME, Patterns, Rules, is_junk
from vidwatchd.model import ARTIFACTS_FOLDER

IGNORE_BYTES = 65_536

Row = tuple[str, int, int, int, int]
"""Native name, size_bytes, mtime_ns, ctime_ns, inode."""


@dataclass(slots=True)
class Listing:
    """What one folder holds; every name is native. ``problems`` are names that could not or must not be looked at."""

    videos: list[Row] = field(default_factory=list)
    companions: list[Row] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    hidden_folders: list[str] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    has_artifacts: bool = False
    hidden: bool = False
    patterns: Patterns = field(default_factory=Patterns)

    def digest(self) -> str:
        """A short text that is the same as long as no video or companion comes, goes or changes; on every machine."""
        # marshal 2 knows no references, so equal rows give equal bytes; 0.3 µs a row, repr takes 1.5.
        digest = hashlib.blake2b(marshal.dumps(sorted(self.videos), 2), digest_size=8)
        if self.companions:
            digest.update(marshal.dumps(sorted(self.companions), 2))
        return digest.hexdigest()


def read(fs: FileSystem, root: str, path: str, rules: Rules, patterns: Patterns) -> Listing:
    """List the folder at ``path`` (native, in the library at ``root``); ``patterns`` are those in force above it.

    Raises OSError when the folder, or the ``.ignore`` in it, cannot be read.
    """
    listing = Listing(patterns=patterns)
    with fs.scandir(path) as entries:
        _gather(entries, rules, listing)
    _obey_marks(fs, path, listing)
    if listing.links:
        _follow_links(fs, root, path, rules, listing)
    _sift(listing)
    return listing


def marked_hidden(fs: FileSystem, path: str, patterns: Patterns) -> tuple[bool, Patterns]:
    """Whether the folder hides itself, and the patterns in force in it, without listing it. Raises OSError."""
    listing = Listing(patterns=patterns)
    for name in (IGNORE_NAME, NOMEDIA_NAME):
        try:
            fs.lstat(f"{path}/{name}")
        except OSError as error:
            if error.errno not in ABSENT:
                raise
        else:
            listing.marks.append(name)
    _obey_marks(fs, path, listing)
    return listing.hidden, listing.patterns


def _gather(entries: Iterable[Entry], rules: Rules, listing: Listing) -> None:
    """Sort the entries of one folder, and ask the videos for their state: 2 µs a file, 1.6 of them the system's."""
    extensions, companions = rules.extensions, rules.companions
    for entry in entries:
        name = entry.name
        if entry.is_dir(follow_symlinks=False):
            listing.folders.append(name)
        elif name.rpartition(".")[2].lower() in extensions and name[0] not in JUNK_PREFIXES and "." in name:
            try:
                state = entry.stat(follow_symlinks=False)
            except OSError as error:
                _note_failure(name, error, listing)
                continue
            if state.st_mode & 0o170000 == stat.S_IFREG:
                listing.videos.append((name, state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino))
            else:
                _note_other(name, state.st_mode, listing)
        elif name in (IGNORE_NAME, NOMEDIA_NAME):
            listing.marks.append(name)
        elif entry.is_symlink():
            listing.links.append(name)
        elif companions and rules.is_companion_name(name):
            _take_companion(entry, listing)


def _take_companion(entry: Entry, listing: Listing) -> None:
    try:
        state = entry.stat(follow_symlinks=False)
    except OSError as error:
        _note_failure(entry.name, error, listing)
        return
    if state.st_mode & 0o170000 == stat.S_IFREG:
        row = (entry.name, state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino)
        listing.companions.append(row)


def _note_failure(name: str, error: OSError, listing: Listing) -> None:
    # A name that went between the listing and the look is no problem: the scan will ask for it again.
    if error.errno not in ABSENT:
        listing.problems[name] = reason(error)


def _note_other(name: str, mode: int, listing: Listing) -> None:
    if stat.S_ISLNK(mode):
        listing.links.append(name)
    else:
        listing.problems[name] = "not a regular file"


def _obey_marks(fs: FileSystem, path: str, listing: Listing) -> None:
    """An empty ``.ignore`` or a ``.nomedia`` hides the folder; a ``.ignore`` with lines adds its patterns."""
    listing.hidden = NOMEDIA_NAME in listing.marks
    mark = f"{path}/{IGNORE_NAME}"
    if IGNORE_NAME not in listing.marks or not stat.S_ISREG(fs.stat(mark).st_mode):
        return
    with fs.open(mark) as file:
        text = os.fsdecode(file.read(IGNORE_BYTES)).removeprefix("\ufeff")
    listing.hidden |= not text.strip()
    listing.patterns = listing.patterns.with_lines(text.splitlines())


def _follow_links(fs: FileSystem, root: str, path: str, rules: Rules, listing: Listing) -> None:
    try:
        real_root = fs.resolve(root)
    except OSError as error:
        listing.problems.update(dict.fromkeys(listing.links, reason(error)))
        return
    for name in listing.links:
        try:
            target, state = fs.resolve(f"{path}/{name}"), fs.stat(f"{path}/{name}")
        except OSError as error:
            if rules.is_video_name(name):
                listing.problems[name] = f"a link that leads nowhere: {reason(error)}"
        else:
            _take_link(name, target, state, real_root, rules, listing)


def _take_link(name: str, target: str, state: os.stat_result, real_root: str, rules: Rules, listing: Listing) -> None:
    """A link to a folder or a video that is listed under its own path is passed over: loops end, each is seen once.

    What remains is a link to a file that lies in the library but is not looked at (as git-annex keeps them): a video.
    """
    is_video = stat.S_ISREG(state.st_mode) and rules.is_video_name(name)
    if not is_video and not stat.S_ISDIR(state.st_mode):
        return
    if not f"{target}/".startswith(f"{real_root.rstrip('/')}/"):
        listing.problems[name] = "a link that leads out of the library"
    elif is_video and not _is_listed(target[len(real_root) :], rules):
        listing.videos.append((name, state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino))


def _is_listed(relative: str, rules: Rules) -> bool:
    *folders, name = relative.strip("/").split("/")
    return rules.is_video_name(name) and not any(is_junk(folder) for folder in folders)


def _sift(listing: Listing) -> None:
    """Leave out what the patterns hide, and folders that are junk."""
    hides = listing.patterns.hides
    listing.has_artifacts = ARTIFACTS_FOLDER in listing.folders
    listing.hidden_folders = [f for f in listing.folders if listing.hidden or is_junk(f) or hides(f, folder=True)]
    listing.folders = [] if listing.hidden else [f for f in listing.folders if f not in set(listing.hidden_folders)]
    if listing.hidden:
        listing.videos, listing.companions, listing.problems = [], [], {}
    elif listing.patterns.lines:
        listing.videos = [row for row in listing.videos if not hides(row[0])]
        listing.problems = {name: why for name, why in listing.problems.items() if not hides(name)}
