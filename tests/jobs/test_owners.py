"""test_owners: who is dead and whose work may be taken."""

import os
import socket
import subprocess
import sys

import pytest

from vidwatchd.jobs import expire_dead, owner_lives

HERE = socket.gethostname()


@pytest.fixture(scope="module")
def dead():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_who_lives(dead):
    assert owner_lives(f"{HERE},{os.getpid()},abc")
    assert owner_lives(f"{HERE},1,abc")
    assert not owner_lives(f"{HERE},{dead},abc")
    assert not owner_lives(f"{HERE},{10**30},abc")
    assert not owner_lives(f"{HERE},x,abc")
    assert not owner_lives(HERE)
    assert owner_lives(f"another-machine,{dead},abc")


def test_only_the_dead_lose_their_leases(desk, dead):
    for name in ("a.mp4", "b.mp4"):
        desk.put(name)
    desk.scan()
    owners = [f"{HERE},{dead},x", f"{HERE},{os.getpid()},y"]
    for owner in owners:
        assert desk.index.jobs.claim({"metadata": 9}, owner=owner, lease_seconds=60)
    expire_dead(desk.index)
    desk.index.jobs.reclaim(5)
    assert desk.index.jobs.owners() == {owners[1]}
