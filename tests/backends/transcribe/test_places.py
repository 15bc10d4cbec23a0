"""test_places: a model is a name in the models folder, or the path of its own."""

from vidwatchd.backends.transcribe import places


def test_by_name_and_by_path(tmp_path):
    for name in ("small", "large-v3", "half"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "model.bin").touch()
    for name in ("small", "large-v3"):
        (tmp_path / name / "tokenizer.json").touch()
    needs = ("model.bin", "tokenizer.json")
    assert places.folder_of(str(tmp_path), "small", needs) == str(tmp_path / "small")
    assert places.folder_of(str(tmp_path), "large", needs) == str(tmp_path / "large-v3")
    assert places.folder_of("/nowhere", str(tmp_path / "small"), needs) == str(tmp_path / "small")
    assert places.folder_of(str(tmp_path), "half", needs) == "", "a model that was not pulled whole"
    assert places.folder_of("", "small", needs) == ""
    assert places.file_of([str(tmp_path / "no"), str(tmp_path / "small")], ["x", "model.bin"]).endswith(
        "small/model.bin"
    )
    assert places.shown(str(tmp_path / "small")) == places.shown("small") == "small"
