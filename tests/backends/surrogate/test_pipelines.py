"""test_pipelines: which models are here, what they are called, and what is said of those that do not fit."""

import json
import shutil

import pytest

from tests.extras import needs
from vidwatchd.backends.surrogate import pipelines
from vidwatchd.errors import Unavailable

pytestmark = needs("diffusers")


def make(folder, kind="CogVideoXPipeline"):
    """A folder that looks like a model."""
    for part in ("transformer", "vae", "text_encoder"):
        (folder / part).mkdir(parents=True)
        (folder / part / "model.safetensors").write_bytes(b"1234")
    (folder / "model_index.json").write_text(json.dumps({"_class_name": kind}))
    return folder


@pytest.mark.parametrize(
    "wanted",
    ["", "cogvideox-2b", "THUDM/CogVideoX-2b", "zai-org/CogVideoX-2b", "thudm/cogvideox-2B", "zai-org/cogvideox-2b"],
)
def test_each_of_its_names(tmp_path, wanted):
    make(tmp_path / "cogvideox-2b")
    found = pipelines.found(str(tmp_path), wanted)
    assert (found.name, found.folder, found.takes_picture) == ("cogvideox-2b", str(tmp_path / "cogvideox-2b"), False)


def test_one_that_takes_pictures_is_the_best(tmp_path):
    make(tmp_path / "cogvideox-2b")
    make(tmp_path / "cogvideox-5b-i2v", "CogVideoXImageToVideoPipeline")
    assert pipelines.found(str(tmp_path), "").takes_picture
    assert not pipelines.found(str(tmp_path), "THUDM/CogVideoX-2b").takes_picture


def test_a_folder_of_ones_own(tmp_path):
    make(tmp_path / "models" / "CogVideoX1.5-5B")
    models = str(tmp_path / "models")
    assert pipelines.found("", str(tmp_path / "models" / "CogVideoX1.5-5B")).name == "CogVideoX1.5-5B"
    assert pipelines.found(models, "THUDM/CogVideoX1.5-5B").name == "CogVideoX1.5-5B"


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ("THUDM/CogVideo", r"original CogVideo, whose code base is not supported.*models pull cogvideox-2b"),
        ("zai-org/CogVideo", "original CogVideo"),
        ("", "models pull cogvideox-2b"),
        ("THUDM/CogVideoX-5b", r"CogVideoX-5b is not here.*models pull cogvideox-5b"),
        ("somebody/cogvideox-mine", r"not here.*t2v\.model_path"),
        ("/no/folder", "no model at /no/folder"),
        ("nonsense", "no model 'nonsense'"),
    ],
)
def test_what_is_not_here(tmp_path, wanted, words):
    with pytest.raises(Unavailable, match=words):
        pipelines.found(str(tmp_path), wanted)


def test_a_model_for_other_things_is_named(tmp_path):
    make(tmp_path / "wan", "WanPipeline")
    with pytest.raises(Unavailable, match=r"is a WanPipeline.*CogVideoXImageToVideoPipeline"):
        pipelines.found(str(tmp_path), "wan")


@pytest.mark.parametrize("text", ["", "[]", "{}", "null"])
def test_a_folder_that_says_nothing_holds_no_model(tmp_path, text):
    (make(tmp_path / "m") / "model_index.json").write_text(text)
    with pytest.raises(Unavailable, match=r"no model in .*original code base"):
        pipelines.found(str(tmp_path), "m")


def test_half_a_copy_is_no_model(tmp_path):
    folder = make(tmp_path / "m")
    (folder / "vae" / "model.safetensors").rename(folder / "vae" / "model.bin")
    with pytest.raises(Unavailable, match="not whole: vae lacks weights"):
        pipelines.found(str(tmp_path), "m")
    (folder / "vae" / "model.bin").rename(folder / "vae" / "model.safetensors")
    index = {"weight_map": {"a": "model-00001-of-00002.safetensors"}}
    (folder / "text_encoder" / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(Unavailable, match="not whole: text_encoder"):
        pipelines.found(str(tmp_path), "m")
    shutil.rmtree(folder / "transformer")
    with pytest.raises(Unavailable, match="not whole"):
        pipelines.found(str(tmp_path), "m")


def test_damaged_weights_and_code_are_not_loaded(tmp_path, tiny):
    make(tmp_path / "m")
    with pytest.raises(Unavailable, match="cannot be loaded"):
        pipelines.load(str(tmp_path / "m"), "CogVideoXPipeline", "cpu")
    shutil.copytree(tiny.cogvideox(), tmp_path / "evil")
    index = json.loads((tmp_path / "evil" / "model_index.json").read_text())
    index["transformer"] = ["mine", "Mine"]
    (tmp_path / "evil" / "model_index.json").write_text(json.dumps(index))
    (tmp_path / "evil" / "transformer" / "mine.py").write_text("raise SystemExit(9)")
    with pytest.raises(Unavailable, match="cannot be loaded"):
        pipelines.load(str(tmp_path / "evil"), "CogVideoXPipeline", "cpu")


def test_it_is_loaded_once_and_let_go(tiny):
    folder = str(tiny.cogvideox())
    first = pipelines.load(folder, "CogVideoXPipeline", "cpu")
    assert pipelines.load(folder, "CogVideoXPipeline", "cpu") is first
    assert pipelines.shape(first) == pipelines.Shape(32, 16, 9, 8)
    pipelines.unload()
    assert pipelines.load(folder, "CogVideoXPipeline", "cpu") is not first
    pipelines.unload()


def test_without_what_reads_the_vocabulary(monkeypatch):
    assert pipelines.lacking() is None
    monkeypatch.setitem(__import__("sys").modules, "google.protobuf", None)
    assert "protobuf" in pipelines.lacking().message
