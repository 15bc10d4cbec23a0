"""graphics: whether a graphics card is here that torch can compute on, asked without loading torch where none can be."""

from __future__ import annotations

import os

from vidwatchd.errors import Unavailable

# What the drivers of NVIDIA, of Windows' Linux and of AMD put there: without one there is nothing to ask torch for.
_DEVICES = ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd")


def works(devices: tuple[str, ...] = _DEVICES) -> bool:
    """Whether models can run on a card. Loading torch takes 300 MB: it is asked only where a driver is."""
    if not any(os.path.exists(device) for device in devices):
        return False
    try:
        import torch
    except ImportError:
        return False
    return torch.cuda.is_available()


def too_slow(name: str, setting: str, device: str) -> Unavailable | None:
    """What keeps a large model from being taken by itself: no card, and nobody asked for the processor."""
    if device == "cpu" or works():
        return None
    hint = f'it takes very long without one; to have it all the same set {setting} to "cpu"'
    return Unavailable(f"{name} needs a graphics card, and none works here", hint=hint)
