"""known: what the index remembers of one library, in the shape the scan asks for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from vidwatchd.index import Index
from vidwatchd.model import Library, native
from vidwatchd.scan import KnownFile, LostFile


class IndexKnown:
    """``scan.Known`` over the index. Digests are loaded at once (12 MB for 100,000 videos), rows only where asked."""

    def __init__(self, index: Index, library: Library, answers: Callable[[str], bool] = lambda root: True) -> None:
        self.index = index
        self.library = library
        self.answers = answers
        self.digests = index.libraries.folder_digests(library.id)

    def folder_digest(self, folder: str) -> str:
        """The digest remembered for a folder; "" when none."""
        return self.digests.get(folder, "")

    def files_in(self, folder: str) -> Mapping[str, KnownFile]:
        """The videos directly in a folder by name, gone ones too."""
        return {
            v.name: KnownFile(v.id, v.size_bytes, v.mtime_ns, v.ctime_ns, v.inode, v.fingerprint, v.presence)
            for v in self.index.videos.states_in(self.library.id, folder)
        }

    def folders_under(self, folder: str) -> Iterable[str]:
        """Every folder beneath ``folder`` with a digest or a video that is not gone."""
        found = self.digests.keys() | set(self.index.videos.folders(self.library.id))
        return sorted(name for name in found if name and (not folder or name.startswith(folder + "/")))

    def same_sizes(self, sizes: Collection[int]) -> Iterable[LostFile]:
        """Videos of these sizes in libraries that are online now, and whose disks answer."""
        known = {library.id: native(library.root) for library in self.index.libraries.all() if library.online}
        roots = {number: root for number, root in known.items() if number == self.library.id or self.answers(root)}
        for v in self.index.videos.of_sizes(sizes):
            if v.library_id in roots:
                root = roots[v.library_id]
                yield LostFile(v.id, root, v.path, v.size_bytes, v.mtime_ns, v.inode, v.fingerprint, v.presence)

    def sidecars_in(self, folder: str) -> Mapping[str, tuple[int, int]]:
        """People's sidecars of a folder's videos as last read or written: name → (mtime_ns, size)."""
        if self.library.layout == "central":  # they do not lie beside the videos, where the scan would miss them
            return {}
        return self.index.tags.sidecars_in(self.library.id, f"{folder}/.artifacts" if folder else ".artifacts")

    def companions_in(self, folder: str) -> Mapping[str, tuple[int, int]]:
        """Files beside a folder's videos that something is made from, as last seen: name → (mtime_ns, size)."""
        return self.index.tags.sidecars_in(self.library.id, folder)
