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
