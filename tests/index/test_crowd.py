"""test_crowd: people are counted as they come, go, change libraries and become one, so that a page need not count."""

import pytest

from tests import seen
from tests.desk import file
from vidwatchd.errors import UsageError
from vidwatchd.index.crowd import Asked
from vidwatchd.model import Artifact, ArtifactState


@pytest.fixture
def videos(index, library):
    found = index.videos.add(library.id, [file(f"{n}.mp4", n + 1) for n in range(3)])
    for number in found:
        index.artifacts.put(Artifact(number, seen.KIND, ArtifactState.DONE, made_at=1.0), files={})
    return found


@pytest.fixture
def people(index, videos):
    """Ann is seen in all three videos, Bob in two, Eve in one."""
    rows = [index.people.create(name=name).id for name in ("Ann", "Bob", "Eve")]
    for place, number in enumerate(videos):
        ids = index.faces.put(number, seen.KIND, 1.0, seen.SPACE, seen.faces(1, 2, 3)[: 3 - place])
        index.faces.assign(dict(zip(ids, rows, strict=False)))
    return rows


def recounted(index):
    """What counting all faces anew gives."""
    sql = """SELECT {}, f.person_id, count(*), CAST(round(total(f.seconds) * 1000) AS INTEGER) FROM faces f
             JOIN videos v ON v.id = f.video_id WHERE v.presence <> 'gone' AND f.person_id IS NOT NULL GROUP BY 1, 2"""
    return sorted([*index.rows(sql.format("0")), *index.rows(sql.format("v.library_id"))])


def counted(index):
    return sorted(index.rows("SELECT * FROM crowd"))


def test_a_page_has_an_order_and_an_end(index, people, library):
    assert index.crowd.page(Asked()) == (people, 3)
    assert index.crowd.page(Asked(sort="name", offset=1, limit=1)) == (people[1:2], 3)
    assert index.crowd.page(Asked(offset=5)) == ([], 3)
    assert index.crowd.page(Asked(q="EV", library_id=library.id)) == (people[2:], 1)
    assert index.crowd.page(Asked(library_id=library.id + 1)) == ([], 0)
    with pytest.raises(UsageError, match="cannot sort people"):
        index.crowd.page(Asked(sort="size"))


def test_the_counts_are_right_whatever_happens(index, people, videos):
    assert counted(index) == recounted(index) != []
    with index.transaction() as connection:
        connection.execute("UPDATE videos SET presence = 'gone' WHERE id = ?", (videos[0],))
    assert counted(index) == recounted(index)
    assert index.crowd.page(Asked()) == (people[:2], 2)
    index.people.absorb(people[0], [people[1]])
    assert counted(index) == recounted(index)
    with index.transaction() as connection:
        connection.execute("UPDATE videos SET presence = 'present' WHERE id = ?", (videos[0],))
    assert counted(index) == recounted(index)
    index.faces.forget(videos[1], seen.KIND)
    index.videos.forget([videos[0]])
    assert counted(index) == recounted(index) != []
    index.faces.forget(videos[2], seen.KIND)
    assert counted(index) == []


def test_the_search_owes_whoever_a_name_concerns(index, people, videos):
    index.tags.learn_people(videos)
    assert index.tags.owing_people(9) == []
    index.people.change(people[1], name="Bobby")
    assert index.tags.owing_people(9) == videos[:2]
    index.tags.learn_people(videos[:1])
    assert index.tags.owing_people(9) == videos[1:2]


def test_hidden_people_and_those_of_videos_that_are_gone_are_not_shown(index, people, videos):
    faces = [row.id for row in index.faces.of(videos[0])]
    assert index.crowd.shown(faces[::-1]) == dict(zip(faces[::-1], people[::-1], strict=True))
    index.people.change(people[1], hidden=True)
    assert list(index.crowd.shown(faces)) == [faces[0], faces[2]]
    with index.transaction() as connection:
        connection.execute("UPDATE videos SET presence = 'gone' WHERE id = ?", (videos[0],))
    assert index.crowd.shown(faces) == {}
