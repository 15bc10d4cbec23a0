"""test_failures: what the libraries raise is caught, whatever they are."""

import numpy as np
import pytest

from vidwatchd.backends.faces.failures import foreign, told
from vidwatchd.errors import VidwatchdError


def raised(call):
    with pytest.raises(foreign()) as error:
        call()
    return told(error.value)


def test_opencv():
    cv2 = pytest.importorskip("cv2")
    said = raised(lambda: cv2.resize(np.zeros((1, 1, 3), np.uint8), (0, 0)))
    assert said.startswith("OpenCV(")
    assert "\n" not in said


def test_onnxruntime(tmp_path):
    onnxruntime = pytest.importorskip("onnxruntime")
    (tmp_path / "a.onnx").write_bytes(b"no model")
    assert "a.onnx" in raised(lambda: onnxruntime.InferenceSession(str(tmp_path / "a.onnx")))
    raised(lambda: onnxruntime.InferenceSession("caf\udce9.onnx"))


def test_our_own_and_a_stop_are_left_alone():
    assert not issubclass(VidwatchdError, foreign())
    assert not issubclass(KeyboardInterrupt, foreign())
    assert Exception not in foreign()


def test_told_in_one_line():
    assert told(ValueError("a\n  b" + "c" * 900)) == ("a b" + "c" * 900)[:200]
    assert told(KeyError()) == "KeyError"
