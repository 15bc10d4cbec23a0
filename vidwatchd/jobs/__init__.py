"""jobs: owed work is written down, claimed, made by a runner, published and recorded; failures retry, then are set aside."""

from vidwatchd.jobs.dispatcher import Dispatcher
from vidwatchd.jobs.owing import BACKFILL, NEW, NOW, caps, is_outdated, kinds_for, outdated, owe, record, refresh
from vidwatchd.jobs.owners import expire_dead, owner_lives
from vidwatchd.jobs.room import last_kinds, shortage

__all__ = [
    "BACKFILL",
    "NEW",
    "NOW",
    "Dispatcher",
    "caps",
    "expire_dead",
    "is_outdated",
    "kinds_for",
    "last_kinds",
    "outdated",
    "owe",
    "owner_lives",
    "record",
    "refresh",
    "shortage",
]
