import pytest
from pydantic import BaseModel, ValidationError

from vidwatchd.webapp.api import models


def every_model():
    found = [value for value in vars(models).values() if isinstance(value, type) and issubclass(value, BaseModel)]
    return [model for model in found if model.__module__ == models.__name__]


def test_every_member_says_what_it_is():
    lacking = [
        f"{m.__name__}.{n}" for m in every_model() for n, field in m.model_fields.items() if not field.description
    ]
    assert lacking == []


def test_a_body_refuses_what_it_does_not_know():
    with pytest.raises(ValidationError):
        models.TagsBody(ad=["typing error"])


@pytest.mark.parametrize("text", ["\ud800", "a\0b", "\udcff"])
def test_a_body_refuses_text_that_no_file_can_hold(text):
    for body in ({"add": [text]}, {"notes": text}):
        with pytest.raises(ValidationError):
            models.TagsBody(**body)


@pytest.mark.parametrize("value", [2**63, -(2**70), 0])
def test_numbers_stay_within_what_the_index_holds(value):
    with pytest.raises(ValidationError):
        models.VideoPath(video_id=value)
    with pytest.raises(ValidationError):
        models.BulkBody(ids=[value])
