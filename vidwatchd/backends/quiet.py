"""quiet: what foreign libraries would leave behind or print in a worker that is killed, not ended."""

from __future__ import annotations

import threading


def bars() -> None:
    """Progress bars take a lock of this process alone.

    tqdm's own is one between processes, made with the first bar, a hidden one too: Python tells of each that a killed
    worker leaves. Nothing where tqdm is not installed.
    """
    try:
        from tqdm import tqdm
    except ImportError:
        return
    tqdm.set_lock(threading.RLock())
