"""test_multipart: a form's file is written as it comes, whatever its name, and what is no form is refused."""

import os

import pytest

from tests.sending import BOUNDARY, TYPE, form, part
from vidwatchd import operations
from vidwatchd.config import parse
from vidwatchd.errors import UsageError
from vidwatchd.model import native
from vidwatchd.operations.arrivals import Arrival
from vidwatchd.webapp.multipart import Reader, boundary


@pytest.fixture
def arrival(tmp_path):
    settings = parse({"data_dir": str(tmp_path), "store": {"min_free_gb": 0}}, tmp_path / "videorc.json")
    with operations.open(settings) as ctx, Arrival(ctx) as found:
        yield found


def read(arrival, body, step=None):
    reader = Reader(BOUNDARY, arrival)
    for at in range(0, len(body), step or len(body)):
        reader.append(body[at : at + (step or len(body))])
    reader.finish()
    with open(arrival.path, "rb") as file:
        return file.read()


@pytest.mark.parametrize("step", [1, 7, 64, None])
def test_a_file_in_pieces_of_any_size(arrival, step):
    data = b"\r\n--" + BOUNDARY[:-1] + bytes(range(256)) * 3 + b"\r\n\r\n--"
    assert read(arrival, form(data, keep_original="false"), step) == data
    assert (arrival.fields, arrival.name, arrival.size_bytes) == ({"keep_original": "false"}, "film.mp4", len(data))


def test_much_at_once(arrival):
    data = os.urandom(3_000_000)
    assert read(arrival, form(data)) == data


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        (b'name=file; filename="caf\xe9.mp4"', os.fsdecode(b"caf\xe9.mp4")),
        (b"name=file; filename*=UTF-8''%e2%82%ac%20rates.mp4", "€ rates.mp4"),
        ('name=file; filename="Füße 👣.mp4"'.encode(), "Füße 👣.mp4"),
        (rb'name=file; filename="C:\\fakepath\\x.mp4"', "x.mp4"),
        (b'name=file; filename="../../etc/x.mp4"', "x.mp4"),
        (b'name=file; filename=""', "upload"),
        (b'name=other; filename="x.mp4"', "x.mp4"),
        (b'filename="x.mp4"', "x.mp4"),
    ],
)
def test_names(arrival, disposition, name):
    assert read(arrival, part(disposition, b"x") + b"--" + BOUNDARY + b"--") == b"x"
    assert native(arrival.name) == name
    assert os.path.dirname(arrival.path) == arrival._bench


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (form(b"x")[:-20], "cut off"),
        (b"x" * 1_000_000, "cut off"),
        (b"--" + BOUNDARY + b"\r\nX: " + b"x" * 1_000_000, "cut off"),
        (b"--" + BOUNDARY + b"\r\nX: y\r\n\r\nz", "cut off"),
        (part(b'name=a; filename="a"', b"x") + part(b'name=b; filename="b"', b"x"), "one file at a time"),
        (part(b"name=a", b"x" * 10_000), "too long"),
        (b"".join(part(b"name=a", b"x") for _ in range(100)), "cut off"),
    ],
)
def test_what_is_no_form_of_one_file(arrival, body, said):
    with pytest.raises(UsageError, match=said):
        read(arrival, body, 100_000)


def test_boundaries():
    assert boundary(TYPE) == BOUNDARY
    for wrong in ("", "application/json", "multipart/form-data", "multipart/form-data; boundary=" + "x" * 500):
        assert boundary(wrong) is None
