import json

import flask
import pytest

from vidwatchd.webapp.context import Parts, context, install, json_text, parts
from vidwatchd.webapp.events import Hub


@pytest.fixture
def app():
    app = flask.Flask(__name__)
    install(app, Parts("the context", Hub()))
    return app


def test_a_route_reaches_what_its_app_was_made_from(app):
    with app.test_request_context():
        assert context() == "the context"
        assert parts().followed_jobs == {}


def test_two_apps_do_not_share(app):
    other = flask.Flask("other")
    install(other, Parts("another", Hub()))
    with app.app_context(), other.app_context():
        assert context() == "another"
    with app.app_context():
        assert context() == "the context"


def test_json_that_is_text_already_is_sent_as_it_is(app):
    with app.test_request_context():
        answer = json_text('{"a": 1}', 201)
    assert (answer.status_code, answer.mimetype, json.loads(answer.data)) == (201, "application/json", {"a": 1})
