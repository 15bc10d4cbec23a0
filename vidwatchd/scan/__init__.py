"""scan: the truth about a library's folder, as the changes since what is known; it knows no index."""

from vidwatchd.disk import OS, FileSystem
from vidwatchd.fingerprint import fingerprint, same_content
from vidwatchd.ignore import Rules
from vidwatchd.scan.known import Changes, Known, KnownFile, KnownFiles, Pending
from vidwatchd.scan.moves import LostFile, Move
from vidwatchd.scan.walk import changes

__all__ = [
    "OS",
    "Changes",
    "FileSystem",
    "Known",
    "KnownFile",
    "KnownFiles",
    "LostFile",
    "Move",
    "Pending",
    "Rules",
    "changes",
    "fingerprint",
    "same_content",
]
