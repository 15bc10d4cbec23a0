"""test_later: what waits to be made last, where, and how many."""

from tests.desk import file
from tests.index.test_jobs import last


def test_where_the_last_waits_and_how_many(index, library):
    ids = index.videos.add(library.id, [file(f"{n}.mp4", n + 1) for n in range(3)])
    assert index.later.libraries(["stored"]) == []
    index.jobs.owe(last(), video_ids=ids)
    assert (index.later.libraries(["stored"]), index.later.libraries(["thumbs"])) == ([library.id], [])
    assert (index.later.count(library.id, ["stored", "thumbs"]), index.later.count(library.id + 1, ["stored"])) == (
        3,
        0,
    )
    index.libraries.update(library.id, online=False)
    assert index.later.libraries(["stored"]) == []


def test_what_a_person_asks_for_is_not_last_any_more(index, library):
    index.videos.add(library.id, [file("a.mp4", 1), file("b.mp4", 2)])
    index.jobs.owe(last())
    index.later.lift("thumbs", 50, library.id)
    assert index.later.count(library.id, ["stored"]) == 2
    index.later.lift("stored", 50, library.id)
    assert index.later.count(library.id, ["stored"]) == 0
    assert index.rows("SELECT DISTINCT priority FROM jobs") == [(50,)]
