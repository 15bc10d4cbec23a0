"""multipart: a form of one file, decoded as it comes and written on at once."""

from __future__ import annotations

from werkzeug.datastructures import Headers
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header
from werkzeug.sansio import multipart

from vidwatchd.errors import UsageError
from vidwatchd.operations.arrivals import Arrival

TYPE = "multipart/form-data"
BLOCK_BYTES = 256 * 1024
# What the decoder may hold back: the head of a part, or what might be a boundary.
_HELD_BYTES = BLOCK_BYTES + 64 * 1024
_FIELD_BYTES = 4096
_BOUNDARY_BYTES = 200
_MOST_PARTS = 20
# The line breaks and dashes before and behind a boundary, with some of the blanks that may stand there.
_AROUND_BYTES = 24


def boundary(content_type: str) -> bytes | None:
    """What parts a form, from its ``Content-Type``; None when it is no such form."""
    kind, options = parse_options_header(content_type)
    found = options.get("boundary", "").encode("latin-1", "replace")
    return found if kind == TYPE and 0 < len(found) <= _BOUNDARY_BYTES else None


def refusal() -> UsageError:
    """What is said to a body that is no form."""
    return UsageError("the body must be a form that holds a file", hint=f"send {TYPE}, the film in the field file")


class _Decoder(multipart.MultipartDecoder):
    """werkzeug's, for names in any bytes, as old clients send them, and for bodies that are cut anywhere.

    Its own takes the carriage return before a boundary for data when what has come ends just behind the boundary.
    """

    def _parse_headers(self, data: bytes | bytearray) -> Headers:
        whole = multipart.HEADER_CONTINUATION_RE.sub(b" ", data).decode("utf-8", "surrogateescape")
        lines = (line.partition(":") for line in whole.split("\n") if line.strip())
        return Headers([(name.strip(), value.strip()) for name, _, value in lines])

    def _last_partial_boundary_index(self, data: bytes | bytearray) -> int:
        """From where on the data may be a boundary: the first line break as near to the end as a whole one is long."""
        near = max(0, len(data) - len(self.boundary) - _AROUND_BYTES)
        found = [at for mark in (b"\r", b"\n") if (at := data.find(mark, near)) >= 0]
        return min(found, default=len(data))


class Reader:
    """Feeds the bytes of a form into an arrival."""

    def __init__(self, boundary: bytes, arrival: Arrival) -> None:
        self.arrival = arrival
        self._decoder = _Decoder(boundary, _HELD_BYTES, max_parts=_MOST_PARTS)
        self._field: str | None = None

    def append(self, data: bytes) -> None:
        """More of the body. Raises UsageError for what is no form, TooLarge, StorageError."""
        for start in range(0, len(data), BLOCK_BYTES):
            self._decode(data[start : start + BLOCK_BYTES])

    def finish(self) -> None:
        """The body is whole. Raises UsageError when the form is not."""
        self._decode(None)

    def _decode(self, data: bytes | None) -> None:
        try:
            self._decoder.receive_data(data)
            while not isinstance(event := self._decoder.next_event(), multipart.NeedData):
                if isinstance(event, multipart.Epilogue):
                    break
                self._take(event)
        except (ValueError, RequestEntityTooLarge) as error:
            raise UsageError("the form cannot be read: it is cut off or broken", hint="send it again") from error

    def _take(self, event: multipart.Event) -> None:
        if isinstance(event, multipart.File):
            self._field = None
            self.arrival.begin(event.filename)
        elif isinstance(event, multipart.Field):
            self._field = str(event.name)
            self.arrival.fields[self._field] = ""
        elif isinstance(event, multipart.Data):
            self._write(event.data)

    def _write(self, data: bytes) -> None:
        if self._field is None:
            self.arrival.write(data)
            return
        said = self.arrival.fields[self._field] + data.decode("utf-8", "replace")
        if len(said) > _FIELD_BYTES:
            raise UsageError(f"the field {self._field[:40]!r} is too long")
        self.arrival.fields[self._field] = said
