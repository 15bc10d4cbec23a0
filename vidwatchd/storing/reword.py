"""reword: a stored form's script with its lines as people want them now, and the manifest that goes with it.

Nothing is heard, described or encoded again: the text is changed where its words stand.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace

from vidwatchd.cues import Edits, Track
from vidwatchd.errors import MediaError
from vidwatchd.model import native, portable
from vidwatchd.storing import manifest, script, words


def reworded(folder: str, tracks: Sequence[Track], edits: Edits) -> Mapping[str, bytes]:
    """The files of a stored form (native ``folder``) that must change, by name; none where all is as it should be.

    Only words of one of these ``tracks`` are changed, and only by or back from what people said. Raises MediaError for a
    form that cannot be read.
    """
    form = manifest.read(folder)
    told = form.script if form else None
    track = next((t for t in tracks if told and t.id == told.track and t.source == told.backend), None)
    if form is None or told is None or track is None or not (told.edited or edits.lines.get(track.id)):
        return {}
    said, before = words.of(track, edits), _read(os.path.join(folder, native(told.file)))
    text = script.reworded(before.decode("utf-8", "replace"), said).encode("utf-8", "replace")
    about = replace(told, bytes=len(text), words=said.count, edited=said.edited)
    if text == before and about == told:
        return {}
    return {told.file: text, manifest.FILE: manifest.text(replace(form, script=about))}


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise MediaError(f"{portable(path)} cannot be read: {error.strerror}") from error
