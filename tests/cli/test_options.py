"""test_options: arguments and flags that several commands share."""

import click
import pytest
from click.testing import CliRunner

from vidwatchd.cli import options
from vidwatchd.errors import UsageError


def test_a_path_with_any_bytes_becomes_portable_text():
    assert options.path_text("a\udcff.mp4") == "a\U0010ffff.mp4"
    with pytest.raises(UsageError, match="empty"):
        options.path_text("")


def test_words_between_commas():
    assert options.words(" a, b c ,,d") == ("a", "b c", "d")
    assert options.words("") == ()


def test_the_shared_flags():
    @click.command()
    @options.directory()
    @options.recursive
    @options.force
    @options.workers
    @options.output_format
    def command(**values):
        click.echo(sorted(values.items()))

    run = CliRunner().invoke
    assert (
        "('directory', '.'), ('force', False), ('output_format', 'text'), ('recursive', False)" in run(command).output
    )
    assert "('workers', 2)" in run(command, ["x", "-r", "--force", "--workers", "2"]).output
    assert run(command, ["--output-format", "xml"]).exit_code == 2
