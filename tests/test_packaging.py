"""test_packaging: what is in the wheel and the sdist, and that an installed wheel works; needs no network."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

import click
import pytest

from tests.sources import PACKAGE, ROOT
from vidwatchd import __version__

pytestmark = pytest.mark.system

pytest.importorskip("hatchling", reason="hatchling builds the package: pip install 'vidwatchd[dev]'")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A folder with the wheel and the sdist, built by hatchling as it stands here."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder), "-t", "wheel", "-t", "sdist"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def wheel(built):
    """The wheel's path."""
    return next(built.glob("*.whl"))


@pytest.fixture(scope="module")
def names(wheel):
    """The names in the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The Python of a fresh environment that holds the wheel; its dependencies are the ones the tests run with."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True)
    site = sysconfig.get_path("purelib", "venv", vars={"base": str(folder), "platbase": str(folder)})
    # A .pth file inside that folder is not followed: an editable install of this checkout stays out of sight.
    Path(site, "borrowed.pth").write_text(str(Path(click.__file__).parents[1]), encoding="utf-8")
    return python


def test_the_wheel_holds_every_file_of_the_package(names):
    ours = [path for path in PACKAGE.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    assert {path.relative_to(ROOT).as_posix() for path in ours} - names == set()
    assert "vidwatchd/py.typed" in names


@pytest.mark.parametrize("folder", ["web", "systemd"])
def test_the_wheel_holds_what_lies_beside_the_package(names, folder):
    ours = [path for path in (ROOT / folder).rglob("*") if path.is_file() and not path.name.startswith(".")]
    assert {f"vidwatchd/_{path.relative_to(ROOT).as_posix()}" for path in ours} - names == set()


def test_the_wheel_holds_the_licence_and_no_tests(names):
    assert f"vidwatchd-{__version__}.dist-info/licenses/LICENSE" in names
    assert {name.partition("/")[0] for name in names} == {"vidwatchd", f"vidwatchd-{__version__}.dist-info"}


@pytest.mark.skipif(not shutil.which("git") or not (ROOT / ".git").exists(), reason="this is no git checkout")
def test_the_sdist_is_complete(built):
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split(
        "\n"
    )
    wanted = {name for name in tracked if name and (ROOT / name).exists() and '"' not in name} or {"README.md"}
    assert wanted - names == set()


@pytest.mark.parametrize("start", [["-m", "vidwatchd"], None])
def test_the_installed_command_tells_its_version(installed, start, tmp_path):
    command = [installed, *start] if start else [installed.with_name("vidwatchd")]
    done = subprocess.run(
        [*command, "--version"], cwd=tmp_path, capture_output=True, text=True, env=_environment(), check=True
    )
    assert __version__ in done.stdout


def test_the_installed_package_finds_its_pages_and_units(installed, tmp_path):
    code = (
        "import vidwatchd; from vidwatchd.resources import web_folder, service_file;"
        "print(vidwatchd.__file__); print(web_folder()); print(service_file('vidwatchd.plist'))"
    )
    done = subprocess.run(
        [installed, "-c", code], cwd=tmp_path, capture_output=True, text=True, env=_environment(), check=True
    )
    root = str(installed.parent.parent)
    assert all(line.startswith(root) for line in done.stdout.splitlines())


def test_every_extra_is_named_in_the_readme():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in extras if f"`{name}`" not in readme] == []


def _environment():
    """Ours without PYTHONPATH, which could lead back to the checkout."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
