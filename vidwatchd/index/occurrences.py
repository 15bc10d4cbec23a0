"""occurrences: who is seen in which videos and how often, all people at once."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vidwatchd.index import Index

_IN = "IN (SELECT value FROM json_each(?))"


class Occurrences:
    """Questions about people in videos that are not gone; ``video_ids`` narrows to these."""

    def __init__(self, index: Index) -> None:
        self.index = index

    def people(self, video_ids: Collection[int] | None = None) -> list[int]:
        """Everybody who is seen, the one with the most faces first."""
        only, given = _only(video_ids)
        sql = f"""SELECT f.person_id FROM faces f JOIN videos v ON v.id = f.video_id
                  WHERE f.person_id IS NOT NULL AND v.presence <> 'gone' {only}
                  GROUP BY f.person_id ORDER BY count(*) DESC, f.person_id"""
        return [int(str(row[0])) for row in self.index.rows(sql, *given)]

    def of(
        self, person_ids: Collection[int], video_ids: Collection[int] | None = None
    ) -> dict[int, list[dict[str, Any]]]:
        """Person → each video with how many faces, frames and seconds of theirs, and when they are first seen."""
        only, given = _only(video_ids)
        first = "min((SELECT min(json_extract(t.value, '$[0]')) FROM json_each(f.tracks) t))"
        sql = f"""SELECT f.person_id, v.id AS video_id, v.path AS video, l.name AS library, count(*) AS faces,
                    sum(f.frames) AS frames, round(total(f.seconds), 3) AS seconds, {first} AS first_seconds
                  FROM faces f JOIN videos v ON v.id = f.video_id JOIN libraries l ON l.id = v.library_id
                  WHERE f.person_id {_IN} AND v.presence <> 'gone' {only}
                  GROUP BY f.person_id, v.id ORDER BY l.name, v.path"""
        found: dict[int, list[dict[str, Any]]] = {person_id: [] for person_id in person_ids}
        for row in self.index.dicts(sql, json.dumps(list(person_ids)), *given):
            values = dict(row)
            found[int(str(values.pop("person_id")))].append(values)
        return found


def _only(video_ids: Collection[int] | None) -> tuple[str, tuple[str, ...]]:
    return ("", ()) if video_ids is None else (f"AND v.id {_IN}", (json.dumps(list(video_ids)),))
