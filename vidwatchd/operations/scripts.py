"""scripts: the text of a video's stored form says what people want said, whenever the one or the other changes."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping

from vidwatchd.errors import MediaError, NotFound, StorageError
from vidwatchd.library import stored
from vidwatchd.library.partial import replacing, tidy
from vidwatchd.model import Video, native
from vidwatchd.operations import Context, forms, transcripts
from vidwatchd.storing.reword import reworded

log = logging.getLogger(__name__)


def renew(ctx: Context, video_id: int) -> bool:
    """Write the script anew where people's lines are not in it as they are now, and the manifest; whether it was needed.

    What they changed is safe with the video: a form that cannot be written just now is told in the log, and comes
    right with the next change.
    """
    try:
        video, folder = ctx.index.videos.get(video_id), forms.folder(ctx, video_id)
        if not folder or os.path.islink(folder) or not os.path.isdir(folder):
            return False
        if not _owed(ctx, video, folder):
            return False
        # Its publishing and other people's changes take turns with this.
        with ctx.store(video.library_id).locked(video.path):
            for name, content in _owed(ctx, video, folder).items():
                _write(os.path.join(folder, native(name)), content)
        return True
    except NotFound:
        return False
    except (MediaError, StorageError) as error:
        log.warning("the script of a stored form was not brought up to date: %s", error)
        return False


def _owed(ctx: Context, video: Video, folder: str) -> Mapping[str, bytes]:
    said = transcripts.said(ctx, video)
    return {} if said.problem else reworded(folder, said.tracks, said.edits)


def _write(path: str, content: bytes) -> None:
    tidy(os.path.dirname(path))
    with stored(path), replacing(path) as file:
        file.write(content)
