"""test_facts: what is said of pictures whose looks are known."""

import pytest
from PIL import Image, ImageDraw

from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.caption.facts import Facts
from vidwatchd.backends.caption.request import Pictures


def told(*images):
    return Facts().run(Pictures(images, [float(n) for n in range(len(images))]), BackendContext(""))


def plain(colour):
    return Image.new("RGB", (320, 180), colour)


def halves(left, right):
    image = plain(left)
    ImageDraw.Draw(image).rectangle((160, 0, 320, 180), fill=right)
    return image


@pytest.mark.parametrize(
    ("image", "wanted"),
    [
        (plain("black"), "A black picture."),
        (plain((14, 12, 15)), "A black picture."),
        (plain("white"), "A white picture."),
        (plain("gray"), "A grey picture with little detail."),
        (plain((180, 180, 182)), "A bright, grey picture with little detail."),
        (plain("orange"), "A bright, mostly orange picture with little detail."),
        (plain((30, 200, 30)), "A mostly green picture with little detail."),
        (halves("blue", "lime"), "A green and blue picture with little detail."),
        (halves((200, 0, 0), (0, 0, 200)), "A very dark, red and blue picture with little detail."),
        (Image.effect_noise((320, 180), 120).convert("RGB"), "A grey picture with much detail."),
    ],
)
def test_light_colours_and_detail(image, wanted):
    assert told(image) == [wanted]


def test_movement():
    def box(left):
        image = plain((60, 60, 60))
        ImageDraw.Draw(image).rectangle((left, 40, left + 80, 140), fill=(130, 130, 130))
        return image

    moved = [text.partition("; ")[2] for text in told(box(20), box(20), box(30), box(180), plain("white"))]
    assert moved == ["", "nothing moves.", "little moves.", "much moves.", "everything has changed."]


def test_it_forgets():
    facts, picture = Facts(), Pictures([plain("blue")], [0.0])
    (first,), (second,) = (facts.run(picture, BackendContext("")) for _ in range(2))
    facts.unload()
    assert [first] == facts.run(picture, BackendContext(""))
    assert second == f"{first[:-1]}; nothing moves."
