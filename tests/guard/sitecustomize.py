"""sitecustomize: Python processes started by the tests may talk to this machine only.

Python imports it at start, because ``tests/network_guard.py`` puts this folder on PYTHONPATH. An audit hook sees every
socket call, whichever library makes it, and cannot be undone.
"""

import sys

_LOCAL = {"", "localhost", "::", "::1", "0.0.0.0"}
_EVENTS = {"socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1, "socket.getaddrinfo": 0}


def _check(event, args):
    place = _EVENTS.get(event)
    if place is None:
        return
    address = args[place]
    host = address[0] if isinstance(address, tuple) and address else address if event.endswith("getaddrinfo") else None
    host = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if event.endswith("getaddrinfo") and isinstance(host, str) and host.replace(".", "").isdigit():
        return  # an address asks nobody for its name
    if isinstance(host, str) and host not in _LOCAL and not host.startswith("127."):
        raise RuntimeError(f"{event}: tests may not leave this machine, not even for {host}")


sys.addaudithook(_check)
