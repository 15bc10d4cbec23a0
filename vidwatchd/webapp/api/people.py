"""people: routes of who is seen in the videos, and of what people say of that."""

from typing import Any

from flask_openapi3 import APIBlueprint, Tag

from vidwatchd.operations import deciding, people, performers
from vidwatchd.webapp.api.models import VideoPath
from vidwatchd.webapp.api.people_models import (
    LikeQuery,
    MergeBody,
    NamesQuery,
    PeopleQuery,
    PerformersBody,
    PersonBody,
    PersonPath,
    PersonQuery,
    SplitBody,
    UndoBody,
)  # fmt: skip
from vidwatchd.webapp.context import context

_CHOICES = {"true": True, "false": False, "any": None}


def blueprint() -> APIBlueprint:
    """The routes under /api."""
    api = APIBlueprint("people", __name__, url_prefix="/api", abp_tags=[Tag(name="people")])
    api.get("/people")(list_people)
    api.get("/people/names")(names)
    api.get("/people/undo")(last)
    api.post("/people/undo")(undo)
    api.post("/people/merge")(merge)
    api.get("/people/<person_id>")(one_person)
    api.patch("/people/<person_id>")(change)
    api.post("/people/<person_id>/split")(split)
    api.get("/people/<person_id>/similar")(similar)
    api.get("/videos/<int:video_id>/people")(video_people)
    api.post("/videos/<int:video_id>/performers")(edit_performers)
    return api


def list_people(query: PeopleQuery) -> dict[str, Any]:
    """People, the most seen first; ``unsorted`` counts faces that are nobody's."""
    return people.listed(context(), to_asked(query))


def names(query: NamesQuery) -> dict[str, Any]:
    """Names of people, those who look like a person first."""
    return people.names(context(), query.prefix, query.like, query.limit)


def one_person(path: PersonPath, query: PersonQuery) -> dict[str, Any]:
    """A person with videos and faces; a former id leads to the person too."""
    return people.one(context(), path.person_id, offset=query.offset, limit=query.limit)


def similar(path: PersonPath, query: LikeQuery) -> dict[str, Any]:
    """People whose faces are like a person's, the nearest first."""
    return people.similar(context(), path.person_id, query.limit)


def change(path: PersonPath, body: PersonBody) -> dict[str, Any]:
    """Name a person, hide or show them; a name that another person has is a conflict, unless they are to be merged."""
    return deciding.change(context(), path.person_id, name=body.name, hidden=body.hidden, merge=body.merge)


def merge(body: MergeBody) -> dict[str, Any]:
    """Make several people one."""
    return deciding.merge(context(), body.into, body.people)


def split(path: PersonPath, body: SplitBody) -> dict[str, Any]:
    """Take faces out of a person: into a new one, or one that is there."""
    return deciding.split(context(), path.person_id, body.faces, into=body.into, name=body.name)


def last() -> dict[str, Any]:
    """What would be taken back."""
    return deciding.last(context())


def undo(body: UndoBody) -> dict[str, Any]:
    """Take back the last decision, or one that nothing later builds on."""
    return deciding.undo(context(), body.id)


def video_people(path: VideoPath) -> dict[str, Any]:
    """Who is seen in a video, and when; hidden people are left out."""
    return people.of_video(context(), path.video_id)


def edit_performers(path: VideoPath, body: PerformersBody) -> dict[str, Any]:
    """Have performers inferred from the faces that are seen, or take them away; who was typed is left by inferring."""
    if body.action == "clear":
        return performers.clear(context(), path.video_id)
    if body.action == "remove":
        return performers.remove(context(), path.video_id, body.names)
    asked = performers.Inferring(body.action == "refresh", body.min_occurrences)
    return performers.infer(context(), path.video_id, asked)


def to_asked(query: PeopleQuery) -> people.Asked:
    """The operation's form of a query."""
    return people.Asked(
        q=query.q,
        hidden=_CHOICES[query.hidden],
        named=_CHOICES[query.named],
        library_id=query.library_id,
        sort=query.sort,
        offset=query.offset,
        limit=query.limit,
    )
