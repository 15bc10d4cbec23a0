"""gallery: names for people who look like those in a folder that has a folder of pictures or videos for each of them."""

from __future__ import annotations

import base64
import os
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vidwatchd import artifacts
from vidwatchd.backends import faces as backends
from vidwatchd.errors import Unavailable, UsageError
from vidwatchd.ignore import is_junk
from vidwatchd.index.tags import fold
from vidwatchd.library.roots import readable_folder
from vidwatchd.model import ArtifactState, Outcome, ProductTask, display, native, portable
from vidwatchd.operations import Context, deciding
from vidwatchd.operations.make import Progress
from vidwatchd.operations.produce import Piece, produce, quiet
from vidwatchd.products.gallery import Gallery

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Of whoever is seen in thousands of videos, the best faces say as much as all of them.
FACES_EACH = 50
# Who is as near to two people is one of them, and nobody knows which: no name is better than a wrong one.
TIE = 0.01
# The clock of one person's folder, which may hold films; the worker ends what hangs sooner.
_LONGEST_SECONDS = 86400.0
# So many people are compared at a time: 2000 faces at most, so that memory stays flat.
_AT_ONCE = 40
_LIKE_THE_KIND = ("backend", "model", "device")

Skipped = list[list[str]]


@dataclass(frozen=True, slots=True)
class Folder:
    """One person's folder: the name, and the files in it (native paths)."""

    name: str
    files: tuple[str, ...]


def label(
    ctx: Context,
    folder: str = "",
    *,
    sample_rate: float | None = None,
    threshold: float | None = None,
    progress: Progress = quiet,
) -> dict[str, Any]:
    """Name the people that look like those in a gallery (portable path; empty: the one in the settings).

    ``{"labelled": [{"id", "name", "faces"}], "skipped": [[file, reason]], "people": n}``. Who has a name, is hidden, was
    merged or split keeps what people said of them. The rest get the name of whom they are nearest to, if the median of
    their faces' distances to that person's nearest picture is within ``threshold`` (None or 0: the settings', else the
    model's own), and nobody else is as near. Raises InvalidDirectory, UsageError, Unavailable, StorageError; then, and
    when it is stopped, nothing is changed.
    """
    root = readable_folder(folder or ctx.config.people.gallery)
    limit = _limit(ctx, threshold)
    product = _product(ctx, sample_rate)
    if lacking := product.ready():
        raise lacking
    folders, skipped = _people(root)
    if not folders:
        raise UsageError(f"{display(root)} holds no folder of a person", hint="make one for each, with pictures in it")
    learnt = _learnt(ctx, product, folders, skipped, progress)
    alike: dict[str, list[int]] = {}
    for space, people in learnt.items():
        for name, rows in _alike(ctx, space, people, limit, skipped).items():
            alike.setdefault(name, []).extend(rows)
    skipped += _incomparable(ctx, root, learnt)
    labelled = deciding.name_alike(ctx, alike, "the gallery") if alike else []
    return {"labelled": labelled, "skipped": skipped, "people": sum(map(len, learnt.values()))}


def _limit(ctx: Context, threshold: float | None) -> float:
    if threshold is not None and not 0 <= threshold <= 1:
        raise UsageError(f"a threshold of {threshold:g} means nothing", hint="it is a cosine distance from 0 to 1")
    return threshold or ctx.config.people.label_threshold


def _product(ctx: Context, sample_rate: float | None) -> Gallery:
    """With the backend and model that find the faces of videos: others' vectors cannot be compared."""
    rate = ctx.config.people.gallery_sample_rate if sample_rate is None else sample_rate
    if not 0 < rate <= 60:
        raise UsageError(f"a sample rate of {rate:g} means nothing", hint="frames a second, above 0 and at most 60")
    kind = next((kind.name for kind in artifacts.KINDS.values() if kind.seen), "")
    settings = artifacts.settings_for(ctx.config, kind).model_dump() if kind else {}
    same = {name: settings[name] for name in _LIKE_THE_KIND if name in settings}
    return Gallery(models=ctx.config.models_folder, sample_rate=rate, **same)


def _people(root: str) -> tuple[list[Folder], Skipped]:
    """One for each name, in any spelling, in the order of their names; and what is left out, and why."""
    found: dict[str, Folder] = {}
    skipped: Skipped = []
    with os.scandir(native(root)) as entries:
        listed = sorted(entries, key=lambda entry: entry.name)
    for entry in listed:
        if is_junk(entry.name):
            continue
        if not os.path.isdir(entry.path):  # which, unlike the entry, takes a link to itself for none
            skipped.append([_shown(entry.name), "it lies beside the people's folders, not in one"])
        elif name := _named(entry, skipped):
            before = found.get(fold(name), Folder(name, ()))
            found[fold(name)] = Folder(before.name, (*before.files, *_files(entry, skipped)))
    return list(found.values()), skipped


def _named(entry: os.DirEntry[str], skipped: Skipped) -> str:
    try:
        name = deciding.check_name(portable(entry.name))
    except UsageError as error:
        skipped.append([_shown(entry.name), str(error)])
        return ""
    if not name or display(name) != name:
        skipped.append([_shown(entry.name), "a folder of this name names nobody"])
        return ""
    return name


def _files(entry: os.DirEntry[str], skipped: Skipped) -> list[str]:
    """Those in a person's folder and in folders below it."""
    troubles: list[OSError] = []
    found: list[str] = []
    for here, folders, names in os.walk(entry.path, onerror=troubles.append):
        folders[:] = sorted(name for name in folders if not is_junk(name))
        paths = (os.path.join(here, name) for name in sorted(names) if not is_junk(name))
        found += [path for path in paths if os.path.isfile(path)]
    if not found and not troubles:
        skipped.append([_shown(entry.name), "there is nothing in it"])
    top = os.path.dirname(entry.path)
    skipped += [[_shown(os.path.relpath(e.filename, top)), f"it cannot be read: {e.strerror}"] for e in troubles]
    return found


def _shown(path: str) -> str:
    return display(portable(path))


def _learnt(
    ctx: Context, product: Gallery, folders: Sequence[Folder], skipped: Skipped, progress: Progress
) -> dict[str, dict[str, NDArray[np.float32]]]:
    """Space → name → the vectors of that person, (n, d); one worker looks at all, so that it loads its model once."""
    learnt: dict[str, dict[str, NDArray[np.float32]]] = {}
    filled = [folder for folder in folders if folder.files]

    def take(number: int, outcome: Outcome) -> None:
        name = filled[number].name
        if outcome.state is ArtifactState.UNAVAILABLE:
            raise Unavailable(outcome.error)
        if outcome.state is not ArtifactState.DONE:
            skipped.append([name, outcome.error])
            return
        facts = outcome.facts
        skipped.extend([f"{name}/{display(file)}", reason] for file, reason in facts["skipped"])
        if not facts["dimensions"]:
            skipped.append([name, "no face was found in it"])
            return
        learnt.setdefault(facts["space"], {})[name] = _rows(base64.b64decode(facts["vectors"]), facts["dimensions"])

    with tempfile.TemporaryDirectory(prefix="vidwatchd-") as out:
        pieces = _pieces(product, filled, out)
        produce(ctx.model_runner(), pieces, len(filled), take, progress, ahead=1)
    return learnt


def _pieces(product: Gallery, folders: Sequence[Folder], out: str) -> Iterator[Piece]:
    for number, folder in enumerate(folders):
        own = os.path.join(out, str(number))  # where it says how far it is
        os.mkdir(own)
        task = ProductTask(product.name, product.model_dump(), folder.files, own)
        yield Piece(folder.name, task, _LONGEST_SECONDS)


def _alike(
    ctx: Context, space: str, people: Mapping[str, NDArray[np.float32]], limit: float, skipped: Skipped
) -> dict[str, list[int]]:
    """Name → the people (rows) who are to have it."""
    limit = limit or backends.distances(space).label
    found: dict[str, list[int]] = {}
    for person_id, faces, near in _medians(ctx, space, people):
        ranked = sorted(near.items(), key=lambda pair: pair[1])
        (name, distance), others = ranked[0], ranked[1:]
        if not distance <= limit:
            continue
        if others and others[0][1] - distance < TIE:
            many = "a person" if faces == 1 else f"a person with {faces} faces"
            skipped.append([name, f"{many} is as near to {others[0][0]}, and gets neither name"])
            continue
        found.setdefault(name, []).append(person_id)
    return found


def _medians(
    ctx: Context, space: str, people: Mapping[str, NDArray[np.float32]]
) -> Iterator[tuple[int, int, dict[str, float]]]:
    """Each person of whom nothing was said: how many faces were compared, and name → the median of their distances."""
    import numpy as np

    known = np.vstack(list(people.values()))
    starts = np.cumsum([0, *map(len, people.values())])[:-1]
    strangers = ctx.index.crowd.strangers(space)
    for start in range(0, len(strangers), _AT_ONCE):
        best = ctx.index.crowd.seen_best(strangers[start : start + _AT_ONCE], space, FACES_EACH)
        for person_id, rows in _of_each(ctx, best, known.shape[1]):
            # The nearest picture of each: one may be of a child, another with a beard.
            nearest = np.maximum.reduceat(rows @ known.T, starts, axis=1)
            medians = np.median(1 - nearest, axis=0).tolist()
            yield person_id, len(rows), dict(zip(people, medians, strict=True))


def _of_each(
    ctx: Context, faces: Mapping[int, Collection[int]], dimensions: int
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    vectors = ctx.index.faces.vectors([face for some in faces.values() for face in some])
    for person_id, some in faces.items():
        yield person_id, _rows(b"".join(vectors[face] for face in some), dimensions)


def _rows(blob: bytes, dimensions: int) -> NDArray[np.float32]:
    import numpy as np

    return np.frombuffer(blob, "<f2").astype(np.float32).reshape(-1, dimensions)


def _incomparable(ctx: Context, root: str, learnt: Collection[str]) -> Skipped:
    """What to say of faces that were found by another model than the one that read the gallery."""
    others = [space for space in ctx.index.faces.spaces() if learnt and space not in learnt]
    reason = "people found by {} cannot be compared with it: make their videos' faces again"
    return [
        [display(root), reason.format(space.rpartition(":")[0])] for space in others if ctx.index.crowd.strangers(space)
    ]
