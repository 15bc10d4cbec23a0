"""test_forms: an id leads to every video of that content, until the video is forgotten."""

from tests.desk import file
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
