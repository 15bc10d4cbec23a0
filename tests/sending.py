"""sending: forms that hold a file, as browsers and programs send them."""

import os

BOUNDARY = b"----film4711"
TYPE = f"multipart/form-data; boundary={BOUNDARY.decode()}"


def form(data, name="film.mp4", **fields):
    """A form's body: the file behind the fields."""
    raw = os.fsencode(name)
    parts = [part(f'name="{key}"'.encode(), value.encode()) for key, value in fields.items()]
    parts.append(part(b'name="file"; filename="' + raw.replace(b'"', b"%22") + b'"', data))
    return b"".join(parts) + b"--" + BOUNDARY + b"--\r\n"


def part(disposition, data):
    """One part of a form."""
    return b"--" + BOUNDARY + b"\r\nContent-Disposition: form-data; " + disposition + b"\r\n\r\n" + data + b"\r\n"


def head(length=None, path="/api/store", **headers):
    """A request's head; without ``length`` its body comes in chunks."""
    size = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", f"Content-Type: {TYPE}", size]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def chunked(body, size=1000):
    """A body in chunks."""
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(f"{len(piece):x}\r\n".encode() + piece + b"\r\n" for piece in pieces) + b"0\r\n\r\n"
