"""hints: what one file-system event says about where to look; most events say nothing."""

from __future__ import annotations

from dataclasses import dataclass

from vidwatchd.ignore import IGNORE_NAME, NOMEDIA_NAME, Rules, is_junk, is_peoples_sidecar
from vidwatchd.model import ARTIFACTS_FOLDER, portable


@dataclass(frozen=True, slots=True)
class Hints:
    """Where to look in one library; paths are portable and relative to its root.

    ``folders`` alone, ``trees`` with everything beneath, ``full`` the whole library. ``sidecars`` names the people's
    sidecars that were touched; their folders are among ``folders``.
    """

    library: int
    folders: frozenset[str] = frozenset()
    trees: frozenset[str] = frozenset()
    full: bool = False
    sidecars: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Relevance:
    """Tells which events matter: those of videos, their companions, folders, ``.ignore`` files and people's sidecars."""

    rules: Rules

    def of(self, library: int, relative: str, *, is_folder: bool, arrived: bool) -> Hints | None:
        """The hint of one event at a native path relative to the root; None when it does not matter.

        ``arrived``: the name is new there; a new folder may have been filled before anybody watched it.
        """
        *above, name = relative.split("/")
        if ARTIFACTS_FOLDER in above:
            return _of_artifacts(library, above, name)
        if any(map(is_junk, above)):
            return None
        folder = portable("/".join(above))
        if name in (IGNORE_NAME, NOMEDIA_NAME):
            return Hints(library, trees=frozenset({folder}))
        if is_folder and not is_junk(name):
            return Hints(library, trees=frozenset({portable(relative)})) if arrived else _flat(library, folder)
        matters = self.rules.is_video_name(name) or self.rules.is_companion_name(name)
        return _flat(library, folder) if matters else None


def _of_artifacts(library: int, above: list[str], name: str) -> Hints | None:
    """Our own artifacts are no news; what people said is."""
    if above[-1] != ARTIFACTS_FOLDER or any(map(is_junk, above[:-1])) or not is_peoples_sidecar(name):
        return None
    folder = portable("/".join(above[:-1]))
    return Hints(library, folders=frozenset({folder}), sidecars=frozenset({portable("/".join([*above, name]))}))


def _flat(library: int, folder: str) -> Hints:
    return Hints(library, folders=frozenset({folder}))
