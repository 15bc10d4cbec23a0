"""waiting: how tests wait for what other threads and processes do: as long as it takes, and no longer than a hang.

A machine may be twenty times slower than the one a test was written on, or busy. So a test does not sleep and then hope,
nor measure how long something took (that belongs into ``tests/bench``). It asks again and again, in one question, for
the last thing that is to happen, and looks at what that question gave; what is asked for in two questions has moved in
between. The limit is there to end a hang, and generous, as it costs nothing where all is well.
"""

import time

PATIENCE_SECONDS = 120.0


def until(happens, every_seconds=0.01):
    """Ask until ``happens()`` is true, and give what it gave."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := happens()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(every_seconds)
    return found
