"""test_bench: a place to make files in, and files that arrive whole or not at all."""

import os
import subprocess
import sys
import threading

import pytest

from tests.sources import ROOT
from vidwatchd.errors import Conflict, StorageError
from vidwatchd.ignore import is_junk
from vidwatchd.library import bench


def test_a_bench_is_hidden_fresh_and_gone_afterwards(tmp_path):
    place = str(tmp_path / "new" / "folder")
    with bench.bench(place) as one, bench.bench(place) as two:
        assert one != two
        assert is_junk(os.path.basename(one))
        (open(os.path.join(one, "file"), "w")).close()
        bench.sweep(place)
        assert os.listdir(one) == ["file"], "a bench somebody works at was swept"
    assert os.listdir(place) == []


def test_it_is_gone_too_when_something_goes_wrong(tmp_path):
    with pytest.raises(KeyboardInterrupt), bench.bench(str(tmp_path)):
        raise KeyboardInterrupt
    assert os.listdir(tmp_path) == []


def test_what_a_killed_maker_left_is_swept(tmp_path):
    script = (
        "import os, signal, sys; from vidwatchd.library.bench import bench\n"
        "with bench(sys.argv[1]) as folder:\n"
        "    open(folder + '/half.mp4', 'w').close(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, check=False)
    (tmp_path / "mine.part").mkdir()
    assert len(os.listdir(tmp_path)) == 2
    bench.sweep(str(tmp_path))
    assert os.listdir(tmp_path) == ["mine.part"]
    bench.sweep(str(tmp_path / "nowhere"))


def test_a_place_that_cannot_be_had_is_told(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError), bench.bench(str(tmp_path / "file" / "folder")):
        pass


@pytest.mark.parametrize("links", [True, False])
def test_a_file_arrives_but_never_over_another(tmp_path, monkeypatch, links):
    if not links:
        monkeypatch.setattr(os, "link", _no_links)
    target = str(tmp_path / "a" / "b.mp4")
    for content, replaces in (("one", False), ("two", True)):
        (tmp_path / "new").write_text(content)
        bench.place_file(str(tmp_path / "new"), target, replaces=replaces)
        with open(target) as file:
            assert file.read() == content
        assert not (tmp_path / "new").exists()
    (tmp_path / "new").write_text("three")
    with pytest.raises(Conflict, match=r"b\.mp4 is there already"):
        bench.place_file(str(tmp_path / "new"), target, replaces=False)
    with open(target) as file:
        assert file.read() == "two"


def _no_links(source, target):
    raise PermissionError(1, "Operation not permitted")


def test_benches_that_begin_while_others_sweep(tmp_path):
    def begin():
        for _ in range(40):
            bench.sweep(str(tmp_path))
            with bench.bench(str(tmp_path)) as folder:
                assert os.path.isdir(folder)
        done.append(True)

    done = []
    threads = [threading.Thread(target=begin) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == len(threads)
    assert os.listdir(tmp_path) == []
