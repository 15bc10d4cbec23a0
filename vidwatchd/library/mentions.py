"""mentions: artifacts that name their video or one another (an index its sheet, a track its pictures) after a rename."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from urllib.parse import quote

from vidwatchd.library.partial import replacing

# Members that hold the video's own name.
_MEMBERS = ("video", "filename")


def rename_inside(path: str, video: tuple[str, str], files: Mapping[str, str]) -> None:
    """Replace the names in one JSON file or WebVTT track (native path): the video's, and files' (old → new, portable).

    Only where a name is a whole value: text that happens to hold it stays. Raises OSError when it cannot be written.
    """
    if not path.endswith((".json", ".vtt")):
        return
    text = None
    with suppress(FileNotFoundError, UnicodeDecodeError), open(path, encoding="utf-8", newline="") as file:
        text = file.read()
    if text is None:
        return
    renamed = text
    for old, new in _words(video, files):
        renamed = renamed.replace(old, new)
    if renamed != text:
        with replacing(path) as target:
            target.write(renamed.encode())


def _words(video: tuple[str, str], files: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for member in _MEMBERS:
        yield f'"{member}": {_value(video[0])}', f'"{member}": {_value(video[1])}'
    for old, new in files.items():
        yield _value(old), _value(new)
        yield f"\n{quote(old, safe='')}#", f"\n{quote(new, safe='')}#"


def _value(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)
