"""test_wheels: builds of OpenCV that are rivals, and one that does not load, with modules in its place."""

import os

import pytest

from vidwatchd.backends.faces import wheels

GL = "libGL.so.1: cannot open shared object file: No such file or directory"


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder that comes before where packages lie, for this process and those it starts."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH")])))
    return tmp_path


def test_the_one_here_loads():
    pytest.importorskip("cv2")
    assert wheels.broken() is None


def test_rivals_are_named(site):
    here = wheels.installed()
    for name, version in (("opencv_python", "5.0.1"), ("opencv_contrib_python", "4.9")):
        folder = site / f"{name}-{version}.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    found = wheels.installed()
    assert found == {**here, "opencv-python": "5.0.1", "opencv-contrib-python": "4.9"}
    assert wheels.repair(found) == (
        "pip uninstall -y opencv-python opencv-contrib-python; "
        "pip install --force-reinstall --no-deps opencv-python-headless"
    )


@pytest.mark.parametrize(
    ("code", "message", "fix"),
    [
        (f"raise ImportError({GL!r})", "the system has no libGL.so.1", "apt-get install libgl1, or without it: pip "),
        (
            f"raise ImportError({GL.replace('libGL.so.1', 'libgthread-2.0.so.0')!r})",
            "no libgthread-2.0.so.0",
            "libglib2",
        ),
        (f"raise ImportError({GL.replace('libGL', 'libodd')!r})", "the system has no libodd.so.1", "--force-reinstall"),
        ("raise ImportError('numpy is\\ntoo old')", "OpenCV cannot be loaded: too old", "--force-reinstall"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "crashes when it is loaded (SIGSEGV)", "--no-deps"),
        ("import os; os._exit(3)", "OpenCV cannot be loaded: it says nothing", "--no-deps"),
        ("import time; time.sleep(60)", "does not load within 1 s", "--no-deps"),
    ],
)
def test_one_that_does_not_load_says_why_and_the_remedy(site, code, message, fix):
    (site / "cv2.py").write_text(f"{code}\n")
    lacking = wheels.broken(timeout_seconds=1 if "sleep" in code else 30)
    assert message in lacking.message
    assert "\n" not in str(lacking)
    assert fix in lacking.hint
