"""people_models: what the routes of people take."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from vidwatchd.webapp.api.models import Asked, Body, Id

Choice = Literal["true", "false", "any"]


class PersonPath(Asked):
    """A person by their id, or a former one."""

    person_id: str = Field(max_length=64, description="id of the person")


class PeopleQuery(Asked):
    """Which people, in what order, from where."""

    q: str = Field(default="", max_length=200, description="part of the name")
    hidden: Choice = Field(default="false", description="hidden people: true, false or any")
    named: Choice = Field(default="any", description="people with a name: true, false or any")
    library_id: int | None = Field(
        default=None, ge=1, le=2**62, description="only faces in this library's videos count"
    )
    sort: Literal["-faces", "name", "-seconds"] = Field(
        default="-faces", description="most faces, name, or longest seen"
    )
    offset: int = Field(default=0, ge=0, le=2**31, description="skip so many")
    limit: int = Field(default=60, ge=1, le=500, description="how many")


class PersonQuery(Asked):
    """Which of a person's videos."""

    offset: int = Field(default=0, ge=0, le=2**31, description="next_offset of the page before")
    limit: int = Field(default=60, ge=1, le=500, description="how many videos")


class ListingQuery(Asked):
    """Which part of everybody."""

    offset: int = Field(default=0, ge=0, le=2**31, description="skip so many")
    limit: int = Field(default=200, ge=1, le=1000, description="how many people")
    refresh: bool = Field(default=False, description="make the list anew, though it is not ten minutes old")


class LikeQuery(Asked):
    """How many."""

    limit: int = Field(default=12, ge=1, le=100, description="how many people")


class NamesQuery(Asked):
    """Which names to complete."""

    prefix: str = Field(default="", max_length=200, description="beginning of the name, or of a word in it")
    like: str = Field(
        default="", max_length=64, description="id of a person: names of people who look alike come first"
    )
    limit: int = Field(default=20, ge=1, le=100, description="how many")


class PersonBody(Body):
    """What to say of a person."""

    name: str | None = Field(default=None, max_length=2000, description="what they are called; empty: no name")
    hidden: bool | None = Field(default=None, description="leave them out of lists, lanes and the search")
    merge: bool = Field(default=False, description="where another person has that name, make the two one")


class MergeBody(Body):
    """People who are one."""

    into: str = Field(max_length=64, description="id of the person that stays")
    people: list[str] = Field(min_length=1, max_length=1000, description="ids of the others")


class SplitBody(Body):
    """Faces that are somebody else's."""

    faces: list[Id] = Field(min_length=1, max_length=100_000, description="the faces")
    into: str | None = Field(default=None, max_length=64, description="id of the person they are of; none: a new one")
    name: str | None = Field(default=None, max_length=2000, description="name of the person they are of, new or not")


class PerformersBody(Body):
    """What becomes of the performers of a video."""

    action: Literal["infer", "refresh", "clear", "remove"] = Field(
        description="infer: add who is seen in it; refresh: the same, forgetting those inferred before; clear: take all "
        "away; remove: take ``names`` away"
    )
    names: list[str] = Field(default=[], max_length=1000, description="whom to take away")
    min_occurrences: int | None = Field(
        default=None, ge=1, le=2**31, description="in how many frames a face must be seen; none: as the settings say"
    )


class UndoBody(Body):
    """What to take back."""

    id: int | None = Field(default=None, ge=1, le=2**62, description="a decision; none: the last")
