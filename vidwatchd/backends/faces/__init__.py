"""faces: ways to find the faces in a picture, and what tells one person's from another's."""

from __future__ import annotations

from vidwatchd.backends.faces.request import Distances, FaceFinder, Look, Seen

__all__ = ["Distances", "FaceFinder", "Look", "Seen"]
