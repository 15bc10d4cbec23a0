"""test_people_pages: the pages of people from plain dictionaries: what they ask for, show and escape."""

import re

import pytest
from flask import Flask

from vidwatchd.errors import NotFound
from vidwatchd.webapp.pages import problem_page, register
from vidwatchd.webapp.people_pages import people_url

NASTY = "<b>O'Neil</b> & \U0010fffe"


def somebody(number=1, **more):
    base = {"id": f"p{number}", "name": "", "hidden": False, "faces": 3, "videos": 2, "seconds": 9.0, "frames": 9}
    return {**base, "picture_url": "/f.jpg", "page_url": f"/people/p{number}", **more}


class Crowd:
    """The seam with as many people as wanted; notes what it was asked."""

    def __init__(self):
        self.everybody = []
        self.near = []
        self.asked = []
        self.work = {"total": 4, "kind": "faces", "done": 4, "missing": 0, "failed": 0, "fix": "", "model": ""}
        self.work["reasons"] = {"failed": [], "unavailable": []}
        self.more = {"unsorted": 0, "available": True, "reason": "", "fix": ""}

    def people(self, query):
        self.asked.append(dict(query))
        start = int(query["offset"])
        shown = self.everybody[start : start + int(query["limit"])]
        return {"people": shown, "total": len(self.everybody), **self.more}

    def person(self, person_id, offset, limit):
        found = {"former": "p1"}.get(person_id, person_id)
        for each in self.everybody:
            if each["id"] == found:
                return {**each, "appearances": [], "next_offset": None}
        raise NotFound(f"there is no person {person_id}", hint="see everybody")

    def similar(self, person_id):
        return {"people": self.near}

    def sought(self):
        return self.work


@pytest.fixture
def crowd():
    return Crowd()


@pytest.fixture
def client(crowd):
    app = Flask("x", static_folder=None)
    register(app, crowd)
    app.register_error_handler(404, problem_page)
    return app.test_client()


def headings(client, path="/people"):
    return re.findall(r"<h2>(.*?)</h2>", client.get(path).text)


def test_a_card_names_counts_and_leads_on(crowd, client):
    crowd.everybody = [somebody(1, name=NASTY), somebody(2, videos=1, picture_url=None)]
    text = client.get("/people").text
    assert "&lt;b&gt;O&#39;Neil&lt;/b&gt; &amp; \\xfe" in text and "<b>O" not in text
    assert text.count('class="naming"') == 2 and 'placeholder="Add a name"' in text
    assert 'aria-label="Somebody without a name, 1 video"' in text
    assert " style=" not in text and "onclick" not in text


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("", {"q": "", "hidden": "false", "named": "any", "sort": "-faces", "offset": "0", "limit": "60"}),
        ("?show=unnamed&sort=name", {"named": "false", "sort": "name"}),
        ("?show=hidden&q=+Ann+", {"hidden": "true", "q": "Ann"}),
        (
            "?show=odd&sort=odd&offset=x&limit=99999",
            {"hidden": "false", "sort": "-faces", "offset": "0", "limit": "300"},
        ),
    ],
)
def test_the_filters_ask_the_api_s_own_question(crowd, client, query, asked):
    assert client.get("/people" + query).status_code == 200
    assert {key: crowd.asked[0][key] for key in asked} == asked


def test_the_next_page_is_offered_as_long_as_there_is_one(crowd, client):
    crowd.everybody = [somebody(number) for number in range(70)]
    assert 'data-offset="60"' in client.get("/people").text
    last = client.get("/people?fragment=cards&offset=60").text
    assert last.count('class="card person"') == 10 and 'id="more"' not in last


def test_every_state_without_people_says_what_helps(crowd, client):
    assert headings(client)[-1] == "Nobody was found"
    assert headings(client, "/people?q=Ann")[-1] == "Nobody is called so"
    shown = [headings(client, f"/people?show={show}")[-1] for show in ("hidden", "named", "unnamed")]
    assert shown == ["Nobody is hidden", "Nobody has a name yet", "Everybody has a name"]
    crowd.work |= {"done": 0, "missing": 4}
    assert headings(client)[-1] == "Not looked yet"
    crowd.work |= {"missing": 0, "failed": 4}
    assert headings(client)[-1] == "Looking for faces failed"
    crowd.more |= {"available": False, "reason": "no model for faces is here", "fix": "vidwatchd models pull sface"}
    crowd.work |= {"model": "sface"}
    assert headings(client)[-1] == "Faces need a model"
    assert "vidwatchd models pull sface" in client.get("/people").text
    assert 'data-model="sface"' in client.get("/people").text
    crowd.work["total"] = 0
    assert headings(client)[-1] == "Nobody to look for yet"


def test_one_person_a_former_address_and_an_unknown_one(crowd, client):
    crowd.everybody = [somebody(1, name="Ann")]
    crowd.near = [{**somebody(2), "likeness": 0.5, "distance": 0.5}, {**somebody(3), "likeness": 0.1, "distance": 0.9}]
    text = client.get("/people/p1").text
    assert "/search?q=person%3A%22Ann%22" in text and "Is this also Ann?" in text
    assert "50 % alike" in text and "10 % alike" not in text
    assert client.get("/people/former").headers["Location"] == "/people/p1"
    unknown = client.get("/people/nobody")
    assert unknown.status_code == 404 and "Nothing lives here" in unknown.text


def test_an_address_keeps_what_was_chosen():
    assert people_url({"q": "a b", "show": "named"}, show="") == "/people?q=a+b"
    assert people_url({}) == "/people"
