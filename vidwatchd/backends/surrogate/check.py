"""check: what was made counts only once it is seen to play, and what a model made only if it shows something that moves."""

from __future__ import annotations

from vidwatchd.backends.surrogate.request import Request, Surrogate
from vidwatchd.errors import BackendFailed, MediaError

# Of 255. A model that fails gives black, grey or one picture over and over; a dull film still has more than that.
_LEAST_DEVIATION, _LEAST_CHANGE = 2.0, 0.05
_TOLERANCE, _SLACK_SECONDS = 0.1, 0.25


def check(made: Surrogate, request: Request) -> None:
    """Raise BackendFailed, with the reason, for a film that is not worth keeping."""
    try:
        if made.origin == "generated":
            _check_generated(made)
        else:
            _check_plays(made.path, _wanted(made, request))
    except MediaError as error:
        raise BackendFailed(f"what was made does not play: {error}") from error


def _wanted(made: Surrogate, request: Request) -> float:
    if made.seconds:
        return made.seconds
    if made.origin == "placeholder":
        return request.stub_seconds
    return request.lasting()


def _check_plays(path: str, wanted_seconds: float) -> None:
    from vidwatchd.media.playable import plays

    _check_length(plays(path), wanted_seconds)


def _check_generated(made: Surrogate) -> None:
    from vidwatchd.media.looks import looks

    found = looks(made.path)
    _check_length(found.seconds, made.seconds)
    if not found.deviation >= _LEAST_DEVIATION:
        raise BackendFailed(f"its pictures are black or of one colour (deviation {found.deviation:.2f} of 255)")
    if not found.change >= _LEAST_CHANGE:
        raise BackendFailed(f"nothing moves in it (change {found.change:.3f} of 255)")


def _check_length(found_seconds: float, wanted_seconds: float) -> None:
    if wanted_seconds and abs(found_seconds - wanted_seconds) > max(_TOLERANCE * wanted_seconds, _SLACK_SECONDS):
        raise BackendFailed(f"it lasts {found_seconds:.2f} s, not {wanted_seconds:.2f} s")
