"""test_hub: which files of a repository are fetched, and what is already there; whole pulls are tested with their operation."""

import pytest

from tests.hub import COMMIT, Hub
from vidwatchd.backends import hub, models
from vidwatchd.errors import Unavailable

TINY = models.MODELS["tiny"]


@pytest.fixture
def server(monkeypatch):
    with Hub() as running:
        monkeypatch.setenv("HF_ENDPOINT", running.url)
        yield running


def silent(done, of, names):
    pass


def test_nothing_that_could_run_or_lie_elsewhere_is_wanted(server):
    files = server.add("tiny")
    odd = ("vocabulary.py", "vocabulary.pkl", "vocabulary.x/../../../evil", "vocabulary.pt", "train.sh")
    server.repos[TINY.repo] |= dict.fromkeys(odd, b"evil")
    found = hub.listing(TINY)
    assert {file.path for file in found.files} == set(files)
    assert found.commit == COMMIT
    assert found.size_bytes == sum(map(len, files.values()))


SHARDS = ("text_encoder/model-00001-of-00002.safetensors", "text_encoder/model-00002-of-00002.safetensors")
PARTS = (*SHARDS, "transformer/diffusion_pytorch_model.safetensors", "vae/diffusion_pytorch_model.safetensors")


def test_a_model_in_parts_comes_with_its_folders_and_nothing_else(server, tmp_path):
    model = models.MODELS["cogvideox-2b"]
    files = server.add(model.name, parts=PARTS)
    odd = (
        "README.md", ".gitignore", "transformer/model.py", "vae/diffusion_pytorch_model.bin", "text_encoder/pytorch_model.bin",
        "text_encoder/model/../../../evil.safetensors", "tokenizer/spiece.model.py", "safety/model.safetensors",
        "scheduler/run.sh", "tokenizer/../spiece.model",
    )  # fmt: skip
    server.repos[model.repo] |= dict.fromkeys(odd, b"evil")
    found = hub.listing(model)
    assert {file.path for file in found.files} == set(files)
    assert found.size_bytes == sum(map(len, files.values()))
    part = tmp_path / SHARDS[0]
    part.parent.mkdir()
    part.write_bytes(files[SHARDS[0]][:1000])
    assert hub.held_bytes(found, str(tmp_path)) == 1000
    sums = hub.fetch(model, found, str(tmp_path), silent)
    assert {name: (tmp_path / name).read_bytes() for name in sums} == files
    assert (SHARDS[0], "bytes=1000-") in server.asked


def test_a_model_in_shards_is_whole_with_its_index(server):
    model = models.MODELS["blip2-opt-2.7b"]
    shards = tuple(f"model-0000{n}-of-00002.safetensors" for n in (1, 2))
    files = server.add(model.name, parts=shards)
    server.repos[model.repo] |= {"pytorch_model-00001-of-00002.bin": b"pickle", "model-x.safetensors.py": b"evil"}
    assert {file.path for file in hub.listing(model).files} == set(files) >= set(shards)


def test_what_is_there_is_counted_and_what_is_too_long_begun_anew(server, tmp_path):
    files = server.add("tiny")
    found = hub.listing(TINY)
    assert hub.held_bytes(found, str(tmp_path)) == 0
    (tmp_path / "model.bin").write_bytes(files["model.bin"][:1000])
    (tmp_path / "config.json").write_bytes(bytes(10_000))
    assert hub.held_bytes(found, str(tmp_path)) == 1000 + len(files["config.json"])
    sums = hub.fetch(TINY, found, str(tmp_path), silent)
    assert {name: (tmp_path / name).read_bytes() for name in sums} == files
    assert ("model.bin", "bytes=1000-") in server.asked
    assert ("config.json", "") in server.asked


def test_a_server_that_never_comes_back_is_given_up(server, tmp_path, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    server.add("tiny")
    found = hub.listing(TINY)
    server.hang_up_at["model.bin"] = [0] * 20
    with pytest.raises(Unavailable, match="did not arrive whole") as error:
        hub.fetch(TINY, found, str(tmp_path), silent)
    assert "models pull tiny" in error.value.hint
