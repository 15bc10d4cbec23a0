"""originals: an uploaded file that its sender did not want kept goes once its stored form is proven to be whole."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from vidwatchd.errors import LibraryOffline, MediaError, StorageError
from vidwatchd.fingerprint import fingerprint
from vidwatchd.library import read_parting, stored
from vidwatchd.model import ArtifactState, Outcome, Presence, ProductTask, Video, display, portable
from vidwatchd.operations import Context, forms, libraries, partings
from vidwatchd.operations.produce import Piece, produce
from vidwatchd.products.probe import Probe
from vidwatchd.storing import manifest

if TYPE_CHECKING:
    from vidwatchd.operations.jobs import Order
    from vidwatchd.operations.make import Progress

PROBE_SECONDS = 120.0
# The form was proven when it was made; here it is looked at once more, as it lies on the disk.
_TOLERANCE = 0.1


def run_task(ctx: Context, order: Order, progress: Progress) -> dict[str, Any]:
    """Let the files of these videos go: ``{"removed": [name], "kept": [{"name", "reason"}]}``. Nobody else's file is touched."""
    removed: list[str] = []
    kept: list[dict[str, str]] = []
    for number, video in enumerate(ctx.index.videos.many(order.video_ids)):
        progress(number, len(order.video_ids), [video.name])
        wish = ctx.index.forms.parting(video.id)
        if wish is None:
            continue
        try:
            _part(ctx, video, *wish)
            removed.append(video.name)
        except MediaError as error:  # it is not as it was, or its form is not: then it stays for good
            partings.withdraw(ctx, video)
            kept.append({"name": video.name, "reason": str(error)})
        except (LibraryOffline, StorageError) as error:
            kept.append({"name": video.name, "reason": str(error)})
    return {"removed": removed, "kept": kept}


def _part(ctx: Context, video: Video, path: str, mark: str) -> None:
    """Remove exactly the file that was uploaded. Raises what speaks against it; then it stays."""
    library = libraries.check_online(ctx, ctx.index.libraries.get(video.library_id))
    file = ctx.store(library.id).video(video.path)
    uploads = os.path.realpath(ctx.config.uploads_folder)
    if video.presence is not Presence.PRESENT or video.path != path or video.fingerprint != mark:
        raise MediaError(f"{display(video.name)} is not the file that was uploaded any more")
    if os.path.realpath(os.path.dirname(file)) != uploads or os.path.islink(file):
        raise MediaError(f"{display(video.name)} does not lie among the uploads")
    _prove(ctx, video, mark)
    with stored(file):
        asked = read_parting(ctx.store(library.id), video.path)
        if asked is None or asked.fingerprint != mark or fingerprint(file) != mark:
            raise MediaError(f"{display(video.name)} changed since it was uploaded")
        os.unlink(file)
    ctx.index.videos.set_presence(library.id, [video.path], Presence.GONE, "")
    ctx.index.jobs.drop([video.id])
    partings.withdraw(ctx, video)
    ctx.notify("video", {"ids": [video.id], "why": "gone"})


def _prove(ctx: Context, video: Video, mark: str) -> None:
    """The form as it lies there: its files with their sizes, its sound and picture readable. Raises MediaError."""
    kind = forms.kind()
    folder = os.path.dirname(ctx.store(video.library_id).file(video.path, kind.kept)) if kind else ""
    form = manifest.read(folder) if folder else None
    if form is None or form.source.fingerprint != mark:
        raise MediaError(f"{display(video.name)} has no stored form of its own")
    if form.resultant is None:
        raise MediaError(f"the stored form of {display(video.name)} holds no picture")
    if form.resultant.origin == "placeholder":
        raise MediaError(f"the stored form of {display(video.name)} holds only a placeholder")
    if form.source.audio_codec and form.audio is None:
        raise MediaError(f"the stored form of {display(video.name)} holds no sound")
    if name := manifest.damaged(form, folder):
        raise MediaError(f"the stored form of {display(video.name)} is not whole: {name}")
    _measure(ctx, folder, form.resultant)
    if form.audio is not None:
        _measure(ctx, folder, form.audio)


def _measure(ctx: Context, folder: str, part: manifest.Picture | manifest.Sound) -> None:
    outcomes: list[Outcome] = []
    task = ProductTask(Probe.name, {}, (os.path.join(folder, part.file),))
    produce(ctx.runner(1), [Piece(part.file, task, PROBE_SECONDS)], 1, lambda number, outcome: outcomes.append(outcome))
    (outcome,) = outcomes
    if outcome.state is not ArtifactState.DONE:
        raise MediaError(outcome.error)
    seconds = outcome.facts["duration_seconds"]
    # Raw AAC says nothing of its own length: what is read there is an estimate, and short is what would be wrong.
    if seconds < part.seconds * (1 - _TOLERANCE) - 1:
        raise MediaError(f"{portable(part.file)} lasts {seconds:.1f} s instead of {part.seconds:.1f}")
