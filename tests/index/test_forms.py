"""test_forms: an id leads to every video of that content, until the video is forgotten."""

import time

from tests.desk import file
from vidwatchd.index.forms import Totals
from vidwatchd.index.jobs import Owing
from vidwatchd.model import Artifact, ArtifactState


def test_an_id_leads_to_its_videos(index, library):
    one, two, other = index.videos.add(library.id, [file(f"{n}.mp4", n + 1) for n in range(3)])
    for video, form in ((two, "a"), (one, "a"), (other, "b")):
        index.forms.put(video, form)
    assert index.forms.videos("a") == [one, two]
    index.forms.put(two, "b")
    assert index.forms.videos("b") == [two, other]
    index.forms.remove(other)
    index.videos.forget([two])
    assert index.forms.videos("b") == []


def test_a_file_that_is_to_go_is_remembered_until_it_went(index, library):
    one, two = index.videos.add(library.id, [file(f"{n}.mp4", n + 1) for n in range(2)])
    assert index.forms.parting(one) is None
    index.forms.part(one, "0.mp4", "a-1")
    index.forms.part(one, "0.mp4", "a-2")
    index.forms.part(two, "1.mp4", "b")
    assert index.forms.parting(one) == ("0.mp4", "a-2")
    assert index.forms.partings() == [one, two]
    index.forms.stay(one)
    index.videos.forget([two])
    assert index.forms.partings() == []


def test_ids_are_brought_in_line_with_what_is_there(index, library):
    made, other, owed, none = index.videos.add(library.id, [file(f"{n}.mp4", n + 1) for n in range(4)])
    for video, facts in ((made, {"id": "a"}), (other, {})):
        index.artifacts.put(Artifact(video, "stored", ArtifactState.DONE, facts=facts), files={"x": "y"})
    assert index.forms.unlearned(["stored"]) == index.forms.made(["stored"]) == [made, other]
    for video, form in ((made, "old"), (other, "b"), (owed, "c"), (none, "d")):
        index.forms.put(video, form)
    index.jobs.owe(Owing("stored", "model", 1, {}, "h"), video_ids=[owed])
    assert index.forms.unlearned(["stored"]) == [made]
    assert index.forms.idle(["stored"]) == [none]
    index.artifacts.fail(Artifact(none, "stored", ArtifactState.FAILED))
    assert index.forms.idle(["stored"]) == []


KIND = "stored"


def put(index, video_id, made_at, *, state="done", files=True, error="", size=0):
    artifact = Artifact(video_id, KIND, ArtifactState(state), made_at=made_at, error=error, cost_bytes=size)
    index.artifacts.put(artifact, files={"stored/manifest.json": "x.stored/manifest.json"} if files else {})


def owe(index, library, video_id, state="queued", progress=0.0):
    sql = """INSERT INTO jobs (key, kind, tier, video_id, library_id, state, progress, created_at)
             VALUES (?, ?, 'model', ?, ?, ?, ?, 1)"""
    with index.transaction() as connection:
        connection.execute(sql, (f"{video_id}", KIND, video_id, library.id, state, progress))


def test_pages_of_all_that_there_are_or_will_be(index, library):
    names = ("ready", "remade", "failed", "lacking", "coming", "made", "stopped", "plain")
    ids = dict(zip(names, index.videos.add(library.id, [file(f"{n}.mp4", size=100) for n in names]), strict=True))
    put(index, ids["ready"], 50.0, size=7)
    put(index, ids["remade"], 60.0, state="failed", error="full", size=8)
    put(index, ids["failed"], 30.0, state="failed", files=False, error="broken")
    put(index, ids["lacking"], 20.0, state="unavailable", files=False, error="no model (pull one)")
    for number, name in enumerate(("coming", "made", "stopped")):
        index.forms.put(ids[name], name)
        with index.transaction() as connection:
            connection.execute("UPDATE videos SET added_at = ? WHERE id = ?", (100.0 - number, ids[name]))
    owe(index, library, ids["made"], "running", 0.4)
    owe(index, library, ids["stopped"], "cancelled")
    order = [ids[name] for name in ("coming", "made", "stopped", "remade", "ready", "failed", "lacking")]
    assert index.forms.page(KIND, limit=10) == order
    assert index.forms.page(KIND, limit=2, offset=3) == order[3:5]
    assert index.forms.page(KIND, limit=9, status="processing") == order[:2]
    assert index.forms.page(KIND, limit=9, words="stop") == [ids["stopped"]]
    assert index.forms.page(KIND, limit=9, words="?!") == []
    assert index.forms.totals(KIND) == {
        "ready": Totals(2, 200, 15),
        "processing": Totals(2, 200),
        "failed": Totals(2, 200),
        "unavailable": Totals(1, 100),
    }
    assert index.forms.totals(KIND, "ready") == {"ready": Totals(1, 100, 7)}
    rows = index.forms.rows(KIND, [ids["made"], ids["plain"], ids["lacking"]])
    assert [(row["video_id"], row["status"], row["progress"]) for row in rows] == [
        (ids["made"], "processing", 0.4),
        (ids["lacking"], "unavailable", None),
    ]
    assert (rows[0]["uuid"], rows[1]["uuid"], rows[1]["error"]) == ("made", None, "no model (pull one)")


def test_a_failure_that_is_tried_again_is_one_until_then(index, library):
    (video,) = index.videos.add(library.id, [file("a.mp4")])
    put(index, video, 1.0, state="failed", files=False)
    owe(index, library, video)
    assert index.forms.rows(KIND, [video])[0]["status"] == "processing"
    with index.transaction() as connection:
        connection.execute("UPDATE jobs SET not_before = 9e9")
    assert index.forms.rows(KIND, [video])[0]["status"] == "failed"


def test_those_without_an_id(index, library):
    named, nameless, unread = index.videos.add(library.id, [file(f"{n}.mp4", n) for n in range(3)])
    for video, mark in ((named, "x"), (nameless, "y"), (unread, "")):
        put(index, video, 1.0)
        with index.transaction() as connection:
            connection.execute("UPDATE videos SET fingerprint = ? WHERE id = ?", (mark, video))
    index.forms.put(named, "n")
    assert index.forms.nameless(KIND) == [(nameless, "y")]


def test_a_page_of_very_many_is_quick(index, library):
    """A page and the sums of 5000, over and over; the bound leaves room for a machine that is busy."""
    ids = index.videos.add(library.id, [file(f"{n:05}.mp4", n) for n in range(5000)])
    with index.transaction() as connection:
        connection.executemany(
            "INSERT INTO artifacts (video_id, kind, state, files, made_at, cost_bytes) VALUES (?, ?, 'done', ?, ?, 5)",
            [(video, KIND, '{"stored/manifest.json": "x"}', float(video)) for video in ids],
        )
    began, rounds = time.process_time(), 5
    for number in range(rounds):
        assert index.forms.page(KIND, limit=60, offset=60 * number)[0] == ids[-1 - 60 * number]
        assert index.forms.totals(KIND)["ready"].count == 5000
    assert (time.process_time() - began) / rounds < 0.1
