"""companions: files that share a video's name and that no note vouches for: subtitles, covers, other programs' artifacts.

They lie beside the video or in its artifact folder, and are called as its file name or its stem with something after
it. What might as well be another video's is left alone.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass

from vidwatchd.library.renaming import rename
from vidwatchd.library.store import Store


@dataclass(frozen=True, slots=True)
class Companion:
    """One such file or folder (native path). Its name is ``lead`` (a dot or nothing), then the video's file name
    (``whole``) or stem, then ``rest``."""

    file: str
    inside: bool
    lead: str
    whole: bool
    rest: str

    def name(self, video: str) -> str:
        """What it is called beside a video of that name."""
        return self.lead + (video if self.whole else os.path.splitext(video)[0]) + self.rest


def companions(store: Store, path: str, extensions: Collection[str]) -> list[Companion]:
    """The companions of the video at ``path``; ``extensions`` are those of videos, lower case without a dot."""
    folder, name = os.path.split(store.video(path))
    names, endings = _names(folder), frozenset(extensions)
    stems = {os.path.splitext(other)[0] for other in names if other != name and _ending(other) in endings}
    beside = [found for found in _called(folder, name, stems) if _may_move(found) and not _parts(found.rest) & endings]
    own = _called(store.folder(path), name, stems, inside=True)
    # The last part may be a video's ending there: a preview is a little video.
    return beside + [found for found in own if not _parts(found.rest.rpartition(".")[0]) & endings]


def carry(found: Collection[Companion], store: Store, path: str) -> None:
    """Give companions the new name of their video, as far as that can be: nothing is replaced, and nothing is raised."""
    folder, name = os.path.split(store.video(path))
    for each in found:
        with suppress(OSError):
            if os.path.lexists(each.file):
                rename(each.file, os.path.join(store.folder(path) if each.inside else folder, each.name(name)))


def _called(folder: str, video: str, stems: Collection[str], *, inside: bool = False) -> Iterator[Companion]:
    stem = os.path.splitext(video)[0]
    for entry in _names(folder):
        lead = "." if entry.startswith(".") else ""
        core, file = entry.removeprefix(lead), os.path.join(folder, entry)
        if core.startswith(f"{video}."):
            yield Companion(file, inside, lead, True, core[len(video) :])
        elif core.startswith(f"{stem}.") and core != video and not _is_anothers(core, stem, stems):
            yield Companion(file, inside, lead, False, core[len(stem) :])


def _is_anothers(core: str, stem: str, stems: Collection[str]) -> bool:
    """Whether a name may belong to another video: one of the same stem, or of a longer one."""
    return any(other == stem or (len(other) > len(stem) and core.startswith(f"{other}.")) for other in stems)


def _may_move(found: Companion) -> bool:
    """Hidden folders are artifacts of other programs, but a hidden file may be half of a transfer to the video; and a
    folder in plain sight is a person's own."""
    is_folder = os.path.isdir(found.file) and not os.path.islink(found.file)
    return is_folder == bool(found.lead)


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower()


def _parts(rest: str) -> set[str]:
    return set(rest.lower().split("."))
