"""test_follow: whatever moves keeps its id, words and artifacts, and nothing is ever mixed up."""

import contextlib
import itertools
import os
import random
import shutil

import pytest

from tests.desk import KINDS, Desk
from vidwatchd.index.videos import Videos
from vidwatchd.library import store
from vidwatchd.model import Tags, native, portable
from vidwatchd.operations import libraries, scan, tags
from vidwatchd.operations.tags import Edit

ODD = [
    "b.mp4",
    "CLIP.MP4",
    "d/clip.mp4",
    "d/e/new\nline.mp4",
    "it's.mp4",
    "100%.mp4",
    "-x.mp4",
    "🎬.mp4",
    "a" * 251 + ".mp4",
    os.fsdecode(b"\xff.mp4"),
]


def film(desk, path):
    """A video that says of itself what it is, with words and an unknown member in its sidecar, everything made."""
    video_id = desk.made(path, f"content of {path} " * 9)
    tags.edit(
        desk.ctx, video_id, Edit(add=(f"tag of {path}",), performers_add=("P " + path,), rating=3, notes=f"note {path}")
    )
    desk.beside(path, ".edits.json").write_text(f'"edits of {path}"')
    return video_id


def rename(desk, old, new):
    (desk.root / new).parent.mkdir(parents=True, exist_ok=True)
    (desk.root / old).rename(desk.root / new)


def is_whole(desk, path, origin, video_id, remade=False):
    """The video at ``path`` is the one that was ``origin``, with all that was its own and nothing else."""
    path, origin = portable(path), portable(origin)
    assert desk.id(path) == video_id
    said = Tags((f"tag of {origin}",), ("P " + origin,), 3, f"note {origin}")
    assert desk.index.tags.of(video_id) == said
    assert desk.store.read_tags(path)[0] == said
    assert desk.beside(path, ".edits.json").read_text() == f'"edits of {origin}"'
    assert desk.states(path) == dict.fromkeys(KINDS, "done")
    for named in desk.index.artifacts.all_files(video_id).values():
        for name in named.values():
            assert f"content of {origin} " in (desk.beside(path, "").parent / native(name)).read_text()
    assert desk.store.made(path)[0].keys() == set(KINDS)


def is_quiet(desk):
    """A further look finds nothing, and nothing is owed."""
    done = desk.scan()
    assert (done.fresh, done.moved, done.gone) == ([], [], [])
    assert desk.work() == []


@pytest.mark.parametrize("new", ODD)
def test_a_rename_or_move_keeps_everything_and_makes_nothing(desk, new):
    video_id = film(desk, "clip.mp4")
    rename(desk, "clip.mp4", new)
    assert desk.scan().moved == [video_id]
    assert desk.work() == []
    is_whole(desk, new, "clip.mp4", video_id)
    assert not [name for name in desk.store.names_in("") if name.startswith("clip.mp4.")]
    is_quiet(desk)


def test_a_folder_moves_with_all_in_it(desk):
    ids = {name: film(desk, f"old/deep/{name}.mp4") for name in "abc"}
    (desk.root / "old").rename(desk.root / "new")
    desk.scan()
    assert desk.work() == []
    for name, video_id in ids.items():
        is_whole(desk, f"new/deep/{name}.mp4", f"old/deep/{name}.mp4", video_id)
    is_quiet(desk)


def test_a_video_that_moved_without_its_folder_of_artifacts(desk):
    """The owner moved the folder's videos one by one; ours stayed behind."""
    video_id = film(desk, "old/a.mp4")
    rename(desk, "old/a.mp4", "new/a.mp4")
    desk.scan()
    is_whole(desk, "new/a.mp4", "old/a.mp4", video_id)
    assert not (desk.root / "old" / ".artifacts").exists()


@pytest.mark.parametrize("order", list(itertools.permutations(["a.mp4", "b.mp4", "c.mp4"])))
def test_any_exchange_or_rotation_mixes_nothing_up(desk, order):
    names = ["a.mp4", "b.mp4", "c.mp4"]
    ids = {name: film(desk, name) for name in names}
    for name in names:
        rename(desk, name, f"{name}.tmp")
    for old, new in zip(names, order, strict=True):
        rename(desk, f"{old}.tmp", new)
    desk.scan()
    desk.work()
    for old, new in zip(names, order, strict=True):
        is_whole(desk, new, old, ids[old])
    is_quiet(desk)


@pytest.mark.parametrize("step", [1, -1])
def test_a_renumbering_mixes_nothing_up(desk, step):
    names = [f"{number}.mp4" for number in range(2, 6)]
    ids = {name: film(desk, name) for name in names}
    new = {name: f"{int(name[0]) + step}.mp4" for name in names}
    for name in names[::-step]:
        rename(desk, name, new[name])
    desk.scan()
    desk.work()
    for name in names:
        is_whole(desk, new[name], name, ids[name])
    is_quiet(desk)


def test_an_exchange_between_folders(desk):
    one, two = film(desk, "x/a.mp4"), film(desk, "y/a.mp4")
    rename(desk, "x/a.mp4", "t.tmp")
    rename(desk, "y/a.mp4", "x/a.mp4")
    rename(desk, "t.tmp", "y/a.mp4")
    desk.scan()
    desk.work()
    is_whole(desk, "y/a.mp4", "x/a.mp4", one)
    is_whole(desk, "x/a.mp4", "y/a.mp4", two)
    is_quiet(desk)


def test_an_exchange_in_which_only_one_has_words(desk):
    one, two = film(desk, "a.mp4"), desk.made("b.mp4", "content of b.mp4 " * 9)
    rename(desk, "a.mp4", "t.tmp")
    rename(desk, "b.mp4", "a.mp4")
    rename(desk, "t.tmp", "b.mp4")
    desk.scan()
    is_whole(desk, "b.mp4", "a.mp4", one)
    assert desk.index.tags.of(two) == Tags()
    assert desk.store.read_tags("a.mp4") is None


def test_a_move_onto_the_place_of_a_gone_video_keeps_both_apart(desk):
    ghost, video_id = film(desk, "b.mp4"), film(desk, "a.mp4")
    kept = (desk.root / "b.mp4").rename(desk.folder / "kept")
    desk.scan()
    rename(desk, "a.mp4", "b.mp4")
    desk.scan()
    assert desk.work() == []
    is_whole(desk, "b.mp4", "a.mp4", video_id)
    is_quiet(desk)
    kept.rename(desk.root / "back.mp4")
    desk.scan()
    assert desk.work() == []
    is_whole(desk, "back.mp4", "b.mp4", ghost)
    is_whole(desk, "b.mp4", "a.mp4", video_id)
    is_quiet(desk)


def test_a_gone_video_that_was_put_aside_is_cleaned_like_any(desk):
    ghost, video_id = film(desk, "b.mp4"), film(desk, "a.mp4")
    (desk.root / "b.mp4").unlink()
    desk.scan()
    rename(desk, "a.mp4", "b.mp4")
    desk.scan()
    desk.index.db.conn.execute("UPDATE videos SET gone_at = 1 WHERE presence = 'gone'")
    assert scan.clean(desk.ctx) == 1
    is_whole(desk, "b.mp4", "a.mp4", video_id)
    left = [name for name in desk.store.names_in("") if f"gone-{ghost}" in name]
    assert sorted(name.rpartition(".gone-")[2] for name in left) == [f"{ghost}.edits.json", f"{ghost}.tags.json"]


def test_a_copy_is_another_video(desk):
    video_id = film(desk, "a.mp4")
    shutil.copy2(desk.root / "a.mp4", desk.root / "b.mp4")
    assert desk.scan().moved == []
    assert desk.id("b.mp4") != video_id
    assert desk.index.tags.of(desk.id("b.mp4")) == Tags()
    is_whole(desk, "a.mp4", "a.mp4", video_id)


def test_a_move_between_libraries(desk):
    video_id = film(desk, "a.mp4")
    other = desk.folder / "other"
    (other / "d").mkdir(parents=True)
    second = libraries.add(desk.ctx, str(other))["id"]
    (desk.root / "a.mp4").rename(other / "d" / "b.mp4")
    first_id, desk.library_id, root = desk.library_id, second, desk.root
    desk.scan()
    desk.root = other
    is_whole(desk, "d/b.mp4", "a.mp4", video_id)
    assert desk.work() == []
    desk.library_id, desk.root = first_id, root
    is_quiet(desk)
    assert not list((root / ".artifacts").glob("a.mp4*"))


def test_a_library_whose_folder_moved_is_the_same_one(desk):
    video_id = film(desk, "a.mp4")
    new = desk.root.rename(desk.folder / "elsewhere")
    assert libraries.add(desk.ctx, str(new))["id"] == desk.library_id
    desk.root = new
    is_quiet(desk)
    is_whole(desk, "a.mp4", "a.mp4", video_id)


def test_a_sidecar_that_moved_by_hand_along_with_its_video(desk):
    video_id = film(desk, "a.mp4")
    rename(desk, "a.mp4", "d/b.mp4")
    (desk.root / "d" / ".artifacts").mkdir()
    for suffix in (".tags.json", ".edits.json"):
        desk.beside("a.mp4", suffix).rename(desk.beside("d/b.mp4", suffix))
    desk.scan()
    is_whole(desk, "d/b.mp4", "a.mp4", video_id)


def test_where_files_cannot_follow_words_stay_in_the_index_and_the_rest_is_made_again(desk):
    video_id = film(desk, "a.mp4")
    (desk.root / "d").mkdir()
    (desk.root / "d" / ".artifacts").write_text("a file in the way")
    rename(desk, "a.mp4", "d/b.mp4")
    desk.scan()
    assert desk.id("d/b.mp4") == video_id
    assert desk.index.tags.of(video_id).tags == ("tag of a.mp4",)
    assert desk.states("d/b.mp4") == {}


# -- crashes


class Stop(BaseException):
    """A power cut."""


@pytest.mark.parametrize("after", range(20))
def test_a_crash_after_any_step_is_made_good_by_the_next_scan(desk, monkeypatch, after):
    ids = {name: film(desk, name) for name in ("a.mp4", "b.mp4", "c.mp4")}
    rename(desk, "a.mp4", "t.tmp")
    rename(desk, "b.mp4", "a.mp4")
    rename(desk, "t.tmp", "b.mp4")
    rename(desk, "c.mp4", "d.mp4")
    left = [after]

    def counted(real):
        def step(*args, **options):
            if not left[0]:
                raise Stop
            left[0] -= 1
            return real(*args, **options)

        return step

    # Every file that moves beside a video, and every write of the index about it, is a step.
    monkeypatch.setattr(store, "_carry", counted(store._carry))
    for name in ("begin_exchange", "all_aside", "end_exchange"):
        monkeypatch.setattr(Videos, name, counted(getattr(Videos, name)))
    with contextlib.suppress(Stop):
        desk.scan()
    monkeypatch.undo()
    desk.scan()
    desk.work()
    for path, origin in (("b.mp4", "a.mp4"), ("a.mp4", "b.mp4"), ("d.mp4", "c.mp4")):
        assert desk.id(path) == ids[origin]
        said = desk.index.tags.of(ids[origin])
        assert said.tags == (f"tag of {origin}",)
        assert desk.store.read_tags(path)[0] == said
        assert f"content of {origin} " in desk.beside(path, ".jpg").read_text()
    is_quiet(desk)


def test_whatever_happens_words_stay_with_their_content(tmp_path):
    """Forty rounds of renames, exchanges, deletions and returns, drawn by chance but always the same."""
    desk, dice = Desk(tmp_path), random.Random(7)
    names = [f"{folder}{n}.mp4" for folder in ("", "x/") for n in range(4)]
    here = {name: name for name in names}  # path → the film that lies there
    ids = {name: film(desk, name) for name in names}
    away: list[str] = []
    for _ in range(40):
        acts = dice.choice(
            [["back"], ["away"], ["exchange"], ["rename"], ["rename", "exchange", "rename"], ["rename"] * 3]
        )
        for act in acts:
            play(desk, dice, act, here, away)
        desk.scan()
        desk.work()
        for path, origin in here.items():
            is_whole(desk, path, origin, ids[origin])
    is_quiet(desk)
    desk.rebuild()
    desk.scan()
    assert desk.work() == []
    for path, origin in here.items():
        is_whole(desk, path, origin, desk.id(path))
    desk.close()


def play(desk, dice, act, here, away):
    """One thing that an owner does: exchange two, rename one to a free name, take one away, or bring one back."""
    free = [f"{f}{n}.mp4" for f in ("", "x/", "y/") for n in range(6) if f"{f}{n}.mp4" not in here]
    if act == "exchange" and len(here) > 1:
        one, two = dice.sample(sorted(here), 2)
        rename(desk, one, "t.tmp")
        rename(desk, two, one)
        rename(desk, "t.tmp", two)
        here[one], here[two] = here[two], here[one]
    elif act == "rename" and here:
        old, new = dice.choice(sorted(here)), dice.choice(free)
        rename(desk, old, new)
        here[new] = here.pop(old)
    elif act == "away" and len(here) > 3:
        path = dice.choice(sorted(here))
        away.append(here.pop(path))
        (desk.root / path).rename(desk.folder / away[-1].replace("/", "_"))
    elif act == "back" and away:
        film_, path = away.pop(), dice.choice(free)
        (desk.root / path).parent.mkdir(exist_ok=True)
        (desk.folder / film_.replace("/", "_")).rename(desk.root / path)
        here[path] = film_
