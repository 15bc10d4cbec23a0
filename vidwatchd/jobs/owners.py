"""owners: which processes work on the queue, and which of them are dead."""

from __future__ import annotations

import os
import socket

from vidwatchd.index import Index


def expire_dead(index: Index) -> None:
    """After a kill, what was running need not wait for its lease to end."""
    for table in (index.jobs, index.tasks):
        for owner in table.owners():
            if not owner_lives(owner):
                table.expire(owner)


def owner_lives(workspace: str) -> bool:
    """Whether the process that a workspace is named after still runs; one on another machine counts as running."""
    # Commas: a colon may stand in no name on the disks that Windows and cameras write.
    host, _, rest = workspace.partition(",")
    pid = rest.partition(",")[0]
    if host != socket.gethostname() or not pid.isdecimal():
        return host != socket.gethostname()
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
