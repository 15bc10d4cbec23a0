"""clustering: groups of vectors that lie near each other, found from scratch or as new ones come; numpy only."""

from vidwatchd.clustering.arriving import Joined, join
from vidwatchd.clustering.density import Grouping, dbscan, grouped
from vidwatchd.clustering.known import Known, Standing
from vidwatchd.clustering.leaving import Left, edges, leave
from vidwatchd.clustering.linking import Link
from vidwatchd.clustering.near import Near
from vidwatchd.clustering.sketches import codes

__all__ = [
    "Grouping",
    "Joined",
    "Known",
    "Left",
    "Link",
    "Near",
    "Standing",
    "codes",
    "dbscan",
    "edges",
    "grouped",
    "join",
    "leave",
]
