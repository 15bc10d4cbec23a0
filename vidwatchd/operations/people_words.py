"""people_words: the search's words of who is seen in a video, read anew some videos at a time when names changed."""

from __future__ import annotations

import time

from vidwatchd.operations import Context

# A video's words are read anew with all that is spoken in it: few enough that others can write in between.
_AT_ONCE = 20
# Whoever decided something waits no longer than this; the rest is done later.
SOON_SECONDS = 0.5


def learn(ctx: Context, most_seconds: float = SOON_SECONDS) -> bool:
    """Have the search know who is in the videos, as far as the time lasts. Returns whether it knows of all now.

    What is owed stands in the index, written with whatever changed it: after a crash it is still owed.
    """
    until = time.monotonic() + most_seconds
    while owed := ctx.index.tags.owing_people(_AT_ONCE):
        if time.monotonic() >= until:
            return False
        ctx.index.tags.learn_people(owed)
    return True
