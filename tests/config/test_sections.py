"""test_sections: what a group of settings answers by itself."""

import pytest
from pydantic import ValidationError

from vidwatchd.config.sections import ArtifactsConfig, LibraryConfig, T2vConfig


def test_a_folder_is_as_the_system_takes_it():
    assert LibraryConfig(path="/film\U0010ffe9").folder == "/film\udce9"


def test_a_kinds_settings_are_those_a_person_gave():
    given = ArtifactsConfig(thumbs={"width": 320})
    assert given.of("thumbs") == {"width": 320}
    assert given.of("sprites") == {}


def test_a_key_that_does_not_exist_is_refused():
    with pytest.raises(ValidationError):
        T2vConfig(backnd="proxy")
