"""test_vidwatchd: what importing the package settles: the libraries that run models tell nobody about it."""

import os
import subprocess
import sys

import pytest

from tests.sources import ROOT

FORBIDDEN = ("ORT_DISABLE_TELEMETRY", "HF_HUB_DISABLE_TELEMETRY", "DO_NOT_TRACK")


def run(code, home):
    """A fresh process whose person allowed everything, with a home of its own; what it printed."""
    env = {name: value for name, value in os.environ.items() if name not in FORBIDDEN}
    places = {name: str(home / name.lower()) for name in ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
    done = subprocess.run(
        [sys.executable, "-c", code], env={**env, **places}, cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.parametrize("module", ["vidwatchd", "vidwatchd.backends.hub", "vidwatchd.cli", "vidwatchd.runners.local"])
def test_telemetry_is_off_before_a_library_that_has_any_could_be_imported(tmp_path, module):
    code = (
        f"import os, sys, {module}\n"
        f"print(*(os.environ.get(name) for name in {FORBIDDEN}))\n"
        "print(*({'onnxruntime', 'huggingface_hub', 'transformers'} & set(sys.modules)))"
    )
    assert run(code, tmp_path) == ["1", "1", "1"]


def test_a_persons_own_wish_for_telemetry_is_not_asked(tmp_path):
    code = "import os\nos.environ['ORT_DISABLE_TELEMETRY'] = '0'\nimport vidwatchd\nprint(os.environ['ORT_DISABLE_TELEMETRY'])"
    assert run(code, tmp_path) == ["1"]


def test_finding_speech_writes_no_device_id_anywhere(tmp_path):
    pytest.importorskip("faster_whisper")
    code = (
        "import vidwatchd, numpy\nfrom faster_whisper.vad import get_speech_timestamps\n"
        "print(get_speech_timestamps(numpy.zeros(32000, dtype='float32')))"
    )
    assert run(code, tmp_path) == ["[]"]
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
