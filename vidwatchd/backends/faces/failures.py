"""failures: what the libraries under the backends of faces raise, and how it is told."""

from __future__ import annotations

import sys

# TypeError: onnxruntime takes no path that is not UTF-8.
_USUAL = (RuntimeError, ValueError, TypeError, OSError, AssertionError, AttributeError, IndexError, KeyError)
_ONNXRUNTIME = "onnxruntime.capi.onnxruntime_pybind11_state"
_PROTOBUF = "google.protobuf.message"


def foreign() -> tuple[type[Exception], ...]:
    """Exceptions of the libraries that are loaded; those of OpenCV and onnxruntime have no root of their own."""
    found: list[type[Exception]] = list(_USUAL)
    for name in ("cv2", _ONNXRUNTIME, _PROTOBUF):
        members = vars(sys.modules[name]).values() if name in sys.modules else ()
        found += [value for value in members if isinstance(value, type) and issubclass(value, Exception)]
    return tuple(dict.fromkeys(found))


def told(error: Exception) -> str:
    """In one line, not too long."""
    return " ".join(str(error).split())[:200] or type(error).__name__
