"""test_settings: what can be chosen of a form, and where its defaults stand."""

from operator import attrgetter

from vidwatchd.config import Config
from vidwatchd.storing.settings import DEFAULTS, Settings


def test_every_default_is_the_settings_files():
    config = Config()
    assert set(DEFAULTS) == set(Settings.model_fields)
    for name, key in DEFAULTS.items():
        assert attrgetter(key)(config) == Settings.model_fields[name].default, name


def test_they_become_what_the_making_wants():
    chosen = Settings(
        audio_format="opus", mono=True, backend="stub", model_path="/m", t2v_device="cpu", ffmpeg_path="/f"
    )
    wanted = chosen.wanted
    assert (wanted.sound.codec, wanted.sound.mono, wanted.ffmpeg_path) == ("opus", True, "/f")
    assert (wanted.backend, wanted.model, wanted.picture_device) == ("stub", "/m", "cpu")
    assert Settings().wanted.model == "THUDM/CogVideoX-2b"
