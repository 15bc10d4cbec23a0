"""test_differences: what tells the videos of a group apart is marked, and what agrees is not."""

from vidwatchd.webapp.differences import bit_rate, table


def video(number=1, **more):
    base = {
        "id": number,
        "width": 1920,
        "height": 1080,
        "video_codec": "h264",
        "size_bytes": 5_000_000,
        "duration_seconds": 10.0,
        "tags": ["sea"],
    }
    return {**base, **more}


def marked(cells, what="differs"):
    return [cell.label for cell in cells if getattr(cell, what)]


def test_what_agrees_is_not_marked():
    found = table([video(1), video(2)])
    assert marked(found[1]) == marked(found[2]) == []
    assert [cell.text for cell in found[1]] == ["1920 × 1080", "H.264", "4.0 Mbit/s", "5.0 MB", "0:10.0", "sea"]


def test_what_differs_is_marked_in_all_and_the_best_in_one():
    found = table([video(1), video(2, width=640, height=360, video_codec="vp9", size_bytes=1_000_000)])
    assert marked(found[1]) == marked(found[2]) == ["Picture", "Codec", "Bit rate", "Size"]
    assert marked(found[1], "best") == ["Picture", "Bit rate"]
    assert marked(found[2], "best") == []


def test_a_trimmed_copy_shows_by_tenths_and_is_no_better():
    found = table([video(1, size_bytes=0), video(2, duration_seconds=9.7, size_bytes=0)])
    assert [found[number][4].text for number in (1, 2)] == ["0:10.0", "0:09.7"]
    assert marked(found[1]) == ["Length"]
    assert marked(found[1], "best") == []


def test_two_that_are_equally_good_beside_a_worse_one_are_both_best():
    found = table([video(1), video(2), video(3, tags=[])])
    assert [marked(found[number], "best") for number in (1, 2, 3)] == [["Tags"], ["Tags"], []]


def test_what_is_not_known_is_empty_and_breaks_nothing():
    bare = {"id": 2, "width": None, "height": None, "duration_seconds": None, "size_bytes": None}
    assert [cell.text for cell in table([video(1), bare])[2]] == ["", "", "", "", "", ""]
    assert (bit_rate(bare), table([])) == (0.0, {})
