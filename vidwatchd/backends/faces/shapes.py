"""shapes: what an ONNX file takes and gives, read from its head and tail without loading a model or any library.

The format: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto, encoded as protocol buffers.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO

# Numbers of the members that are read, out of onnx.proto.
_GRAPH, _INPUT, _OUTPUT = 7, 11, 12
_NAME, _TYPE, _TENSOR, _SHAPE, _DIMENSION, _SIZE = 1, 2, 1, 2, 1, 1
_VARINT, _EIGHT_BYTES, _SPAN, _FOUR_BYTES = 0, 1, 2, 5


@dataclass(frozen=True, slots=True)
class Shapes:
    """Sizes of each input and output, by name; 0 stands for any size."""

    inputs: dict[str, tuple[int, ...]]
    outputs: dict[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class _Field:
    """One member of a message: a number, or where its bytes lie."""

    number: int
    value: int
    start: int = 0
    end: int = 0


def shapes(path: str) -> Shapes | None:
    """What a (native) file takes and gives; None for one that is no ONNX model or cannot be read."""
    try:
        found = os.stat(path)
        return _shapes(path, found.st_size, found.st_mtime_ns)
    except OSError:
        return None


@lru_cache(maxsize=64)
def _shapes(path: str, size_bytes: int, changed_ns: int) -> Shapes | None:
    with open(path, "rb") as file:
        try:
            return _graph(file, size_bytes)
        except (ValueError, UnicodeDecodeError):
            return None


def _graph(file: BinaryIO, size_bytes: int) -> Shapes | None:
    for field in _fields(file, 0, size_bytes):
        if field.number == _GRAPH and field.end:
            inputs: dict[str, tuple[int, ...]] = {}
            outputs: dict[str, tuple[int, ...]] = {}
            for part in _fields(file, field.start, field.end):
                if part.number in (_INPUT, _OUTPUT) and part.end:
                    name, sizes = _value(file, part)
                    (inputs if part.number == _INPUT else outputs)[name] = sizes
            return Shapes(inputs, outputs)
    return None


def _value(file: BinaryIO, field: _Field) -> tuple[str, tuple[int, ...]]:
    """The name and sizes of one input or output."""
    name, sizes = "", list[int]()
    for member in _fields(file, field.start, field.end):
        if member.number == _NAME:
            file.seek(member.start)
            name = file.read(member.end - member.start).decode()
        elif member.number == _TYPE:
            dimensions = _inside(file, member, _TENSOR, _SHAPE, _DIMENSION)
            sizes = [next((size.value for size in _inside(file, one, _SIZE)), 0) for one in dimensions]
    return name, tuple(sizes)


def _inside(file: BinaryIO, field: _Field, *path: int) -> Iterator[_Field]:
    """The members that a path of numbers leads to."""
    for member in list(_fields(file, field.start, field.end)):
        if member.number == path[0] and len(path) == 1:
            yield member
        elif member.number == path[0]:
            yield from _inside(file, member, *path[1:])


def _fields(file: BinaryIO, start: int, end: int) -> Iterator[_Field]:
    """The members of the message between two places. Raises ValueError where none can be."""
    while start < end:
        file.seek(start)
        key = _varint(file)
        number, sort = key >> 3, key & 7
        if sort == _VARINT:
            found = _Field(number, _varint(file))
            start = file.tell()
        elif sort == _SPAN:
            length = _varint(file)
            found = _Field(number, 0, file.tell(), file.tell() + length)
            start = found.end
        elif sort in (_EIGHT_BYTES, _FOUR_BYTES):
            found = _Field(number, 0)
            start = file.tell() + (8 if sort == _EIGHT_BYTES else 4)
        else:
            raise ValueError("no protocol buffer")
        if start > end or not number:
            raise ValueError("no protocol buffer")
        yield found


def _varint(file: BinaryIO) -> int:
    value = 0
    for shift in range(0, 70, 7):
        byte = file.read(1)
        if not byte:
            break
        value |= (byte[0] & 127) << shift
        if byte[0] < 128:
            return value
    raise ValueError("no protocol buffer")
