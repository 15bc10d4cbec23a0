"""companions: files beside the videos that something is made from: what was made from others before is stale.

What an artifact was made from stands in its facts (``beside``), so that a new index, a move or a rename makes nothing
again that is as it should be.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from vidwatchd import artifacts, scan
from vidwatchd.artifacts.base import Kind
from vidwatchd.artifacts.beside import Beside, State, stems, without_others
from vidwatchd.model import ArtifactState, FileState, Library, Presence, Video
from vidwatchd.operations import Context

# By then a worker that is told to stop has stopped, and what it still hands in counts for nothing.
_AGAIN_SECONDS = 5.0
_MADE = (ArtifactState.DONE, ArtifactState.STALE)


def endings() -> frozenset[str]:
    """The endings of all files that any kind reads."""
    return frozenset(ending for kind in artifacts.KINDS.values() for ending in kind.reads)


def apply(ctx: Context, library: Library, found: scan.Changes, others: Collection[int]) -> list[int]:
    """Remember the companions as they are now. Returns the videos of which something is stale or may be tried again.

    ``others`` are videos whose artifacts the index did not know, or knew elsewhere.
    """
    kinds = [kind for kind in artifacts.KINDS.values() if kind.reads]
    gone = [*found.companions_gone, *_in_lost_folders(ctx, library, found.folders_gone)] if kinds else []
    if not found.companions and not gone and not (kinds and others):
        return []
    with ctx.index.bulk():
        for file in found.companions:
            ctx.index.tags.remember_sidecar(library.id, file)
        ctx.index.tags.forget_sidecars(library.id, gone)
        look = _Look(ctx, library, kinds, found.companions, found.companions_gone)
        return [video.id for video in look.videos(others) if look.outdate(video)]


def _in_lost_folders(ctx: Context, library: Library, folders: Iterable[str]) -> list[str]:
    known = ((folder, ctx.index.tags.sidecars_in(library.id, folder)) for folder in folders)
    return [f"{folder}/{name}" if folder else name for folder, names in known for name in names]


class _Look:
    """The companions of some folders: as they are now, and which of them came, went or changed."""

    def __init__(
        self,
        ctx: Context,
        library: Library,
        kinds: Collection[type[Kind]],
        changed: Iterable[FileState],
        gone: Iterable[str],
    ) -> None:
        self.ctx, self.library, self.kinds = ctx, library, kinds
        names: defaultdict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
        for path in (*(file.path for file in changed), *gone):
            folder, _, name = path.rpartition("/")
            names[folder][name] = (0, 0)
        self.changed = {folder: Beside(files) for folder, files in names.items()}
        self.now: dict[str, Beside] = {}
        self.beside: dict[str, tuple[list[Video], frozenset[str]]] = {}

    def videos(self, others: Iterable[int]) -> list[Video]:
        """Those in folders where companions changed, and the others."""
        found = {video.id: video for video in self.ctx.index.videos.many(list(others))}
        for folder in self.changed:
            beside, _ = self._videos(folder)
            found.update((video.id, video) for video in beside if any(self._is_touched(video, k) for k in self.kinds))
        return list(found.values())

    def outdate(self, video: Video) -> bool:
        """Mark what is not made from its companions as they are now; whether there was anything."""
        rows = self.ctx.index.artifacts.of(video.id)
        kinds = []
        for kind in self.kinds:
            made = rows.get(kind.name)
            if made and made.state in _MADE:
                then, now = made.facts.get("beside", {}), self._now(video).of(video.name, kind.reads)
                wrong = self._own(then, video) != self._own(now, video)
            else:  # nobody knows what it would have been made from
                wrong = self._is_touched(video, kind)
            kinds += [kind.name] if wrong else []
        if kinds:
            self.ctx.index.artifacts.outdate([video.id], kinds)
            self.ctx.index.jobs.forgive([video.id], kinds)
            self.ctx.index.jobs.begin_again([video.id], kinds, _AGAIN_SECONDS)
        return bool(kinds)

    def _is_touched(self, video: Video, kind: type[Kind]) -> bool:
        changed = self.changed.get(_folder(video))
        return bool(changed and self._own(changed.of(video.name, kind.reads), video))

    def _own(self, state: State, video: Video) -> State:
        return without_others(state, video.name, self._videos(_folder(video))[1]) if state else state

    def _videos(self, folder: str) -> tuple[list[Video], frozenset[str]]:
        """The videos of a folder, and what their files begin with."""
        if folder not in self.beside:
            found = self.ctx.index.videos.in_folder(self.library.id, folder, recursive=False)
            present = [video for video in found if video.presence is not Presence.GONE]
            self.beside[folder] = (present, stems(video.name for video in present))
        return self.beside[folder]

    def _now(self, video: Video) -> Beside:
        folder = _folder(video)
        if folder not in self.now:
            self.now[folder] = Beside(self.ctx.index.tags.sidecars_in(self.library.id, folder))
        return self.now[folder]


def _folder(video: Video) -> str:
    return video.path.rpartition("/")[0]
