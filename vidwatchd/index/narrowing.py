"""narrowing: the conditions by which a search leaves videos out, as SQL terms over ``videos v``."""

from __future__ import annotations

from collections.abc import Callable

from vidwatchd.index.tags import fold

Condition = tuple[str, tuple[object, ...]]

_SAID = """v.id IN (SELECT x.video_id FROM video_tags x JOIN tags t ON t.id = x.tag_id
  WHERE t.kind = '{kind}' AND t.folded = ?)"""
_SEEN = """v.id IN (SELECT f.video_id FROM people n JOIN faces f ON f.person_id = n.id
  WHERE n.folded = ? AND n.folded <> '' AND n.hidden = 0)"""
_SPOKEN = """v.id IN (SELECT p.video_id FROM passages p WHERE p.source = 'speech'
  AND (p.track = ? OR p.track LIKE ? || '.%' OR p.track LIKE ? || '-%'))"""


def tagged(name: str) -> Condition:
    """With a tag, in any spelling."""
    return _SAID.format(kind="tag"), (fold(name),)


def showing(name: str) -> Condition:
    """With a person, in any spelling: named as a performer, or one whose face is seen."""
    return f"({_SAID.format(kind='performer')} OR {_SEEN})", (fold(name), fold(name))


def longer(seconds: float) -> Condition:
    """At least so long."""
    return "v.duration_seconds >= ?", (seconds,)


def shorter(seconds: float) -> Condition:
    """At most so long."""
    return "v.duration_seconds <= ?", (seconds,)


def encoded(codec: str) -> Condition:
    """In a video codec."""
    return "v.video_codec = ?", (codec,)


def added(span: tuple[float, float]) -> Condition:
    """Added from one time on and before another, in epoch seconds."""
    return "(v.added_at >= ? AND v.added_at < ?)", span


def within(name: str) -> Condition:
    """In a library of that name, or beneath a folder of that name, or path of names, wherever it lies."""
    path = name.strip("/")
    pattern = "".join(f"\\{c}" if c in "%_\\" else c for c in path)
    return (
        """(v.library_id IN (SELECT id FROM libraries WHERE name = ? COLLATE NOCASE)
            OR '/' || v.folder || '/' LIKE ? ESCAPE '\\')""",
        (path, f"%/{pattern}/%"),
    )


def spoken(language: str) -> Condition:
    """With speech in a language, by its code."""
    code = language.lower()
    return _SPOKEN, (code, code, code)


# The key of a chip → the condition of its value.
CONDITIONS: dict[str, Callable[..., Condition]] = {
    "tag": tagged,
    "person": showing,
    "longer": longer,
    "shorter": shorter,
    "codec": encoded,
    "added": added,
    "in": within,
    "lang": spoken,
}


def negated(condition: Condition) -> Condition:
    """What a condition leaves out, with what it cannot judge."""
    term, params = condition
    return f"({term}) IS NOT 1", params
