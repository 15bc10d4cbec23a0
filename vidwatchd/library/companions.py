"""companions: files that share a video's name and that no note vouches for: subtitles, covers, other programs' artifacts.

They lie beside the video or in its artifact folder, and are called as its file name or its stem with something after
it. What might as well be another video's is left alone.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass

from vidwatchd.library.renaming import rename
from vidwatchd.library.store import Store


@dataclass(frozen=True, slots=True)
class Companion:
    """One such file or folder: its native name, and whether it lies in the artifact folder. The name is ``lead`` (a dot or
    nothing), then the video's file name (``whole``) or stem, then ``rest``."""

    entry: str
    inside: bool
    lead: str
    whole: bool
    rest: str

    def renamed(self, video: str) -> str:
        """What it is called beside a video of that name."""
        return self.lead + (video if self.whole else _stem(video)) + self.rest


class Neighbours:
    """What lies in one folder of videos and in its artifact folder, listed once: ten thousand videos may be renamed there.

    ``extensions`` are those of videos, lower case without a dot. Names are native.
    """

    def __init__(self, store: Store, path: str, extensions: Collection[str]) -> None:
        self._folders = folders(store, path)
        self._endings = frozenset(extensions)
        self._stems: Counter[str] = Counter()
        self._called: defaultdict[str, dict[tuple[str, bool], None]] = defaultdict(dict)
        for inside, folder in enumerate(self._folders):
            for entry in _names(folder):
                self._add(entry, bool(inside))

    def of(self, video: str) -> list[Companion]:
        """The companions of the video of that name."""
        found = [*self._with(video, video, whole=True), *self._with(_stem(video), video, whole=False)]
        return [each for each in found if not self._is_anothers(each, _stem(video)) and self._may_move(each)]

    def carry(self, found: Collection[Companion], video: str, new: str, to: tuple[str, str]) -> None:
        """A video was renamed: its companions too, as far as that can be. Nothing is replaced, and nothing is raised.

        ``to``: the folders that the new ones lie in, as ``folders`` gives them.
        """
        self._stems[_stem(video)] -= 1
        if to == self._folders:
            self._stems[_stem(new)] += 1
        for each in found:
            source = os.path.join(self._folders[each.inside], each.entry)
            with suppress(OSError):
                if os.path.lexists(source):
                    rename(source, os.path.join(to[each.inside], each.renamed(new)))
                    self._moved(each, new, stays=to == self._folders)

    def _moved(self, each: Companion, new: str, *, stays: bool) -> None:
        for head in _heads(each.entry):
            self._called[head].pop((each.entry, each.inside), None)
        if stays:
            self._add(each.renamed(new), each.inside)

    def _add(self, entry: str, inside: bool) -> None:
        for head in _heads(entry):
            self._called[head][entry, inside] = None
        if not inside and _ending(entry) in self._endings and not entry.startswith("."):
            self._stems[_stem(entry)] += 1

    def _with(self, head: str, video: str, *, whole: bool) -> Iterator[Companion]:
        for entry, inside in list(self._called.get(head, ())):
            lead = "." if entry.startswith(".") else ""
            core = entry.removeprefix(lead)
            if core != video and (whole or not core.startswith(f"{video}.")):
                yield Companion(entry, inside, lead, whole, core[len(head) :])

    def _is_anothers(self, each: Companion, stem: str) -> bool:
        """Whether it is called as another video's might be: one of the same stem, of a longer one, or one that is gone."""
        # The last part may be a video's ending inside: a preview is a little video.
        rest = each.rest.rpartition(".")[0] if each.inside else each.rest
        if self._endings & set(rest.lower().split(".")):
            return True
        longer = [head for head in _heads(each.entry) if len(head) > len(stem)]
        return not each.whole and (self._stems[stem] > 1 or any(self._stems[head] > 0 for head in longer))

    def _may_move(self, each: Companion) -> bool:
        """Hidden folders are artifacts of other programs, but a hidden file may be half of a transfer to the video; and a
        folder in plain sight is a person's own."""
        file = os.path.join(self._folders[each.inside], each.entry)
        is_folder = os.path.isdir(file) and not os.path.islink(file)
        return each.inside or is_folder == bool(each.lead)


def folders(store: Store, path: str) -> tuple[str, str]:
    """The (native) folder of a video, and its artifact folder."""
    return os.path.dirname(store.video(path)), store.folder(path)


def _heads(entry: str) -> list[str]:
    """``.clip.en.srt`` → ``clip``, ``clip.en``: what a video may be called whose companion this is."""
    core = entry.removeprefix(".")
    return [core[:at] for at, character in enumerate(core) if character == "." and at]


def _stem(name: str) -> str:
    return os.path.splitext(name)[0]


def _ending(name: str) -> str:
    return os.path.splitext(name)[1].lower().removeprefix(".")


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []
