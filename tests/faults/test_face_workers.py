"""test_face_workers: faces found by processes of their own, which die, lack their model, or have a better one meanwhile."""

import json
import os
import shutil
import time

import psutil
import pytest

from tests import faces
from vidwatchd import config, jobs, operations
from vidwatchd.model import ArtifactState
from vidwatchd.operations import libraries
from vidwatchd.operations.finish import finish
from vidwatchd.operations.make import Wanted, make
from vidwatchd.operations.scan import Look, scan

KINDS = ("metadata", "scenes", "faces")


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """Ten seconds of two people."""
    path = tmp_path_factory.mktemp("film") / "two.mp4"
    return faces.film(path, 10, lambda at: [(40, 40, 80, 1), (200, 60, 80, 2)], rate=5, size=(320, 180))


def library(folder, film, *names):
    """A folder with copies of the film, each another file."""
    folder.mkdir()
    for number, name in enumerate(names):
        shutil.copy(film, folder / name)
        with open(folder / name, "ab") as file:
            file.write(bytes([0, 0, 0, 9 + number]) + b"free" + bytes(1 + number))
    return folder


def opened(home, models, **settings):
    values = {"data_dir": str(home / "data"), "models": {"folder": str(models)}, **settings}
    return operations.open(config.parse(values, home / "videorc.json"))


def states(ctx):
    videos = ctx.index.videos.in_folder(1, "", recursive=True)
    return [ctx.index.artifacts.of(video.id)["faces"] for video in videos]


def test_several_workers_with_their_memory_bounded(film, face_models, tmp_path):
    videos = library(tmp_path / "lib", film, "a.mp4", "b.mp4", "c.mp4")
    with opened(tmp_path, face_models.sface()) as ctx:
        libraries.add(ctx, str(videos))
        done = make(ctx, str(videos), Wanted(("embed",)), workers=2)
        assert (done.made, done.failed, done.unavailable) == (3, [], [])
        assert [item["line"] for item in done.items] == ["2 faces"] * 3
        again = make(ctx, str(videos), Wanted(("faces",)), workers=2)
        assert (again.made, again.skipped) == (0, 3)


def test_a_better_model_makes_stale_and_a_lost_one_does_not(film, face_models, tmp_path):
    models, videos = tmp_path / "models", library(tmp_path / "lib", film, "a.mp4")
    shutil.copytree(os.path.join(face_models.sface(), "sface"), models / "sface")
    with opened(tmp_path, models, libraries=[{"path": str(videos), "kinds": ["faces"]}]) as ctx:
        libraries.configured(ctx)
        assert finish(ctx, str(videos)).made == 1
        jobs.refresh(ctx.index, ctx.config)
        (first,) = states(ctx)
        assert (first.state, first.backend) == (ArtifactState.DONE, "sface")
        shutil.copytree(os.path.join(face_models.insightface(), "buffalo_s"), models / "buffalo_s")
        jobs.refresh(ctx.index, ctx.config)
        assert states(ctx)[0].state is ArtifactState.STALE
        assert finish(ctx, str(videos)).made == 1
        (second,) = states(ctx)
        assert (second.state, second.backend) == (ArtifactState.DONE, "insightface")
        shutil.rmtree(models)
        jobs.refresh(ctx.index, ctx.config)
        assert finish(ctx, str(videos)).made == 0
        assert states(ctx) == [second]
    shutil.rmtree(tmp_path / "data")  # on another machine, where there is no model
    with opened(tmp_path, models, libraries=[{"path": str(videos), "kinds": ["faces"]}]) as ctx:
        scan(ctx, libraries.configured(ctx)[0], Look(settle_seconds=0.0))
        done = make(ctx, str(videos), Wanted(("embed",)))
        assert (done.skipped, done.unavailable) == (1, [])


def test_what_a_person_asked_for_with_settings_stays(film, face_models, tmp_path):
    models, videos = tmp_path / "models", library(tmp_path / "lib", film, "a.mp4")
    for folder, name in ((face_models.sface(), "sface"), (face_models.insightface(), "buffalo_s")):
        shutil.copytree(os.path.join(folder, name), models / name)
    with opened(tmp_path, models) as ctx:
        libraries.add(ctx, str(videos))
        make(ctx, str(videos), Wanted(("faces",), overrides={"faces": {"backend": "sface"}}))
        jobs.refresh(ctx.index, ctx.config)
        (found,) = states(ctx)
        assert (found.state, found.backend) == (ArtifactState.DONE, "sface")


def test_without_a_model_nobody_is_harmed(film, tmp_path):
    videos = library(tmp_path / "lib", film, "a.mp4")
    with opened(tmp_path, tmp_path / "models", libraries=[{"path": str(videos), "kinds": list(KINDS)}]) as ctx:
        libraries.configured(ctx)
        done = finish(ctx, str(videos))
        assert (done.made, done.failed) == (2, [])
        assert [line["kind"] for line in done.unavailable] == ["faces"]
        assert done.unavailable[0]["reason"].endswith("(vidwatchd models pull sface)")
        assert finish(ctx, str(videos)).made == 0


@pytest.mark.parametrize("whom", ["worker", "daemon"])
def test_killed_in_the_middle(daemons, film, face_models, tmp_path, whom):
    lib = library(tmp_path / "lib", film, "a.mp4", "b.mp4")
    settings = {"artifacts": {"faces": {"sample_rate": 60}}, "jobs": {"retry_seconds": [0.1]}}
    daemon = daemons(lib, kinds=KINDS, models={"folder": face_models.sface()}, **settings)
    daemon.wait_for(lambda: any(job["state"] == "running" and job["kind"] == "faces" for job in daemon.jobs()))
    time.sleep(0.5)
    if whom == "worker":
        for process in psutil.Process(daemon.process.pid).children():
            process.kill()
    else:
        daemon.kill()
        daemon.start()
    daemon.wait_done("a.mp4", "b.mp4", kinds=KINDS)
    daemon.wait_idle()
    for name in ("a.mp4", "b.mp4"):
        found = json.loads((lib / ".artifacts" / f"{name}.faces.signatures.json").read_text())
        assert [face["frames"] for face in found["faces"]] == [50, 50]
        pictures = sorted(file.name for file in (lib / ".artifacts" / f".{name}.faces").iterdir())
        assert pictures == ["face_000.jpg", "face_001.jpg"]
    assert not list(lib.rglob("*.part"))
    daemon.stop()
