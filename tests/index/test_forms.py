"""test_forms: an id leads to every video of that content, until the video is forgotten."""

from tests.desk import file


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
