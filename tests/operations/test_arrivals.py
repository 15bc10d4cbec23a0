"""test_arrivals: an upload's size and room are judged before and while it comes, and what is not placed is gone."""

import contextlib
import os

import pytest

from vidwatchd.config import parse
from vidwatchd.errors import Busy, LibraryOffline, StorageError, TooLarge, UsageError
from vidwatchd.operations import arrivals, libraries
from vidwatchd.operations.arrivals import Arrival, begin_apart, prepared


@pytest.fixture
def store(desk):
    """``store(**settings)``: the desk with these settings of ``store``; gives the folder of uploads."""

    def change(**settings):
        values = {"data_dir": str(desk.folder / "data"), "store": {"min_free_gb": 0, **settings}}
        desk.ctx.config = parse(values, desk.folder / "videorc.json")
        return desk.folder / "data" / "uploads"

    change()
    return change


def test_what_comes_is_hidden_until_it_is_placed(desk, store):
    uploads = store()
    with Arrival(desk.ctx, 10) as arrival:
        arrival.begin("../x.mp4")
        arrival.write(b"ab")
        arrival.write(b"c")
        (hidden,) = os.listdir(uploads)
        assert hidden.startswith(".")
        assert (uploads / hidden / "x.mp4").read_bytes() == b"abc"
        assert (arrival.name, arrival.size_bytes) == ("x.mp4", 3)
        with pytest.raises(UsageError):
            arrival.begin("y.mp4")
    arrival.close()
    assert os.listdir(uploads) == []


def test_too_large(desk, store, monkeypatch):
    uploads = store(max_upload_gb=0.002)
    with pytest.raises(TooLarge, match=r"more than 0\.002 GB"):
        Arrival(desk.ctx, 4_000_000)
    with Arrival(desk.ctx) as arrival:
        arrival.begin("x.mp4")
        arrival.write(bytes(1_900_000))
        with pytest.raises(TooLarge):
            arrival.write(bytes(200_000))
    assert os.listdir(uploads) == []


def test_room_is_kept(desk, store):
    store(min_free_gb=1e9)
    with pytest.raises(StorageError, match=r"no room.*store\.min_free_gb"):
        Arrival(desk.ctx)
    store(max_upload_gb=1e9)
    with pytest.raises(StorageError, match="GB are free where uploads go"):
        Arrival(desk.ctx, 10**17)


def test_room_is_looked_at_again_while_it_comes(desk, store, monkeypatch):
    monkeypatch.setattr(arrivals, "LOOK_BYTES", 1000)
    store()
    with Arrival(desk.ctx) as arrival:
        arrival.begin("x.mp4")
        arrival.write(bytes(500))
        arrival._config = arrival._config.model_copy(
            update={"store": arrival._config.store.model_copy(update={"min_free_gb": 1e9})}
        )
        with pytest.raises(StorageError):
            arrival.write(bytes(600))


def test_a_disk_that_is_away_is_not_faked(desk, store, monkeypatch):
    uploads = store()
    uploads.mkdir()
    (uploads / "film.mp4").write_bytes(b"x")
    libraries.add(desk.ctx, str(uploads))
    uploads.rename(desk.folder / "elsewhere")
    with pytest.raises(LibraryOffline, match="away"):
        Arrival(desk.ctx)
    assert not uploads.exists()


def test_litter_of_the_dead_is_swept(desk, store):
    uploads = store()
    litter = uploads / f".{'0' * 32}.part"
    litter.mkdir(parents=True)
    (litter / "film.mp4").write_bytes(b"half")
    with begin_apart(desk.ctx, None) as alive:
        alive.begin("x.mp4")
        assert prepared(desk.ctx) == str(uploads)
        assert os.path.exists(alive.path)
        assert not litter.exists()


def test_so_many_at_once(desk, store):
    store(max_uploads=1)
    with Arrival(desk.ctx), pytest.raises(Busy, match="1 film is being uploaded already"):
        Arrival(desk.ctx)
    with contextlib.ExitStack() as stack:
        one = stack.enter_context(Arrival(desk.ctx))
        store(max_uploads=2)
        stack.enter_context(Arrival(desk.ctx))
        one.close()
        one.close()
        stack.enter_context(Arrival(desk.ctx))
        with pytest.raises(Busy, match="2 films are"):
            Arrival(desk.ctx)
    Arrival(desk.ctx).close()
