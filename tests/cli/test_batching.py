"""test_batching: batch and queue."""

import click
import pytest

from vidwatchd import artifacts
from vidwatchd.cli import group

pytestmark = pytest.mark.system


def test_every_kind_and_alias_has_its_cap():
    command = group.get_command(click.Context(group), "batch")
    flags = {flag for option in command.params for flag in option.opts}
    wanted = {f"--max-{name}" for kind in artifacts.KINDS.values() for name in (kind.name, *kind.aliases)}
    assert wanted <= flags


def test_what_is_missing_is_made_and_counted_a_kind_at_a_time(vw, folder):
    (folder / "broken.mp4").unlink()
    done = vw("batch", folder, "-r", "--max-meta", 1, "--max-thumbs", 2)
    assert (done.code, done.err) == (0, "")
    first, *kinds = done.out.splitlines()
    assert first.startswith("2 videos: 4 made, 0 there already, in ")
    assert kinds == ["  metadata: 2 made, 0 there already", "  thumbs: 2 made, 0 there already"]
    again = vw("batch", folder, "-r", "--tasks", "meta,thumbs,sprites", "--output-format", "json").json
    assert again["kinds"]["sprites"]["made"] == 2
    assert (again["made"], again["skipped"]) == (2, 4)
    assert vw("batch", folder, "--force", "--output-format", "json").json["made"] == 2


def test_items_that_failed_are_listed_and_say_so_in_the_exit_status(vw, folder):
    done = vw("batch", folder, "--tasks", "metadata")
    assert done.code == 1
    assert done.err.startswith("broken.mp4: metadata: ")


def test_queue_is_metadata_alone(vw, folder):
    (folder / "broken.mp4").unlink()
    assert set(vw("queue", folder, "--workers", 2, "--output-format", "json").json["kinds"]) == {"metadata"}
    assert set(vw("queue", folder, "--tasks", "thumbs", "--output-format", "json").json["kinds"]) == {"thumbs"}
    assert set(vw("queue,report", folder, "--output-format", "json").json) == {"batch", "report"}
    assert " queue [OPTIONS] [DIR]" in vw("queue", "--help").out
    assert "queue" in vw("--list-commands").out.split()


def test_a_wrong_kind_or_cap_is_a_wrong_command(vw, folder):
    for words in (["--tasks", "nonsense"], ["--tasks", ""], ["--max-thumbs", "0"], ["--max-nonsense", "1"]):
        done = vw("batch", folder, *words)
        assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
