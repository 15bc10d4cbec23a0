"""test_mounts: the type of the mount that a folder lies on."""

from __future__ import annotations

import pytest

from vidwatchd.watch.mounts import network_type

TABLE = r"""27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 27 0:40 / /mnt/nas rw,relatime shared:5 - nfs4 nas:/films rw
31 30 0:41 / /mnt/nas/local rw - xfs /dev/sdb rw
32 27 0:42 / /mnt/my\040share rw - cifs //box/share rw
33 27 0:43 / /mnt/twice rw - fuse.sshfs me@box: rw
34 33 0:44 / /mnt/twice rw - ext4 /dev/sdc rw
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/me", ""),
        ("/mnt/nas", "nfs4"),
        ("/mnt/nas/films/a", "nfs4"),
        ("/mnt/nasty", ""),
        ("/mnt/nas/local/b", ""),
        ("/mnt/my share/x", "cifs"),
        ("/mnt/twice", ""),
    ],
)
def test_the_nearest_mount_decides(tmp_path, path, kind):
    table = tmp_path / "mountinfo"
    table.write_text(TABLE)
    assert network_type(path, table) == kind


def test_without_a_table_nothing_is_a_network_mount(tmp_path):
    assert network_type("/mnt/nas", tmp_path / "absent") == ""


def test_this_machine_has_a_table_that_can_be_read(tmp_path):
    assert network_type(str(tmp_path)) == ""
