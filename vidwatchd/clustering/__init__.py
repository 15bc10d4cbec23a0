"""clustering: groups of vectors that lie near each other, and which of many are near to some; numpy only."""

from vidwatchd.clustering.density import Grouping, dbscan, grouped
from vidwatchd.clustering.near import Near
from vidwatchd.clustering.sketches import codes

__all__ = ["Grouping", "Near", "codes", "dbscan", "grouped"]
