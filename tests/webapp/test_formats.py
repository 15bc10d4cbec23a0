"""test_formats: numbers as a person reads them."""

from __future__ import annotations

import pytest

from vidwatchd.webapp import formats


@pytest.mark.parametrize(
    ("seconds", "shown"), [(None, ""), (0, "0:00"), (59.99, "0:59"), (245, "4:05"), (3723, "1:02:03"), (-3, "0:00")]
)
def test_clock(seconds, shown):
    assert formats.clock(seconds) == shown


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (None, ""),
        (0, "0 B"),
        (999, "999 B"),
        (1500, "1.5 KB"),
        (48_213, "48 KB"),
        (999_700, "1.0 MB"),
        (1.4e9, "1.4 GB"),
        (3e15, "3.0 PB"),
        (7e18, "7000 PB"),
    ],
)
def test_size(count, shown):
    assert formats.size(count) == shown


@pytest.mark.parametrize(
    ("passed", "shown"),
    [(3, "just now"), (60, "1 minute ago"), (150, "2 minutes ago"), (3600, "1 hour ago"), (90_000, "1 day ago")],
)
def test_ago(passed, shown):
    assert formats.ago(1000, 1000 + passed) == shown


def test_ago_is_a_date_when_it_is_long_and_never_when_it_was_not():
    assert formats.ago(86_400 * 20 + 43_200, 86_400 * 400).endswith("January 1970")
    assert formats.ago(None) == formats.ago(0) == "never"


@pytest.mark.parametrize(
    ("width", "height", "label"),
    [
        (3840, 2160, "4K"),
        (1920, 1080, "1080p"),
        (1920, 800, "1080p"),
        (1080, 1920, "1080p"),
        (854, 480, "480p"),
        (320, 180, "180p"),
        (None, None, ""),
    ],
)
def test_resolution(width, height, label):
    assert formats.resolution({"width": width, "height": height}) == label


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, ""), (20, "less than a minute"), (200, "about 3 min"), (5400, "about 1.5 h"), (200_000, "about 2 days")],
)
def test_rough(seconds, words):
    assert formats.rough(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, ""), (0.0421, "42 ms"), (0.84, "0.8 s"), (12.3, "12 s"), (200, "3:20 min")]
)
def test_took(seconds, words):
    assert formats.took(seconds) == words


def test_codec_and_shape():
    assert formats.codec("h264") == "H.264" and formats.codec("xyz") == "XYZ" and formats.codec(None) == ""
    assert formats.shape({"width": 1080, "height": 1920}) == "upright" and formats.shape({}) == "wide"


@pytest.mark.parametrize(
    ("bits", "shown"),
    [
        (None, ""),
        (0, ""),
        (64_000, "64 kbit/s"),
        (999_600, "1.0 Mbit/s"),
        (4_240_000, "4.2 Mbit/s"),
        (5e7, "50 Mbit/s"),
    ],
)
def test_rate(bits, shown):
    assert formats.rate(bits) == shown


@pytest.mark.parametrize(("seconds", "shown"), [(None, ""), (0, "0:00.0"), (245.26, "4:05.3"), (59.97, "1:00.0")])
def test_exact_length(seconds, shown):
    assert formats.exact_length(seconds) == shown


@pytest.mark.parametrize(
    ("kind", "similarity", "shown"),
    [
        ("exact", 1.0, "every byte the same"),
        ("near", 1.0, "99 % alike"),
        ("near", 0.984, "98 % alike"),
        ("near", None, "0 % alike"),
    ],
)
def test_likeness_is_never_whole_for_what_is_not_the_same(kind, similarity, shown):
    assert formats.likeness({"kind": kind, "similarity": similarity}) == shown


def test_files_are_grouped_by_folder_those_without_one_first():
    names = [".b/1", "z.jpg", ".a/1", ".b/2", "a.jpg"]
    found = formats.by_folder([{"name": name} for name in names])
    assert [(folder, [file["name"] for file in files]) for folder, files in found] == [
        ("", ["z.jpg", "a.jpg"]),
        (".a", [".a/1"]),
        (".b", [".b/1", ".b/2"]),
    ]
