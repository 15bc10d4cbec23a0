from __future__ import annotations

import errno
import os
import pickle
import shutil
from pathlib import Path
from typing import ClassVar

import pytest

from vidwatchd import artifacts, making, products
from vidwatchd.artifacts.base import FrameKind, Kind, Made
from vidwatchd.errors import Cancelled, MediaError, StorageError, Unavailable
from vidwatchd.model import ArtifactState, ProductTask, VisitTask, Wants
from vidwatchd.products.base import Produced, Product

MADE = (name for name, kind in artifacts.KINDS.items() if kind.tier != "model" and kind().ready("") is None)
ALL = tuple((name, {}) for name in MADE)


class Plain(Kind):
    name: ClassVar[str] = "plain"
    suffixes: ClassVar[tuple[str, ...]] = (".plain.txt",)
    does: str = "write"

    def ready(self, models):
        return Unavailable("no plain engine", hint="pip install plain") if self.does == "lack" else None

    def make(self, source, out, ctx):
        if self.does == "fail":
            raise ValueError("a bug")
        if self.does == "full":
            raise OSError(errno.ENOSPC, "No space left on device")
        if self.does == "swell":
            raise MemoryError
        path = out.path(".plain.txt")
        if self.does != "lie":
            with open(path, "w") as file:
                file.write(ctx.inputs.get("sprites", {}).get(".sprites.json", "nothing"))
        return Made({".other" if self.does == "stray" else ".plain.txt": path}, backend="test")


class Framed(FrameKind):
    name: ClassVar[str] = "framed"
    suffixes: ClassVar[tuple[str, ...]] = (".framed",)
    fails_in: str = ""

    def begin(self, ctx):
        assert os.path.isdir(ctx.workdir)
        self._fail("begin")

    def wants(self, info):
        self._fail("wants")
        return Wants((0.5, 1.5), 32)

    def again(self):
        return Wants((0.5,), 0) if self.fails_in == "second look" else None  # no picture is that narrow

    def take(self, at_seconds, image):
        self._fail("take")

    def finish(self, out):
        self._fail("finish")
        raise AssertionError("not reached here")

    def _fail(self, place):
        if self.fails_in == place:
            raise RuntimeError(f"broke in {place}")


@pytest.fixture
def more_kinds(monkeypatch):
    monkeypatch.setattr(artifacts, "KINDS", {**artifacts.KINDS, "plain": Plain, "framed": Framed})


def _visit(clips, tmp_path, *kinds, **more):
    return making.make_visit(VisitTask(clips.normal(), str(tmp_path), kinds, **more))


def test_one_opening_serves_all_and_costs_are_shared(clips, tmp_path):
    outcomes = _visit(clips, tmp_path, *ALL)
    assert [outcome.state for outcome in outcomes] == [ArtifactState.DONE] * len(ALL)
    assert all(outcome.cost_seconds > 0 for outcome in outcomes)
    assert outcomes[0].video.duration_seconds == pytest.approx(3, abs=0.1)
    assert outcomes[1].facts["visit"] == outcomes[2].facts["visit"]
    assert outcomes[1].facts["visit"]["plan"] == "full"


def test_it_writes_only_under_out(clips, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    for outcome in making.make_visit(VisitTask(clips.normal(), str(out), ALL)):
        assert all(path.startswith(str(out)) for path in outcome.files.values())
    assert os.listdir(tmp_path) == ["out"]


def test_a_second_look_that_fails_is_the_failure_of_those_who_asked(clips, tmp_path, more_kinds):
    framed, *rest = _visit(clips, tmp_path, ("framed", {"fails_in": "second look"}), *ALL)
    assert framed.state is ArtifactState.FAILED
    assert "not reached here" not in framed.error
    assert [outcome.state for outcome in rest] == [ArtifactState.DONE] * len(ALL)


@pytest.mark.parametrize("place", ["begin", "wants", "take", "finish"])
def test_what_goes_wrong_in_one_kind_is_its_own(clips, tmp_path, more_kinds, place):
    framed, plain, *rest = _visit(clips, tmp_path, ("framed", {"fails_in": place}), ("plain", {"does": "fail"}), *ALL)
    assert (framed.state, framed.permanent) == (ArtifactState.FAILED, False)
    assert framed.error == f"RuntimeError: broke in {place}"
    assert plain.error == "ValueError: a bug"
    assert [outcome.state for outcome in rest] == [ArtifactState.DONE] * len(ALL)


def test_a_missing_backend_is_unavailable_with_the_fix(clips, tmp_path, more_kinds):
    lacking, thumbs = _visit(clips, tmp_path, ("plain", {"does": "lack"}), ("thumbs", {}))
    assert (lacking.state, lacking.error) == (ArtifactState.UNAVAILABLE, "no plain engine (pip install plain)")
    assert thumbs.state is ArtifactState.DONE


@pytest.mark.parametrize("does", ["lie", "stray"])
def test_what_was_not_really_made_does_not_count(clips, tmp_path, more_kinds, does):
    (outcome,) = _visit(clips, tmp_path, ("plain", {"does": does}))
    assert outcome.state is ArtifactState.FAILED


def test_a_full_disk_and_a_full_memory_are_nobodys_fault(clips, tmp_path, more_kinds):
    with pytest.raises(StorageError, match="No space left"):
        _visit(clips, tmp_path, ("plain", {"does": "full"}))
    with pytest.raises(MemoryError):
        _visit(clips, tmp_path, ("plain", {"does": "swell"}))


def test_wrong_settings_and_unknown_kinds_fail_for_good(clips, tmp_path):
    outcomes = _visit(clips, tmp_path, ("thumbs", {"time": "noon"}), ("thumb", {}), ("metadata", {}))
    assert [outcome.state for outcome in outcomes] == [ArtifactState.FAILED, ArtifactState.FAILED, ArtifactState.DONE]


def test_a_visit_that_was_stopped_before_it_began_leaves_nothing(clips, tmp_path):
    """Its workspace was cleared away meanwhile, and nobody would do so again."""
    with pytest.raises(Cancelled):
        making.make_visit(VisitTask(clips.normal(), str(tmp_path / ".making" / "visit"), ALL))
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_went_away_may_come_back(tmp_path):
    task = VisitTask(str(tmp_path / "gone.mp4"), str(tmp_path), ALL)
    assert {(outcome.state, outcome.permanent) for outcome in making.make_visit(task)} == {
        (ArtifactState.FAILED, False)
    }


def test_inputs_reach_a_kind_without_frames(clips, tmp_path, more_kinds):
    (outcome,) = _visit(clips, tmp_path, ("plain", {}), inputs={"sprites": {".sprites.json": "/there"}})
    with open(outcome.files[".plain.txt"]) as file:
        assert file.read() == "/there"


def test_the_published_name_can_be_another(clips, tmp_path):
    _visit(clips, tmp_path, ("sprites", {}), name="cut~1234.mp4")
    assert "cut~1234.mp4.sprites.jpg#xywh" in (tmp_path / "sprites/made.sprites.vtt").read_text()


def test_progress_is_a_file_that_ends_at_one(clips, tmp_path):
    assert making.read_progress(str(tmp_path)) == 0
    _visit(clips, tmp_path, *ALL)
    assert making.read_progress(str(tmp_path)) == 1


def test_a_folder_that_went_away_is_not_begun_anew_and_told_of_each_kind(clips, tmp_path):
    out = tmp_path / "library" / "out"
    out.mkdir(parents=True)

    def leave(done):
        if (tmp_path / "library").exists():
            shutil.rmtree(tmp_path / "library")

    outcomes = making.make_visit(VisitTask(clips.normal(), str(out), (("thumbs", {}), ("previews", {}))), leave)
    assert {outcome.state for outcome in outcomes} == {ArtifactState.FAILED}
    assert not (tmp_path / "library").exists()
    making._ProgressFile(str(out / "progress")).write(0.5)
    assert making.read_progress(str(out)) == 0


def test_progress_only_grows(clips, tmp_path):
    told: list[float] = []
    making.make_visit(VisitTask(clips.long(), str(tmp_path), ALL), told.append)
    assert told == sorted(told)
    assert len(set(told)) > 5
    assert told[-1] == 1


def test_outcomes_travel_between_processes(clips, tmp_path):
    outcomes = _visit(clips, tmp_path, *ALL)
    assert pickle.loads(pickle.dumps(outcomes)) == outcomes


class Toy(Product):
    name: ClassVar[str] = "toy"
    summary: ClassVar[str] = "A toy."
    does: str = "write"

    def make(self, sources, out, ctx):
        if self.does == "full":
            raise OSError(errno.ENOSPC, "No space left on device")
        if self.does == "fail":
            raise MediaError("it is broken")
        path = os.path.join(os.path.dirname(out) if self.does == "stray" else out, "toy")
        with open(path, "w") as file:
            file.write("" if self.does == "lie" else sources[0])
        ctx.progress(0.5)
        return Produced({"size": 1}, {"toy": path})


@pytest.fixture
def toy(monkeypatch, tmp_path):
    monkeypatch.setattr(products, "PRODUCTS", {"toy": Toy})
    (tmp_path / "out").mkdir()
    return lambda **settings: ProductTask("toy", settings, ("source",), str(tmp_path / "out"))


def test_a_product_is_one_outcome_with_progress_beside_it(toy):
    task = toy()
    (made,) = making.make_product(task)
    assert (made.kind, made.state, dict(made.facts)) == ("toy", ArtifactState.DONE, {"size": 1})
    assert Path(made.files["toy"]).read_text() == "source"
    assert making.read_progress(task.out) == 1
    assert pickle.loads(pickle.dumps(task)) == task


@pytest.mark.parametrize("does", ["lie", "stray", "fail"])
def test_a_product_that_is_none_failed(toy, does):
    (made,) = making.make_product(toy(does=does))
    assert (made.state, made.permanent) == (ArtifactState.FAILED, does == "fail")


def test_a_product_without_room_or_name(toy):
    with pytest.raises(StorageError, match="No space left"):
        making.make_product(toy(does="full"))
    (made,) = making.make_product(ProductTask("doll", {}, ()))
    assert "no product 'doll'" in made.error


def test_what_lay_beside_the_video_stands_in_the_facts(clips, tmp_path, monkeypatch):
    class Reader(Kind):
        """Made from a subtitle file."""

        name, title, summary, suffixes, reads = "reader", "Reader", "reads", (".reader",), (".srt",)

        def make(self, source, out, ctx):
            """Write something, while the file grows."""
            Path(source).with_suffix(".srt").write_text("longer")
            return Made({".reader": out.write(".reader", b"x")}, {"own": 1}, backend="none")

    monkeypatch.setitem(artifacts.KINDS, "reader", Reader)
    shutil.copy(clips.normal(), tmp_path / "a.mp4")
    file = tmp_path / "a.srt"
    file.write_text("x")
    before = file.stat()
    (outcome,) = making.make_visit(VisitTask(str(tmp_path / "a.mp4"), str(tmp_path), (("reader", {}),)))
    assert outcome.facts == {"own": 1, "beside": {".srt": [1, before.st_mtime_ns]}}
