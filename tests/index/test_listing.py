"""test_listing: pages are complete and without repeats in every order, whatever is filtered, typed or tampered with."""

import base64
import contextlib
import itertools
import json

import pytest

from tests.desk import file
from vidwatchd.errors import UsageError
from vidwatchd.index.listing import MAX_LIMIT, SORT_ALIASES, SORTS, Filter, Listing, Picture, conditions, match
from vidwatchd.model import Artifact, ArtifactState, Presence, Tags, VideoFacts, portable

ORDERS = [*SORTS, *(f"-{key}" for key in SORTS), *SORT_ALIASES]
NAMES = [
    "b.mp4",
    "B.mp4",
    "a.mp4",
    "Ä.mp4",
    "ä.mp4",
    "家族.mp4",
    "🎬.mp4",
    "100%_'\".mp4",
    "x\ny.mp4",
    "-x.mp4",
    "Z.mp4",
    "z.mkv",
]


@pytest.fixture
def listing(index):
    pictures = [Picture("thumb", "thumbs", {"": ".thumb.jpg"}), Picture("sprite", "sprites", {"image": ".s.jpg"})]
    return Listing(index, ["metadata", "thumbs"], pictures)


@pytest.fixture
def many(index, library):
    """97 videos with ties in every key: equal names in several folders, equal sizes, no durations, times of one batch."""
    for batch in range(4):
        files = [file(f"{batch}{n // 12}/{NAMES[n % 12]}", n + 1, size=n % 5) for n in range(24)]
        index.videos.add(library.id, files)
    index.videos.add(library.id, [file(portable("odd\udcff.mp4"))])
    for number, video_id in enumerate(_all_ids(index)):
        if number % 3:
            index.videos.learn(video_id, VideoFacts(duration_seconds=(number % 4) / 3))
    # Times with more digits than JSON would write.
    index.db.conn.execute("UPDATE videos SET added_at = 1763695689.1234567 + (id % 7) * 0.0000009")
    return _all_ids(index)


def _all_ids(index):
    return [row[0] for row in index.rows("SELECT id FROM videos ORDER BY id")]


def walk(listing, wanted):
    """Every id of a list, page after page."""
    found, cursor = [], ""
    for _ in range(500):
        page = json.loads(listing.page(Filter(**{**wanted, "cursor": cursor})))
        found += [video["id"] for video in page["videos"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return found
    raise AssertionError("the pages never end")


@pytest.mark.parametrize("sort", ORDERS)
@pytest.mark.parametrize("limit", [1, 7, 97, 500])
def test_pages_hold_every_video_once_in_the_order_of_one_page(listing, many, sort, limit):
    found = walk(listing, {"sort": sort, "limit": limit})
    assert found == walk(listing, {"sort": sort, "limit": MAX_LIMIT})
    assert sorted(found) == many


@pytest.mark.parametrize("sort", SORTS)
def test_down_is_up_turned_round(listing, many, sort):
    assert walk(listing, {"sort": sort}) == walk(listing, {"sort": f"-{sort}"})[::-1]


@pytest.mark.parametrize("sort", ORDERS)
def test_neighbours_are_those_of_the_list(listing, many, sort):
    order = walk(listing, {"sort": sort})
    for before, here, after in zip([None, *order], order, [*order[1:], None], strict=False):
        assert listing.neighbours(here, Filter(sort=sort)) == (before, after)


def test_neighbours_keep_to_the_filter_and_know_nothing_of_the_unknown(listing, index, library, many):
    index.tags.put(many[3], Tags(("sea",)))
    index.tags.put(many[50], Tags(("sea",)))
    wanted = Filter(tags=("sea",), sort="size")
    pair = {listing.neighbours(many[3], wanted), listing.neighbours(many[50], wanted)}
    assert pair in ({(None, many[50]), (many[3], None)}, {(None, many[3]), (many[50], None)})
    assert listing.neighbours(10**6, wanted) == (None, None)


def test_names_are_ordered_without_regard_to_case(listing, index, library):
    index.videos.add(library.id, [file("b.mp4"), file("A.mp4"), file("C.mp4"), file("a.mkv")])
    page = json.loads(listing.page(Filter(sort="name")))
    assert [video["name"] for video in page["videos"]] == ["a.mkv", "A.mp4", "b.mp4", "C.mp4"]


def test_new_videos_between_pages_make_no_repeats(listing, index, library, many):
    first = json.loads(listing.page(Filter(sort="newest", limit=40)))
    index.videos.add(library.id, [file("new.mp4")])
    rest = walk_on(listing, first["next_cursor"])
    assert sorted([video["id"] for video in first["videos"]] + rest) == many


def walk_on(listing, cursor):
    found = []
    while cursor:
        page = json.loads(listing.page(Filter(sort="newest", limit=40, cursor=cursor)))
        found += [video["id"] for video in page["videos"]]
        cursor = page["next_cursor"]
    return found


# -- filters


def test_every_combination_of_filters_pages_as_it_lists(listing, index, library, many):
    for number, video_id in enumerate(many):
        index.tags.put(video_id, Tags(("Sea",) if number % 2 else ("sea", "Sun"), ("Ann",) if number % 5 else ()))
        if number % 3:
            index.artifacts.put(Artifact(video_id, "thumbs", ArtifactState.DONE), files={".thumb.jpg": "x"})
    offers = {
        "tags": ((), ("SEA",), ("sea", "sun")),
        "performers": ((), ("ann",)),
        "missing": ("", "thumbs"),
        "q": ("", "mp4"),
        "max_duration": (None, 0.5),
        "folder": (None, "00", "0"),
    }
    for values in itertools.product(*offers.values()):
        wanted = dict(zip(offers, values, strict=True))
        found = walk(listing, {**wanted, "limit": 11, "sort": "duration"})
        assert found == walk(listing, {**wanted, "limit": 500, "sort": "duration"})
        assert len(set(found)) == len(found)


@pytest.fixture
def four(index, library):
    """sea (tags, 1080p), Über uns (upright, two performers), a/deep (failed), gone."""
    ids = index.videos.add(library.id, [file(p) for p in ("Sea Trip.mp4", "b/x.mp4", "b/c/deep_clip.mp4", "gone.mp4")])
    index.tags.put(ids[0], Tags(("Über", "beach"), ("Ann Lee",), 5, "a note"))
    index.tags.put(ids[1], Tags(("über",), ("ann lee", "Bob")))
    index.videos.learn(ids[0], VideoFacts(60.0, 1920, 1080, "h264", "aac", "mp4"))
    index.videos.learn(ids[1], VideoFacts(5.0, 720, 1280, "hevc", "", "mov"))
    index.artifacts.put(
        Artifact(ids[0], "thumbs", ArtifactState.DONE, made_at=12.5), files={".thumb.jpg": "Sea Trip.mp4.thumb.jpg"}
    )
    index.artifacts.fail(Artifact(ids[2], "thumbs", ArtifactState.FAILED, error="why"))
    index.videos.set_presence(library.id, ["gone.mp4"], Presence.GONE)
    return ids


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, {0, 1, 2}),
        ({"presence": "any"}, {0, 1, 2, 3}),
        ({"presence": "gone"}, {3}),
        ({"presence": "present"}, {0, 1, 2}),
        ({"presence": "unknown"}, set()),
        ({"tags": ("ÜBER",)}, {0, 1}),
        ({"tags": ("U\u0308ber",)}, {0, 1}),
        ({"tags": ("über", "Über", " ÜBER ")}, {0, 1}),
        ({"tags": ("über", "Beach")}, {0}),
        ({"tags": ("über", "nothing")}, set()),
        ({"tags": ("über", "nothing"), "match_any": True}, {0, 1}),
        ({"tags": ("",)}, {0, 1, 2}),
        ({"tags": ("Ann Lee",)}, set()),
        ({"performers": ("ANN  LEE",)}, {0, 1}),
        ({"performers": ("ann lee", "bob")}, {1}),
        ({"missing": "thumbs"}, {1, 2}),
        ({"failed": "thumbs"}, {2}),
        ({"failed": "any"}, {2}),
        ({"failed": "metadata"}, set()),
        ({"codec": "hevc"}, {1}),
        ({"min_duration": 10}, {0}),
        ({"max_duration": 10}, {1}),
        ({"min_duration": 0}, {0, 1}),
        ({"min_height": 720}, {0, 1}),
        ({"min_height": 721}, {0}),
        ({"folder": ""}, {0, 1, 2}),
        ({"folder": "", "recursive": False}, {0}),
        ({"folder": "b"}, {1, 2}),
        ({"folder": "b/"}, {1, 2}),
        ({"folder": "b", "recursive": False}, {1}),
        ({"folder": "b/c"}, {2}),
        ({"ids": ()}, set()),
        ({"library_id": 99}, set()),
        ({"added_since": 1e12}, set()),
        ({"offset": 3}, set()),
        ({"offset": 10**30}, set()),
        ({"offset": -5, "limit": -5}, None),
    ],
)
def test_filters(listing, four, wanted, expected):
    found = [video["id"] for video in json.loads(listing.page(Filter(**wanted)))["videos"]]
    if expected is None:
        assert len(found) == 1
    else:
        assert sorted(found) == sorted(four[n] for n in expected)


def test_a_like_folder_is_another_folder(listing, index, library):
    index.videos.add(library.id, [file("b%/x.mp4"), file("bx/x.mp4"), file("b%x/x.mp4"), file("b%/c/x.mp4")])
    page = json.loads(listing.page(Filter(folder="b%", sort="name")))
    assert sorted(video["path"] for video in page["videos"]) == ["b%/c/x.mp4", "b%/x.mp4"]


def test_an_item_tells_what_a_page_shows(listing, four):
    item = listing.item(four[0])
    assert item["tags"] == ["Über", "beach"]
    assert item["performers"] == ["Ann Lee"]
    assert item["artifacts"] == {"metadata": "missing", "thumbs": "done"}
    assert item["thumb"] == f"/api/videos/{four[0]}/artifacts/thumbs/thumb.jpg?v=12500"
    assert item["sprite"] is None
    assert (item["library"], item["folder"], item["width"], item["height"]) == ("box", "", 1920, 1080)


def test_an_item_is_found_whatever_its_presence_and_none_is_none(listing, four):
    assert listing.item(four[3])["presence"] == "gone"
    assert listing.item(10**6) is None
    assert listing.item(10**40) is None


@pytest.mark.parametrize(
    "name", [*NAMES, portable("odd\udcff.mp4"), "tab\tback\\slash.mp4", "\x7f\x1b.mp4", "a" * 251 + ".mp4"]
)
def test_any_name_comes_through_a_page_and_its_cursor(listing, index, library, name):
    index.videos.add(library.id, [file(name), file("zzz/other.mp4")])
    for sort in ("name", "-name"):
        assert len(walk(listing, {"sort": sort, "limit": 1})) == 2
    assert name in {video["name"] for video in json.loads(listing.page(Filter()))["videos"]}


# -- words


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("sea", {0}), ("SEA tri", {0}), ("trip sea", {0}), ('"sea trip"', {0}), ('"trip sea"', set()), ("se", {0}),
        ("se trip", set()), ("uber", {0, 1}), ("über", {0, 1}), ("beach", {0}), ("ann", {0, 1}), ("bob", {1}),
        ("deep", {2}), ("clip", {2}), ("deep_clip", {2}), ("mp4", {0, 1, 2}), ("c/deep", {2}), ("   ", {0, 1, 2}),
        ("...", set()), ("🎬", set()), ("sea 🎬", {0}), ('"', set()), ('"sea', {0}), ('sea"', {0}), ('""', set()),
        ("sea OR deep", set()), ("sea AND trip", set()), ("NOT sea", set()), ("sea*", {0}), ("name:sea", set()),
        ("sea NEAR trip", set()), ("^sea", {0}), ("(sea", {0}), ("sea -trip", {0}), ("sea\0trip", {0}), ("{a b}", set()),
        ("'; DROP TABLE videos; --", set()), ("gone", set()),
    ],
)  # fmt: skip
def test_words_as_a_person_types_them(listing, four, words, found):
    page = json.loads(listing.page(Filter(q=words)))
    assert {video["id"] for video in page["videos"]} == {four[n] for n in found}


def test_no_word_of_any_kind_is_an_error(listing, four):
    for text in ("\x01", "\ufffe", "\u0301", "a" * 10_000, "ß" * 300, "𞤀", '"' * 99, "* * *", "+-*/", "\\"):
        json.loads(listing.page(Filter(q=text)))


def test_a_query_of_punctuation_only_matches_nothing_and_of_nothing_all():
    assert match("...") == ""
    assert match("") == ""
    assert conditions(Filter(q="..."))[1] == ['""']
    assert conditions(Filter(q="  "))[1] == []


# -- what must be refused


def cursor(*parts):
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "token",
    [
        "x", "=", "%%%", "ä", "bnVsbA", base64.urlsafe_b64encode(b"[" * 6000).decode(), "A" * 100_000,
        cursor(), cursor("added"), cursor("added", 1), cursor("added", {"a": 1}, 1), cursor("added", [1], 1),
        cursor("added", 1, "x"), cursor("added", 1, None), cursor("added", "x", 1), cursor("added", None, 1),
        cursor("added", 1, 1.5), cursor("name", "x", 1), cursor("nothing", 1, 1), cursor("added", 1, 2, 3),
        base64.urlsafe_b64encode(b'["added", 1, Infinity]').decode(), base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    ],
)  # fmt: skip
def test_a_cursor_that_is_not_ours_is_refused(listing, four, token):
    with pytest.raises(UsageError, match="cursor"):
        listing.page(Filter(cursor=token, sort="added"))


@pytest.mark.parametrize(
    "parts", [("added", 1e400, 1), ("added", -1e400, 1), ("size", 10**30, 1), ("added", 0, 10**30)]
)
def test_a_cursor_of_absurd_numbers_ends_well(listing, four, parts):
    with contextlib.suppress(UsageError):
        json.loads(listing.page(Filter(cursor=cursor(*parts), sort=parts[0])))


def test_a_cursor_serves_the_same_order_both_ways_round(listing, many):
    page = json.loads(listing.page(Filter(sort="size", limit=10)))
    json.loads(listing.page(Filter(sort="-size", cursor=page["next_cursor"])))
    with pytest.raises(UsageError):
        listing.page(Filter(sort="name", cursor=page["next_cursor"]))


@pytest.mark.parametrize("sort", ["", "-", "--added", "-newest", "id", "name; DROP TABLE videos", "added_at"])
def test_an_unknown_order_is_refused_with_the_right_ones(listing, sort):
    with pytest.raises(UsageError, match="added, name"):
        listing.page(Filter(sort=sort))


def test_an_unknown_presence_is_refused(listing):
    with pytest.raises(UsageError, match="present, gone"):
        listing.page(Filter(presence="nowhere"))


def test_a_limit_has_a_limit(listing, index, library):
    index.videos.add(library.id, [file(f"{n}.mp4") for n in range(MAX_LIMIT + 5)])
    assert len(json.loads(listing.page(Filter(limit=10**9)))["videos"]) == MAX_LIMIT


# -- how it is done


@pytest.mark.parametrize("presence", ["", "present"])
@pytest.mark.parametrize("sort", [*SORTS, *(f"-{key}" for key in SORTS)])
def test_no_order_sorts_or_walks_through_the_table(listing, index, many, sort, presence):
    index.optimise()
    first = json.loads(listing.page(Filter(sort=sort, limit=3)))
    for token in ("", first["next_cursor"]):
        plan = plan_of(listing, index, Filter(sort=sort, cursor=token, presence=presence))
        (walked,) = [text for text in plan if text[:7] in ("SCAN v ", "SEARCH ") and " v " in text]
        assert "USING INDEX videos_by_" in walked
        assert walked.startswith("SEARCH") == bool(token)
        assert not [text for text in plan if "TEMP B-TREE" in text], plan


def plan_of(listing, index, wanted):
    """What SQLite says of how a page finds its ids."""
    asked = []

    class Spy:
        def one(self, sql, *params):
            asked.append((sql, params))
            return index.one(sql, *params)

    spied = Listing(Spy(), ["metadata", "thumbs"], [])
    spied.page(wanted)
    assert len(asked) == 1, "a page is one question"
    rows = index.rows(f"EXPLAIN QUERY PLAN {asked[0][0]}", *asked[0][1])
    (inner,) = {at for at, _, _, text in rows if text in ("CO-ROUTINE p", "MATERIALIZE p")}
    return [text for _, parent, _, text in rows if parent == inner]
