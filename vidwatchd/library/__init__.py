"""library: a root folder on disk: its marker, where its artifacts lie, and how they get there whole."""

from vidwatchd.library.edits import parse_edits, read_edits, write_edits
from vidwatchd.library.files import parse_tags, stored, tidy, write_json
from vidwatchd.library.partings import drop_parting, note_parting, read_parting
from vidwatchd.library.roots import WITNESSES, new_uuid, offline_reason, read_marker, readable_folder, write_marker
from vidwatchd.library.store import (
    EDITS_SUFFIX,
    PARTING_SUFFIX,
    PEOPLES_SUFFIXES,
    TAGS_SUFFIX,
    MadeEntry,
    Store,
    Unpublished,
)

__all__ = [
    "EDITS_SUFFIX",
    "PARTING_SUFFIX",
    "PEOPLES_SUFFIXES",
    "TAGS_SUFFIX",
    "WITNESSES",
    "MadeEntry",
    "Store",
    "Unpublished",
    "drop_parting",
    "new_uuid",
    "note_parting",
    "offline_reason",
    "parse_edits",
    "parse_tags",
    "read_edits",
    "read_marker",
    "read_parting",
    "readable_folder",
    "stored",
    "tidy",
    "write_edits",
    "write_json",
    "write_marker",
]
