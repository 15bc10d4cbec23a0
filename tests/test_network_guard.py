"""test_network_guard: nothing in the suite reaches beyond loopback."""

import socket
import subprocess
import sys

import pytest

# 192.0.2.0/24 is kept free for documentation (RFC 5737): nobody answers there.
ELSEWHERE = ("192.0.2.1", 9)


def test_another_machine_is_out_of_reach():
    with socket.socket() as end, pytest.raises(RuntimeError, match=r"192\.0\.2\.1"):
        end.connect(ELSEWHERE)


def test_names_are_not_asked_of_a_server():
    with pytest.raises(RuntimeError, match=r"example\.org"):
        socket.getaddrinfo("example.org", 80)


def test_a_child_is_guarded_too():
    code = f"import socket; socket.create_connection({ELSEWHERE!r}, timeout=1)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "tests may not leave this machine" in done.stderr


def test_loopback_and_unix_sockets_work(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(str(tmp_path / "s"))
        server.listen()
        client.connect(str(tmp_path / "s"))
