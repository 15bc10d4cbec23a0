"""test_cli: the command group itself."""

from click.testing import CliRunner

from vidwatchd import __version__
from vidwatchd.cli import group


def test_the_version_is_the_packages():
    result = CliRunner().invoke(group, ["--version"])
    assert (result.exit_code, result.output) == (0, f"vidwatchd, version {__version__}\n")
