"""lean: sqlite_utils without numpy, which it takes along only to store numpy's numbers.

Nothing here stores any, and the daemon would hold 12 MB for it.
"""

from __future__ import annotations

import sys

_LEFT_OUT = [name for name in ("numpy", "pandas") if name not in sys.modules]
sys.modules.update(dict.fromkeys(_LEFT_OUT))  # type: ignore[arg-type]  # None: to an import it is not installed

from sqlite_utils import Database  # noqa: E402  what it finds at this moment is what it uses

for _name in _LEFT_OUT:
    del sys.modules[_name]

__all__ = ["Database"]
