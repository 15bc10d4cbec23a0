"""test_setting_rows: what an editor needs to know of a setting is what its definition says."""

import pytest

from vidwatchd.config import Config
from vidwatchd.operations.setting_rows import fixed, rows

ROWS = {row["key"]: row for _, row in rows(Config())}


@pytest.mark.parametrize(
    ("key", "form"),
    [
        ("audio.mono", {"type": "bool", "choices": []}),
        ("audio.format", {"type": "choice", "choices": ["aac", "mp3", "opus"]}),
        ("audio.max_mb", {"type": "number", "minimum": 0, "above": True, "maximum": 10_000, "whole": False}),
        ("jobs.nice", {"type": "number", "minimum": 0, "above": False, "maximum": 19, "whole": True}),
        ("audio.ffmpeg_path", {"type": "text", "editable": True, "note": ""}),
        ("scan.extensions", {"type": "list", "minimum": None}),
        ("device", {"type": "choice", "editable": True}),
        ("workers.total", {"note": "takes effect at the next start", "editable": True}),
        ("artifacts.thumbs.width", {"type": "number", "editable": True}),
    ],
)
def test_forms(key, form):
    assert form.items() <= ROWS[key].items()


@pytest.mark.parametrize(
    "key",
    [
        "libraries", "data_dir", "serve.host", "serve.port", "serve.password_file", "serve.allowed_hosts",
        "models.folder", "store.uploads_folder", "artifacts.subtitles.whisper_cpp_bin",
    ],
)  # fmt: skip
def test_what_is_changed_in_the_file_alone(key):
    assert ROWS[key]["editable"] is False
    assert ROWS[key]["note"].endswith(": edit the file")
    assert fixed(key)


def test_notes_and_reasons_are_of_settings_that_exist():
    from vidwatchd.operations import setting_rows

    assert set(setting_rows._NOTES) <= set(ROWS)
    groups = {key.rpartition(".")[0] for key in ROWS}
    assert set(setting_rows._FIXED) <= set(ROWS) | groups
