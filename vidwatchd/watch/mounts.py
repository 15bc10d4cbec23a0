"""mounts: which file system a folder lies on, and whether other machines can change it behind inotify's back."""

from __future__ import annotations

import os
import re
from pathlib import Path

MOUNTINFO = Path("/proc/self/mountinfo")
# Also what a virtual machine shares with its host: changes made there send no events here.
NETWORK_TYPES = frozenset(
    {
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "coda", "ceph", "lustre", "beegfs", "glusterfs", "9p",
        "virtiofs", "vboxsf", "prl_fs", "davfs", "fuse.sshfs", "fuse.rclone", "fuse.s3fs", "fuse.goofys", "fuse.davfs2",
        "fuse.ceph", "fuse.glusterfs", "fuse.gvfsd-fuse", "fuse.smbnetfs", "fuse.vmhgfs-fuse", "fuse.curlftpfs",
    }
)  # fmt: skip
_OCTAL = re.compile(r"\\([0-7]{3})")


def network_type(path: str, mountinfo: Path = MOUNTINFO) -> str:
    """The type of the network mount that the native ``path`` lies on, as ``nfs4``; ``""`` for another one."""
    try:
        lines = mountinfo.read_bytes().splitlines()
    except OSError:
        return ""
    real = f"{os.path.realpath(path).rstrip('/')}/"
    found = ("", "")
    for line in lines:
        mount, kind = _parse(os.fsdecode(line))
        # The last of several mounts on one folder is the one on top.
        if real.startswith(f"{mount.rstrip('/')}/") and len(mount) >= len(found[0]):
            found = (mount, kind)
    return found[1] if found[1] in NETWORK_TYPES else ""


def _parse(line: str) -> tuple[str, str]:
    """Mount point and type of one line; spaces in the mount point are written ``\\040``."""
    fields, _, rest = line.partition(" - ")
    return _OCTAL.sub(lambda m: chr(int(m[1], 8)), fields.split(" ")[4]), rest.split(" ")[0]
