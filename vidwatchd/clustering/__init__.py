"""clustering: groups of vectors that lie near each other, and which of many are near to some; numpy only."""

from vidwatchd.clustering.density import dbscan
from vidwatchd.clustering.near import Near
from vidwatchd.clustering.sketches import codes

__all__ = ["Near", "codes", "dbscan"]
