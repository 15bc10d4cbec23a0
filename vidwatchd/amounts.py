"""amounts: how large something is, as people say it."""

from __future__ import annotations

_UNITS = ("KB", "MB", "GB", "TB", "PB")


def size(count: int) -> str:
    """Bytes in the unit by which disks are sold (1 MB is 1,000,000 B): ``1.4 GB``."""
    if count < 1000:
        return f"{count} B"
    value = float(count)
    for unit in _UNITS:
        value /= 1000
        if value < 999.5 or unit == _UNITS[-1]:
            break
    return f"{value:.1f} {unit}" if value < 9.95 else f"{value:.0f} {unit}"
