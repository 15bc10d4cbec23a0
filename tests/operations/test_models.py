"""test_models: models listed, pulled by the real huggingface_hub from a server on this machine, and removed."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import ClassVar

import pytest

from tests.hub import COMMIT, Hub
from tests.sources import ROOT
from tests.waiting import PATIENCE_SECONDS
from vidwatchd import artifacts
from vidwatchd.artifacts.base import Kind, Made
from vidwatchd.backends import models as known
from vidwatchd.errors import Cancelled, Conflict, NotFound, StorageError, Unavailable, UsageError
from vidwatchd.operations import jobs, models, tasks
from vidwatchd.operations.jobs import Order

ME = "somewhere-else,1,me"


@pytest.fixture
def hub(monkeypatch):
    with Hub() as running:
        monkeypatch.setenv("HF_ENDPOINT", running.url)
        yield running


@pytest.fixture
def folder(desk):
    return Path(desk.config.models_folder)


def silent(done, of, names):
    pass


def found(desk, name):
    return next(model for model in models.listed(desk.ctx)["models"] if model["name"] == name)


def pull(desk, name="tiny", progress=silent):
    return models.pull(desk.ctx, name, progress)


def test_a_model_arrives_whole_with_only_the_files_it_needs(desk, hub, folder):
    files = hub.add("tiny")
    seen = []
    done = pull(desk, progress=lambda *step: seen.append(step))
    assert (done["pulled"], done["already"], done["folder"]) == ("tiny", False, str(folder / "tiny"))
    there = {path.name: path.read_bytes() for path in (folder / "tiny").iterdir()}
    note = json.loads(there.pop(models.NOTE))
    assert there == files
    assert (note["name"], note["commit"], note["licence"]) == ("tiny", COMMIT, "MIT")
    assert set(note["files"]) == set(files)
    total = sum(map(len, files.values()))
    assert seen[-1][:2] == (total, total)
    assert [path.name for path in folder.iterdir()] == ["tiny"]


def test_of_torch_models_only_safetensors_come(desk, hub, folder):
    hub.add("minilm")
    pull(desk, "minilm")
    names = {path.name for path in (folder / "minilm").iterdir()}
    assert "model.safetensors" in names
    assert not names & {"model.py", "pytorch_model.bin"}


def test_a_model_in_parts_arrives_and_goes_on_where_it_was_stopped(desk, hub, folder):
    weights = "transformer/diffusion_pytorch_model.safetensors"
    files = hub.add("cogvideox-2b", size=4_000_000, parts=(weights, "vae/diffusion_pytorch_model.safetensors"))

    def stopping(done, of, names):
        if names == [weights] and done > sum(len(files[path]) for path in files if path < weights) + 1_000_000:
            raise Cancelled("a person stopped it")

    with pytest.raises(Cancelled):
        pull(desk, "THUDM/CogVideoX-2b", progress=stopping)
    assert not known.present(str(folder), "cogvideox-2b")
    part = (folder / ".cogvideox-2b.part" / weights).stat().st_size
    assert 0 < part < len(files[weights])
    hub.asked.clear()
    done = pull(desk, "cogvideox-2b")
    assert (weights, f"bytes={part}-") in hub.asked
    there = {
        path.relative_to(folder / "cogvideox-2b").as_posix(): path for path in (folder / "cogvideox-2b").rglob("*.*")
    }
    assert {path: file.read_bytes() for path, file in there.items() if path != models.NOTE and file.is_file()} == {
        path: content for path, content in files.items() if "." in path
    }
    assert done["disk_bytes"] > sum(map(len, files.values()))
    one = found(desk, "cogvideox-2b")
    assert (one["here"], one["licence"], one["task_title"]) == (True, "Apache-2.0", "Video from text")
    assert models.remove(desk.ctx, "zai-org/CogVideoX-2b")["removed"] == "cogvideox-2b"
    assert not (folder / "cogvideox-2b").exists()


def test_one_that_is_here_is_not_fetched_again(desk, hub):
    hub.add("tiny")
    pull(desk)
    hub.asked.clear()
    assert pull(desk)["already"] is True
    assert hub.asked == []


def test_further_names_mean_the_same_model(desk, hub, folder):
    hub.add("large-v3-turbo")
    assert pull(desk, "turbo")["pulled"] == "large-v3-turbo"
    assert known.present(str(folder), "turbo")


def test_a_connection_that_breaks_is_taken_up_where_it_broke(desk, hub, folder):
    files = hub.add("tiny", size=3_000_000)
    hub.hang_up_at["model.bin"] = [1_000_000]
    pull(desk)
    assert (folder / "tiny" / "model.bin").read_bytes() == files["model.bin"]
    first, second = (asked for path, asked in hub.asked if path == "model.bin")
    assert first == ""
    assert 500_000 < int(second.removeprefix("bytes=").rstrip("-")) <= 1_000_000


def test_a_pull_that_was_stopped_goes_on_from_there(desk, hub, folder):
    files = hub.add("tiny", size=8_000_000)

    def stopping(done, of, names):
        if done > 3_000_000:
            raise Cancelled("a person stopped it")

    with pytest.raises(Cancelled):
        pull(desk, progress=stopping)
    assert not known.present(str(folder), "tiny")
    assert [m["name"] for m in models.listed(desk.ctx)["models"] if m["here"]] == []
    part = (folder / ".tiny.part" / "model.bin").stat().st_size
    assert 3_000_000 <= part < 8_000_000
    hub.asked.clear()
    pull(desk)
    assert ("model.bin", f"bytes={part}-") in hub.asked
    assert (folder / "tiny" / "model.bin").read_bytes() == files["model.bin"]


@pytest.mark.parametrize("path", ["model.bin", "config.json"])
def test_other_bytes_than_promised_are_thrown_away(desk, hub, folder, path):
    files = hub.add("tiny")
    hub.spoiled.add(path)
    with pytest.raises(Unavailable, match=f"{path} arrived damaged"):
        pull(desk)
    assert not (folder / "tiny").exists()
    assert not (folder / ".tiny.part" / path).exists()
    hub.spoiled.clear()
    pull(desk)
    assert (folder / "tiny" / path).read_bytes() == files[path]


def test_what_lies_in_the_workplace_is_checked_too(desk, hub, folder):
    files = hub.add("tiny")
    (folder / ".tiny.part").mkdir(parents=True)
    (folder / ".tiny.part" / "model.bin").write_bytes(bytes(len(files["model.bin"])))
    with pytest.raises(Unavailable, match="damaged"):
        pull(desk)
    pull(desk)
    assert (folder / "tiny" / "model.bin").read_bytes() == files["model.bin"]


def test_too_little_room_is_said_before_anything_is_fetched(desk, hub):
    hub.add("tiny")
    hub.promised["model.bin"] = 10**17
    with pytest.raises(StorageError, match="MB are needed") as error:
        pull(desk)
    assert "models.folder" in error.value.hint
    assert hub.asked == []


def test_a_disk_that_fills_up_meanwhile_is_told_and_the_pull_goes_on_later(desk, hub, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk], capture_output=True).returncode:
        pytest.skip("no small file system can be had here")
    try:
        ballast = disk / "ballast"
        desk.ctx.config = desk.config.model_copy(
            update={"models": desk.config.models.model_copy(update={"folder": str(disk)})}
        )
        hub.add("tiny", size=2_000_000)
        hub.before = lambda path: ballast.write_bytes(bytes(3_000_000)) if path == "model.bin" else None
        with pytest.raises(StorageError, match="no room"):
            pull(desk)
        hub.before = lambda path: None
        ballast.unlink()
        pull(desk)
        assert known.present(str(disk), "tiny")
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def test_a_folder_that_cannot_be_written_is_named(desk, hub, folder):
    hub.add("tiny")
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("a file where the folder should be")
    with pytest.raises(StorageError, match="models"):
        pull(desk)


def test_without_a_network_one_sentence_says_so(desk, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(Unavailable, match="cannot be reached") as error:
        pull(desk)
    assert "network" in error.value.hint
    assert "\n" not in str(error.value)


def test_a_repository_that_is_gone_or_lacks_the_weights(desk, hub):
    with pytest.raises(NotFound, match="not there any more"):
        pull(desk)
    hub.add("tiny")
    del hub.repos["Systran/faster-whisper-tiny"]["model.bin"]
    with pytest.raises(NotFound, match=r"no longer holds model\.bin"):
        pull(desk)


def test_an_unknown_name_meets_the_nearest_right_one(desk):
    with pytest.raises(NotFound) as error:
        pull(desk, "smal")
    assert error.value.hint == "did you mean small?"
    with pytest.raises(NotFound):
        models.remove(desk.ctx, "smal")


def test_without_the_library_that_downloads_the_fix_is_told(desk, hub, monkeypatch):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(Unavailable) as error:
        pull(desk)
    assert error.value.hint == "pip install 'vidwatchd[subtitles]'"


def test_downloads_that_were_switched_off_stay_off(desk, hub):
    hub.add("tiny")
    code = (
        "from vidwatchd.backends import hub, models\nfrom vidwatchd.errors import Unavailable\n"
        "try: hub.listing(models.MODELS['tiny'])\nexcept Unavailable as error: print(error)"
    )
    env = {**os.environ, "HF_HUB_OFFLINE": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=env, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "switched off" in done.stdout
    assert hub.asked == []


def test_two_pulls_of_one_model_do_not_meet(desk, hub):
    hub.add("tiny")
    begun, go = threading.Event(), threading.Event()

    def wait(path):
        begun.set()
        go.wait(PATIENCE_SECONDS)

    hub.before = wait
    first = threading.Thread(target=pull, args=(desk,))
    first.start()
    try:
        assert begun.wait(PATIENCE_SECONDS)
        with pytest.raises(Conflict, match="already"):
            pull(desk)
    finally:
        go.set()
        first.join(PATIENCE_SECONDS)
    assert found(desk, "tiny")["here"]


def test_a_folder_that_is_not_the_whole_model_is_left_alone(desk, hub, folder):
    hub.add("tiny")
    (folder / "tiny").mkdir(parents=True)
    (folder / "tiny" / "mine.txt").write_text("mine")
    with pytest.raises(Conflict, match="does not hold the whole model"):
        pull(desk)
    with pytest.raises(Conflict, match="not pulled"):
        models.remove(desk.ctx, "tiny")
    assert (folder / "tiny" / "mine.txt").read_text() == "mine"


def test_the_list_knows_what_is_here_and_what_a_person_put_there(desk, hub, folder):
    hub.add("tiny")
    pull(desk)
    (folder / "my whisper").mkdir()
    (folder / "my whisper" / "model.bin").write_bytes(b"12345")
    tiny, own = found(desk, "tiny"), found(desk, "my whisper")
    assert (tiny["here"], tiny["pulled"], tiny["commit"], tiny["task_title"]) == (True, True, COMMIT, "Speech to text")
    assert tiny["disk_bytes"] > 300_000
    assert (own["here"], own["pulled"], own["disk_bytes"], own["task_title"]) == (True, False, 5, "Others")
    assert found(desk, "small")["here"] is False
    listed = models.listed(desk.ctx)
    assert (listed["folder"], listed["free_bytes"] > 0) == (str(folder), True)


def test_a_pulled_one_is_removed_and_others_stay(desk, hub, folder):
    hub.add("tiny")
    pull(desk)
    (folder / "mine").mkdir()
    assert models.remove(desk.ctx, "tiny")["freed_bytes"] > 300_000
    assert [path.name for path in folder.iterdir()] == ["mine"]
    with pytest.raises(NotFound, match="not here"):
        models.remove(desk.ctx, "tiny")
    for outside in ("..", "../box", ".", "", "mine/.."):
        with pytest.raises(NotFound):
            models.remove(desk.ctx, outside)


def test_a_link_is_not_followed_out_of_the_folder(desk, hub, folder, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / models.NOTE).write_text('{"name": "tiny"}')
    folder.mkdir(parents=True)
    (folder / "tiny").symlink_to(elsewhere)
    with pytest.raises(Conflict):
        models.remove(desk.ctx, "tiny")
    assert (elsewhere / models.NOTE).exists()


class Needy(Kind):
    """A kind that needs the model tiny."""

    name: ClassVar[str] = "needy"
    title: ClassVar[str] = "Needy"
    summary: ClassVar[str] = "made with a model"
    suffixes: ClassVar[tuple[str, ...]] = (".needy.json",)
    model: str = "tiny"

    def ready(self, models_folder):
        return None if known.present(models_folder, self.model) else known.missing(self.model)

    def resolved(self, models_folder):
        better = known.present(models_folder, "base")
        return self.model_copy(update={"model": "base"}) if better else self

    def make(self, source, out, ctx):
        return Made({".needy.json": out.write(".needy.json", b"{}")})


@pytest.fixture
def needy(monkeypatch):
    monkeypatch.setattr(artifacts, "KINDS", {**artifacts.KINDS, "needy": Needy})


def test_what_had_to_do_without_is_owed_once_the_model_is_here(desk, needy, hub):
    hub.add("tiny")
    desk.put("clip.mp4")
    desk.scan()
    with desk.index.transaction() as connection:
        connection.execute("UPDATE jobs SET state = 'done' WHERE kind = 'needy'")
        connection.execute(
            "INSERT INTO artifacts (video_id, kind, state, version, settings_hash, fingerprint, error)"
            " SELECT id, 'needy', 'unavailable', 1, '', '', 'no model' FROM videos"
        )
    assert found(desk, "tiny")["used_by"] == ["artifacts.needy.model"]
    desk.events.clear()
    pull(desk)
    assert desk.states()["needy"] == "missing"
    assert ("needy", "queued") in [tuple(row) for row in desk.jobs()]
    assert ("jobs", {}) in desk.events


def test_a_better_model_makes_anew_what_another_made(desk, needy, hub):
    for name in ("tiny", "base"):
        hub.add(name)
    pull(desk)
    made = desk.made()
    assert desk.states()["needy"] == "done"
    pull(desk, "base")
    assert desk.states()["needy"] == "stale"
    desk.work()
    settings_hash = desk.index.artifacts.of(made)["needy"].settings_hash
    assert (desk.states()["needy"], settings_hash) == ("done", Needy(model="base").settings_hash)
    models.remove(desk.ctx, "base")
    assert desk.states()["needy"] == "stale", "the best that is left is another one"
    desk.work()
    models.remove(desk.ctx, "tiny")
    assert desk.states()["needy"] == "done", "what nobody can make anew here stays"


def test_the_daemon_pulls_it_as_a_task(desk, hub):
    hub.add("tiny")
    ordered = models.order(desk.ctx, "tiny")
    assert (ordered["task"], ordered["state"]) == ("models", "queued")
    assert models.order(desk.ctx, "tiny")["id"] == ordered["id"], "asking twice pulls once"
    assert found(desk, "tiny")["pull"]["state"] == "queued"
    assert tasks.run_next(desk.ctx, ME)
    assert jobs.details(desk.ctx, ordered["id"])["result"]["pulled"] == "tiny"
    assert found(desk, "tiny")["here"]


def test_a_task_that_failed_says_why(desk, hub):
    ordered = models.order(desk.ctx, "tiny")
    assert tasks.run_next(desk.ctx, ME)
    last = found(desk, "tiny")["pull"]
    assert (last["id"], last["state"]) == (ordered["id"], "failed")
    assert "not there any more" in last["error"]
    with pytest.raises(UsageError):
        models.run_task(desk.ctx, Order("models"), silent)


def test_an_unknown_model_is_refused_when_it_is_ordered(desk):
    with pytest.raises(NotFound):
        models.order(desk.ctx, "smal")
