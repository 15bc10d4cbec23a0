"""test_joined: each film is joined once however many ask, and what was not used for longest leaves."""

import fcntl
import os
import shutil
import threading
import time

import pytest

from tests.forms import stored_form
from tests.waiting import PATIENCE_SECONDS, until
from vidwatchd import operations
from vidwatchd.config import parse
from vidwatchd.errors import Busy, Cancelled, MediaError, StorageError
from vidwatchd.media.probe import probe
from vidwatchd.operations import joined, reconstitute
from vidwatchd.storing.parts import parts


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    stored_form(folder)
    return folder


@pytest.fixture
def form(whole, tmp_path):
    """``form(name)``: the parts of a copy, which is another form."""
    return lambda name: parts(shutil.copytree(whole, tmp_path / name))


@pytest.fixture
def ctx(tmp_path, bench, monkeypatch):
    monkeypatch.setattr(joined.Joined.file, "__defaults__", (PATIENCE_SECONDS,))
    config = parse({"data_dir": str(tmp_path / "data")})
    with bench.open(config) as made:
        yield made
        made.held["bench"] = None
        for close in made.closers:
            close()


@pytest.fixture
def built(monkeypatch):
    """What is built, as (folder, thread); ``hold`` keeps it waiting."""
    real, seen = reconstitute.build, []

    def build(ctx, found, folder, *rest, **more):
        seen.append(found.folder)
        gate.wait(PATIENCE_SECONDS)
        return real(ctx, found, folder, *rest, **more)

    gate = threading.Event()
    gate.set()
    monkeypatch.setattr(reconstitute, "build", build)
    return seen, gate


def test_a_film_is_joined_once_and_kept(ctx, form, built):
    cache, film = joined.of(ctx), form("a")
    assert joined.of(ctx) is cache
    name, key = cache.file(film)
    path = os.path.join(cache.folder, name)
    assert probe(path).audio_codec == "aac"
    assert cache.file(film) == (name, key)
    assert len(built[0]) == 1
    assert joined.taken_bytes(ctx) == os.path.getsize(path)
    assert os.listdir(cache.folder) == [name]


def test_twenty_who_ask_at_once_have_it_made_once(ctx, form, built):
    cache, film, found, told = joined.of(ctx), form("a"), [], []

    def ask():
        while True:
            try:
                found.append(cache.file(film))
                return
            except Busy as error:
                told.append(error.retry_seconds)
                time.sleep(0.01)

    threads = [threading.Thread(target=ask) for _ in range(20)]
    built[1].clear()
    for thread in threads:
        thread.start()
    until(lambda: told)
    built[1].set()
    for thread in threads:
        thread.join()
    assert len(built[0]) == 1
    assert len(found) == 20
    assert len(set(found)) == 1
    assert set(told) == {Busy.retry_seconds}


def test_what_takes_long_is_told_and_goes_on(ctx, form, built):
    cache, film = joined.of(ctx), form("a")
    built[1].clear()
    with pytest.raises(Busy, match="being put together"):
        cache.file(film, 0.05)
    built[1].set()
    name, _ = cache.file(film)
    assert os.path.exists(os.path.join(cache.folder, name))
    assert len(built[0]) == 1


def test_another_process_that_makes_it_is_waited_for(ctx, form, built):
    cache, film = joined.of(ctx), form("a")
    name, key = cache.file(film)
    made = os.path.join(cache.folder, name)
    os.rename(made, f"{made}.other")
    with open(os.path.join(cache.folder, f"{key}.lock"), "w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(Busy):
            cache.file(film, 0.1)
        os.rename(f"{made}.other", made)
    assert cache.file(film)[0] == name
    assert len(built[0]) == 1


def test_a_form_made_anew_is_another_film(ctx, form):
    cache, film = joined.of(ctx), form("a")
    _, first = cache.file(film)
    os.utime(film.picture, ns=(1, 1))
    assert cache.file(film)[1] != first


def test_what_was_not_used_for_longest_leaves(ctx, form, monkeypatch):
    monkeypatch.setattr(joined, "_FRESH_SECONDS", 0.0)
    size = 80_000  # one is 72 kB
    ctx.config = ctx.config.model_copy(
        update={"store": ctx.config.store.model_copy(update={"cache_gb": 2 * size / 1e9})}
    )
    cache = joined.of(ctx)
    films = [form(name) for name in "abc"]
    names = [cache.file(film)[0] for film in films[:2]]
    cache.file(films[0])  # used again, so that the second is the oldest
    names.append(cache.file(films[2])[0])
    assert sorted(os.listdir(cache.folder)) == sorted([names[0], names[2]])


def test_without_room_the_one_asked_for_stays(ctx, form, monkeypatch):
    monkeypatch.setattr(joined, "_FRESH_SECONDS", 0.0)
    cache = joined.of(ctx)  # what the settings say by then is what counts
    ctx.config = ctx.config.model_copy(update={"store": ctx.config.store.model_copy(update={"cache_gb": 0.0})})
    cache.file(form("a"))
    name, _ = cache.file(form("b"))
    assert os.listdir(cache.folder) == [name]


def test_what_was_asked_for_just_now_does_not_leave(ctx, form):
    ctx.config = ctx.config.model_copy(update={"store": ctx.config.store.model_copy(update={"cache_gb": 0.0})})
    cache = joined.of(ctx)
    names = {cache.file(form(name))[0] for name in "ab"}
    assert set(os.listdir(cache.folder)) == names


def test_what_cannot_be_joined_leaves_nothing(ctx, form):
    cache, film = joined.of(ctx), form("a")
    with open(film.picture, "wb") as file:
        file.write(b"no video\n" * 99)
    for _ in range(2):
        with pytest.raises(MediaError):
            cache.file(film)
    assert os.listdir(cache.folder) == []


def test_a_full_disk_is_told_and_leaves_nothing(ctx, form, monkeypatch):
    def full(*given, **more):
        raise StorageError("the disk is full")

    cache, film = joined.of(ctx), form("a")
    monkeypatch.setattr(reconstitute, "build", full)
    with pytest.raises(StorageError):
        cache.file(film)
    assert os.listdir(cache.folder) == []


def test_litter_is_swept_at_the_start(ctx, tmp_path):
    litter = tmp_path / "data/cache/joined" / f".{'0' * 32}.part"
    litter.mkdir(parents=True)
    joined.of(ctx)
    assert not litter.exists()


def test_the_end_gives_up_what_is_being_made(ctx, form, monkeypatch):
    def build(ctx, found, folder, *rest, progress):
        while True:
            progress(0.5, 1, ())
            time.sleep(0.01)

    monkeypatch.setattr(reconstitute, "build", build)
    cache, film = joined.of(ctx), form("a")
    with pytest.raises(Busy):
        cache.file(film, 0.05)
    cache.close()
    with pytest.raises(Cancelled):
        cache.file(film, 0.05)


def test_a_context_ends_what_it_began(tmp_path):
    with operations.open(parse({"data_dir": str(tmp_path / "data")})) as ctx:
        cache = joined.of(ctx)
    assert cache._pool._shutdown
