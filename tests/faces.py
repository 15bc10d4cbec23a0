"""faces: tiny models that find and know drawn faces, without learned weights, and the pictures and films to draw them in.

A drawn face is a square whose every pixel is strongly red and neither very green nor blue nor the contrary: that is how
the detectors find it. What is green and blue in its 6 x 6 patches is who it is. Faces must not touch each other.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

# left, top, side in pixels, and who it is.
Drawn = tuple[int, int, int, int]

PATCHES = 6
GROUND = (40, 70, 90)
# Where a face of 112 x 112 has its eyes, nose and corners of the mouth, in ArcFace's alignment and that of OpenCV.
_POINTS = ((38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041))
# The drawn square lies here in the aligned face.
_LEFT, _TOP, _SIDE = 24, 36, 64
_CELL = 4
# The longest way across a picture that the detectors follow, in cells.
_REACH = 512


def draw(image: Any, face: Drawn) -> None:
    """Draw one face into an RGB picture."""
    left, top, side, who = face
    cuts = [round(side * number / PATCHES) for number in range(PATCHES + 1)]
    colours = np.random.default_rng(who).integers(50, 200, (PATCHES, PATCHES, 2))
    for row in range(PATCHES):
        for column in range(PATCHES):
            down = slice(top + cuts[row], top + cuts[row + 1])
            image[down, left + cuts[column] : left + cuts[column + 1]] = (235, *colours[row, column])


def picture(faces: Iterable[Drawn], size: tuple[int, int] = (640, 360)) -> Any:
    """(height, width, 3) uint8 RGB with these faces."""
    image = np.full((size[1], size[0], 3), GROUND, np.uint8)
    for face in faces:
        draw(image, face)
    return image


def save(path: Path | str, faces: Iterable[Drawn], size: tuple[int, int] = (640, 360)) -> str:
    """A picture file with these faces; the name's ending says of which sort."""
    from PIL import Image

    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture(faces, size)).save(path)
    return str(path)


def film(
    path: Path | str,
    seconds: float,
    cast: Callable[[float], Sequence[Drawn]],
    rate: int = 10,
    size: tuple[int, int] = (640, 360),
) -> str:
    """An H.264 film; ``cast`` says which faces are seen at which second."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("libx264", rate=rate, options={"crf": "20", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for number in range(round(seconds * rate)):
            frame = av.VideoFrame.from_ndarray(picture(cast(number / rate), size), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return str(path)


def sface(folder: Path | str, dimensions: int = 128) -> str:
    """A detector and a recogniser in the conventions of OpenCV, in a folder of their own as the hub lays them out."""
    for name, make in (("face_detection_yunet", _yunet), ("face_recognition_sface", _sf)):
        place = Path(folder) / "models" / name
        place.mkdir(parents=True, exist_ok=True)
        year = "2023mar" if "yunet" in name else "2021dec"
        onnx.save(make(dimensions), place / f"{name}_{year}.onnx")
    return str(folder)


def insightface(folder: Path | str, name: str = "buffalo_s", dimensions: int = 512) -> str:
    """A pack that insightface reads, in a folder of its own as the hub lays it out."""
    place = Path(folder) / name
    place.mkdir(parents=True, exist_ok=True)
    onnx.save(_scrfd(), place / "det_500m.onnx")
    onnx.save(_arcface(dimensions), place / "w600k_mbf.onnx")
    return str(folder)


def facenet(path: Path | str, dimensions: int = 512) -> str:
    """What DeepFace takes for Facenet512 in ONNX: BGR of 0 to 1, channels last, 160 x 160, of which the middle is read."""
    graph = _Graph()
    colours = graph.part(graph.op("Transpose", "input", perm=[0, 3, 1, 2]), 1, 0, 2)
    middle = graph.part(graph.part(colours, 2, 40, 120), 3, 40, 120)
    patches = graph.times(graph.op("AveragePool", middle, kernel_shape=[10, 10], strides=[10, 10]), 2, -1)
    turn = np.random.default_rng(7).standard_normal((2 * 64, dimensions)) / np.sqrt(dimensions)
    graph.op("MatMul", graph.op("Flatten", patches, axis=1), graph.constant(turn), to="output")
    onnx.save(graph.model(("input", ["n", 160, 160, 3]), [("output", ["n", dimensions])]), path)
    return str(path)


class FaceModels:
    """A models folder that is filled when asked for; processes of a run share it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def sface(self) -> str:
        """The models folder with ``sface`` in it."""
        return self._filled("sface", sface)

    def insightface(self) -> str:
        """The models folder with ``buffalo_s`` in it."""
        return self._filled("buffalo_s", insightface)

    def _filled(self, name: str, make: Callable[[Path], str]) -> str:
        folder = self.folder / name.replace("buffalo_s", "insight")
        if not folder.exists():
            part = folder.with_name(f".{folder.name}.{os.getpid()}")
            make(part / name)
            try:
                part.rename(folder)
            except OSError:
                if not folder.exists():
                    raise
        return str(folder)


class _Graph:
    """Collects nodes and constants; every method returns the name of what it makes."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, values: Any, kind: Any = np.float32) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(values, kind), name))
        return name

    def op(self, kind: str, *inputs: str, to: str = "", **options: Any) -> str:
        to = to or f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [to], name=f"n{len(self.nodes)}", **options))
        return to

    def model(self, source: tuple[str, Sequence[Any]], outputs: Sequence[tuple[str, Sequence[Any]]]) -> Any:
        tensor = helper.make_tensor_value_info
        ends = [tensor(name, TensorProto.FLOAT, shape) for name, shape in outputs]
        start = tensor(source[0], TensorProto.FLOAT, source[1])
        graph = helper.make_graph(self.nodes, "tiny", [start], ends, self.constants)
        made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
        onnx.checker.check_model(made)
        return made

    def times(self, value: str, factor: float, plus: float = 0.0) -> str:
        return self.op("Add", self.op("Mul", value, self.constant(factor)), self.constant(plus))

    def part(self, value: str, axis: int, start: int, end: int) -> str:
        ends = [self.constant([number], np.int64) for number in (start, end, axis)]
        return self.op("Slice", value, *ends)


def _boxes(graph: _Graph, source: str, red: int) -> tuple[str, list[str], str, str]:
    """Of a picture of 0 to 255: score, (left, top, right, bottom) distances in pixels, and size, for each 8 x 8 pixels."""
    small = graph.op("AveragePool", source, kernel_shape=[_CELL, _CELL], strides=[_CELL, _CELL])
    inside = _between(graph, graph.part(small, 1, red, red + 1), 170, 300)
    for channel in (1, 2 - red):
        inside = graph.op("Mul", inside, _between(graph, graph.part(small, 1, channel, channel + 1), 30, 220))
    outside = graph.times(inside, -1, 1)
    ones = graph.times(inside, 0, 1)
    right, down = (graph.op("CumSum", ones, graph.constant(axis, np.int64)) for axis in (3, 2))
    ends = []
    for place, along, back in ((right, 3, False), (down, 2, False), (right, 3, True), (down, 2, True)):
        ends.append(_distance(graph, place, outside, along, back))
    left, top, to_right, bottom = ends
    wide, high = graph.op("Add", left, to_right), graph.op("Add", top, bottom)
    score = graph.op("Mul", _middle(graph, left, to_right, wide), _middle(graph, top, bottom, high))
    score = graph.op("Mul", graph.op("Mul", score, _each(graph, inside)), _between(graph, wide, 20, 1e6))
    score = graph.op("Mul", score, _between(graph, high, 20, 1e6))
    return _clipped(graph, graph.times(score, 1.7), 0, 1), ends, wide, high


def _between(graph: _Graph, value: str, low: float, high: float) -> str:
    """1 where a value is well between two, 0 where it is not."""
    above, below = graph.times(value, 100, -100 * low), graph.times(value, -100, 100 * high)
    return graph.op("Mul", _clipped(graph, above, 0, 1), _clipped(graph, below, 0, 1))


def _clipped(graph: _Graph, value: str, low: float, high: float) -> str:
    return graph.op("Clip", value, graph.constant(low), graph.constant(high))


def _each(graph: _Graph, value: str) -> str:
    """Every second value, both ways."""
    return graph.op("MaxPool", value, kernel_shape=[1, 1], strides=[2, 2])


def _distance(graph: _Graph, place: str, outside: str, along: int, back: bool) -> str:
    """How many pixels it is to the face's end, from a cell's middle; the last or next place outside says it."""
    if back:
        place = graph.times(place, -1, 4 * _REACH)
    # The greatest of a reach by doubling the steps: a window as long would be looked through anew for every cell.
    reached, step = graph.op("Mul", place, outside), 1
    while step < _REACH:
        reached = graph.op("Max", reached, _moved(graph, reached, along, step, back))
        step *= 2
    return graph.times(_each(graph, graph.op("Sub", place, reached)), _CELL, -_CELL / 2)


def _moved(graph: _Graph, value: str, along: int, steps: int, back: bool) -> str:
    """A value's cells so many steps onward, or back; where none comes from there is 0."""
    pads = [0] * 8
    pads[along + (4 if back else 0)] = steps
    padded = graph.op("Pad", value, graph.constant(pads, np.int64))
    return graph.part(padded, along, steps, 2**31 - 1) if back else graph.part(padded, along, 0, -steps)


def _middle(graph: _Graph, one: str, other: str, both: str) -> str:
    """1 in the middle, 0 at the ends."""
    off = graph.op("Abs", graph.op("Sub", one, other))
    return graph.times(graph.op("Div", off, graph.times(both, 1, 1e-3)), -1, 1)


def _points(graph: _Graph, ends: Sequence[str], wide: str, high: str) -> list[str]:
    """How far right and down of the cell's middle the five points are."""
    found = []
    for across, down in _POINTS:
        found.append(graph.op("Sub", graph.times(wide, (across - _LEFT) / _SIDE), ends[0]))
        found.append(graph.op("Sub", graph.times(high, (down - _TOP) / _SIDE), ends[1]))
    return found


def _rows(graph: _Graph, values: Sequence[str], shape: Sequence[int], to: str, times: int = 1) -> str:
    """A row a cell with these values, each row so many times."""
    joined = graph.op("Concat", *values, axis=1) if len(values) > 1 else values[0]
    moved = graph.op("Transpose", joined, perm=[0, 2, 3, 1])
    if times > 1:
        moved = graph.op("Reshape", moved, graph.constant([-1, 1, len(values)], np.int64))
        moved = graph.op("Concat", *[moved] * times, axis=1)
    return graph.op("Reshape", moved, graph.constant(shape, np.int64), to=to)


def _yunet(dimensions: int) -> Any:
    """What cv2.FaceDetectorYN reads: BGR, three scales of which the coarse ones find nothing."""
    graph = _Graph()
    score, ends, wide, high = _boxes(graph, "input", red=2)
    half = 0.5 / 8 * _CELL  # the middle of the first small cell, seen from the corner of the large one
    across, down = (
        graph.times(graph.op("Sub", ends[after], ends[before]), 0.5 / 8, half) for before, after in ((0, 2), (1, 3))
    )
    sizes = [graph.op("Log", _clipped(graph, graph.times(size, 1 / 8), 0.1, 1e4)) for size in (wide, high)]
    points = [graph.times(point, 1 / 8, half) for point in _points(graph, ends, wide, high)]
    parts = {"cls": [score], "obj": [score], "bbox": [across, down, *sizes], "kps": points}
    for name, values in parts.items():
        coarse = values
        _rows(graph, values, [1, -1, len(values)], f"{name}_8")
        for stride in (16, 32):
            coarse = [graph.op("MaxPool", value, kernel_shape=[1, 1], strides=[2, 2]) for value in coarse]
            _rows(graph, [graph.times(value, 0) for value in coarse], [1, -1, len(values)], f"{name}_{stride}")
    outputs = [(f"{name}_{stride}", [1, None, len(values)]) for name, values in parts.items() for stride in (8, 16, 32)]
    return graph.model(("input", [1, 3, "height", "width"]), outputs)


def _scrfd() -> Any:
    """What insightface takes for a detector: RGB, two anchors a cell, scores and boxes and points of three scales."""
    graph = _Graph()
    score, ends, wide, high = _boxes(graph, graph.times("input.1", 128, 127.5), red=0)
    half = _CELL / 2
    left, top = (graph.times(end, 1 / 8, -half / 8) for end in ends[:2])
    right, bottom = (graph.times(end, 1 / 8, half / 8) for end in ends[2:])
    points = [graph.times(point, 1 / 8, half / 8) for point in _points(graph, ends, wide, high)]
    parts = {"score": [score], "bbox": [left, top, right, bottom], "kps": points}
    for name, values in parts.items():
        coarse = values
        _rows(graph, values, [-1, len(values)], f"{name}_8", times=2)
        for stride in (16, 32):
            coarse = [graph.op("MaxPool", value, kernel_shape=[1, 1], strides=[2, 2]) for value in coarse]
            _rows(graph, [graph.times(value, 0) for value in coarse], [-1, len(values)], f"{name}_{stride}", times=2)
    outputs = [(f"{name}_{stride}", [None, len(values)]) for name, values in parts.items() for stride in (8, 16, 32)]
    return graph.model(("input.1", [1, 3, 640, 640]), outputs)


def _who(graph: _Graph, source: str, dimensions: int) -> None:
    """From an aligned face of 0 to 255: what is green and blue in its patches, turned into ``dimensions`` numbers."""
    middle = graph.part(graph.part(source, 2, _TOP, _TOP + _SIDE), 3, _LEFT, _LEFT + _SIDE)
    colours = graph.part(middle, 1, 1, 3)
    patches = graph.times(graph.op("AveragePool", colours, kernel_shape=[8, 8], strides=[8, 8]), 1 / 128, -125 / 128)
    turn = np.random.default_rng(7).standard_normal((2 * 64, dimensions)) / np.sqrt(dimensions)
    graph.op("MatMul", graph.op("Flatten", patches, axis=1), graph.constant(turn), to="fc1")


def _sf(dimensions: int) -> Any:
    """What cv2.FaceRecognizerSF reads: RGB of 0 to 255."""
    graph = _Graph()
    _who(graph, "data", dimensions)
    return graph.model(("data", [1, 3, 112, 112]), [("fc1", [1, dimensions])])


def _arcface(dimensions: int) -> Any:
    """What insightface takes for a recogniser: RGB of -1 to 1."""
    graph = _Graph()
    _who(graph, graph.times("input.1", 127.5, 127.5), dimensions)
    return graph.model(("input.1", ["n", 3, 112, 112]), [("fc1", ["n", dimensions])])
