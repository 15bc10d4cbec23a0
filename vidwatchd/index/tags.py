"""tags: what people said of videos, as copied from their sidecars."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from vidwatchd.model import FileState, Tags

if TYPE_CHECKING:
    from vidwatchd.index import Index

_IN = "IN (SELECT value FROM json_each(?))"
_KINDS = (("tag", "tags"), ("performer", "performers"))
# People whose faces are seen, counted in videos that do not carry their name already.
_SEEN = """UNION ALL SELECT p.name, p.folded, count(DISTINCT f.video_id) AS n FROM people p
  JOIN faces f ON f.person_id = p.id WHERE p.folded <> '' AND p.hidden = 0
  AND (p.folded LIKE ?2 ESCAPE '\\' OR p.folded LIKE ?3 ESCAPE '\\')
  AND NOT EXISTS (SELECT 1 FROM video_tags x JOIN tags t ON t.id = x.tag_id
    WHERE x.video_id = f.video_id AND t.kind = 'performer' AND t.folded = p.folded)
  GROUP BY p.id"""


class TagTable:
    """Questions about tags, performers, ratings and notes."""

    def __init__(self, index: Index) -> None:
        self.index = index

    def of(self, video_id: int) -> Tags:
        """What people said of one video."""
        rows = self.index.rows(
            """SELECT t.kind, t.name, x.inferred FROM video_tags x JOIN tags t ON t.id = x.tag_id
               WHERE x.video_id = ? ORDER BY x.position""",
            video_id,
        )
        said = self.index.one("SELECT rating, notes FROM videos WHERE id = ?", video_id) or (None, "")
        names = {kind: tuple(str(n) for k, n, _ in rows if k == kind) for kind, _ in _KINDS}
        rating = None if said[0] is None else int(str(said[0]))
        inferred = tuple(str(name) for _, name, found in rows if found)
        return Tags(names["tag"], names["performer"], rating, str(said[1]), inferred)

    def put(self, video_id: int, said: Tags) -> None:
        """Replace what the index holds for one video."""
        with self.index.transaction() as connection:
            connection.execute("DELETE FROM video_tags WHERE video_id = ?", (video_id,))
            for kind, attribute in _KINDS:
                for position, name in enumerate(getattr(said, attribute)):
                    connection.execute(
                        "INSERT OR IGNORE INTO tags (kind, name, folded) VALUES (?, ?, ?)", (kind, name, fold(name))
                    )
                    connection.execute(
                        """INSERT OR IGNORE INTO video_tags (video_id, tag_id, position, inferred)
                           SELECT ?, id, ?, ? FROM tags WHERE kind = ? AND name = ?""",
                        (video_id, position, kind == "performer" and name in said.inferred, kind, name),
                    )
            connection.execute(
                "UPDATE videos SET rating = ?, notes = ? WHERE id = ?", (said.rating, said.notes, video_id)
            )
            words = (" ".join(said.tags), self._people([video_id]).get(video_id, ""))
            sql = "UPDATE words SET tags = ?1, people = ?2 WHERE rowid = ?3 AND (tags IS NOT ?1 OR people IS NOT ?2)"
            connection.execute(sql, (*words, video_id))  # each costs all of a video's words anew, its speech too

    def learn_people(self, video_ids: Collection[int]) -> None:
        """Have the search know who is in these videos: whose faces are seen, or their names, changed."""
        with self.index.transaction() as connection:
            found = self._people(video_ids)
            connection.executemany(
                "UPDATE words SET people = ?1 WHERE rowid = ?2 AND people IS NOT ?1",
                [(found.get(video_id, ""), video_id) for video_id in video_ids],
            )
            connection.execute(f"DELETE FROM people_words WHERE video_id {_IN}", (json.dumps(list(video_ids)),))

    def owing_people(self, most: int) -> list[int]:
        """Videos of which the search does not know yet who is in them, at most so many."""
        rows = self.index.rows("SELECT video_id FROM people_words ORDER BY video_id LIMIT ?", most)
        return [int(str(row[0])) for row in rows]

    def _people(self, video_ids: Collection[int]) -> dict[int, str]:
        """Video → the names of its performers and of people whose faces are seen in it, one after the other."""
        sql = f"""SELECT x.video_id, t.name FROM video_tags x JOIN tags t ON t.id = x.tag_id
                  WHERE x.video_id {_IN} AND t.kind = 'performer' ORDER BY x.video_id, x.position"""
        seen = f"""SELECT DISTINCT f.video_id, p.name FROM faces f JOIN people p ON p.id = f.person_id
                   WHERE f.video_id {_IN} AND p.folded <> '' AND p.hidden = 0 ORDER BY p.folded"""
        ids = json.dumps(list(video_ids))
        found: dict[int, dict[str, str]] = {}
        for video_id, name in [*self.index.rows(sql, ids), *self.index.rows(seen, ids)]:
            found.setdefault(int(str(video_id)), {}).setdefault(fold(str(name)), str(name))
        return {video_id: " ".join(names.values()) for video_id, names in found.items()}

    def names(self, kind: str, prefix: str = "", limit: int = 20) -> list[dict[str, Any]]:
        """Names in use with how many videos carry each, the most used first; ``prefix`` may match any word's start.

        Among performers are people whose faces are seen.
        """
        pattern = "".join(f"\\{c}" if c in "%_\\" else c for c in fold(prefix))
        # Of several spellings the most used one is offered: max() picks the row that the bare column comes from.
        sql = f"""SELECT name, total(n) AS count, max(n) FROM (SELECT t.name, t.folded, count(*) AS n FROM tags t
                  JOIN video_tags x ON x.tag_id = t.id WHERE t.kind = ?1
                  AND (t.folded LIKE ?2 ESCAPE '\\' OR t.folded LIKE ?3 ESCAPE '\\') GROUP BY t.id
                  {_SEEN if kind == "performer" else ""})
                  GROUP BY folded ORDER BY total(n) DESC, folded LIMIT ?4"""
        rows = self.index.rows(sql, kind, f"{pattern}%", f"% {pattern}%", limit)
        return [{"name": name, "count": int(float(str(count)))} for name, count, _ in rows]

    def sidecars_in(self, library_id: int, folder: str) -> dict[str, tuple[int, int]]:
        """Sidecar name → (mtime_ns, size) as last seen, in one artifact folder."""
        rows = self.index.rows(
            "SELECT path, mtime_ns, size_bytes FROM sidecars WHERE library_id = ? AND folder = ?", library_id, folder
        )
        return {str(path).rpartition("/")[2]: (int(str(m)), int(str(s))) for path, m, s in rows}

    def sidecar(self, library_id: int, path: str) -> tuple[int, int] | None:
        """(mtime_ns, size) of one sidecar as last seen."""
        return self.sidecars_in(library_id, path.rpartition("/")[0]).get(path.rpartition("/")[2])

    def remember_sidecar(self, library_id: int, file: FileState, problem: str = "") -> None:
        """This state of the sidecar is in the index now (or is broken, and why)."""
        sql = """INSERT INTO sidecars VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (library_id, path) DO UPDATE SET
                 mtime_ns = excluded.mtime_ns, size_bytes = excluded.size_bytes, problem = excluded.problem"""
        folder = file.path.rpartition("/")[0]
        with self.index.transaction() as connection:
            connection.execute(sql, (library_id, file.path, folder, file.mtime_ns, file.size_bytes, problem))

    def forget_sidecars(self, library_id: int, paths: Iterable[str]) -> None:
        """These sidecars are no longer there."""
        with self.index.transaction() as connection:
            connection.executemany(
                "DELETE FROM sidecars WHERE library_id = ? AND path = ?", [(library_id, path) for path in paths]
            )

    def problems(self, library_id: int) -> list[dict[str, Any]]:
        """Sidecars that could not be read, and why."""
        return self.index.dicts("SELECT path, problem FROM sidecars WHERE library_id = ? AND problem <> ''", library_id)

    def export(self, video_ids: Collection[int]) -> list[dict[str, Any]]:
        """What people said of these videos, those with something said only, by path."""
        ids = json.dumps(list(video_ids))
        names: dict[tuple[int, str], list[str]] = {}
        for video_id, kind, name in self.index.rows(
            f"""SELECT x.video_id, t.kind, t.name FROM video_tags x JOIN tags t ON t.id = x.tag_id
                WHERE x.video_id {_IN} ORDER BY x.video_id, x.position""",
            ids,
        ):
            names.setdefault((int(str(video_id)), str(kind)), []).append(str(name))
        sql = f"""SELECT v.id, v.path, v.rating, v.notes FROM videos v WHERE v.id {_IN} AND (v.rating IS NOT NULL
                  OR v.notes <> '' OR EXISTS (SELECT 1 FROM video_tags x WHERE x.video_id = v.id)) ORDER BY v.path"""
        found = []
        for number, path, rating, notes in self.index.rows(sql, ids):
            said = {attribute: names.get((int(str(number)), kind), []) for kind, attribute in _KINDS}
            found.append({"video": path, **said, "rating": rating, "notes": notes})
        return found


def fold(name: str) -> str:
    """The same text for every spelling of a name: case, accents written in one or two characters, spaces."""
    return unicodedata.normalize("NFC", " ".join(name.split()).casefold())
