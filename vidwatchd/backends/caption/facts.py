"""facts: a plain sentence about a picture by what can be measured of it: light, colours, detail, movement. No model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vidwatchd.backends.base import AUTO, BackendContext
from vidwatchd.backends.caption.request import Pictures
from vidwatchd.errors import Unavailable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

_SIDE = 64
# Mean brightness (0 to 255) below which it is called so; what is above the last is very bright.
_LIGHT = ((45.0, "very dark"), (85.0, "dark"), (150.0, ""), (200.0, "bright"), (256.0, "very bright"))
# Where a colour ends on the circle of hues (0 to 255).
_HUES = ((10, "red"), (28, "orange"), (50, "yellow"), (115, "green"), (140, "turquoise"), (180, "blue"),
         (215, "purple"), (242, "pink"), (256, "red"))  # fmt: skip
# Mean difference to the picture before (0 to 255) below which it is called so.
_MOVEMENT = ((1.5, "nothing moves"), (8.0, "little moves"), (25.0, "much moves"), (256.0, "everything has changed"))
_DETAIL = ((3.0, " with little detail"), (12.0, ""), (256.0, " with much detail"))
_FLAT, _BLACK, _WHITE = 6.0, 24.0, 232.0
# Pixels that are less colourful, or darker, show no hue that people would name; so few of the others make no colour.
_COLOURFUL, _VISIBLE, _COLOURED_SHARE = 50, 40, 0.12
_MOSTLY, _NEARLY_AS_MUCH = 0.65, 0.4


class Facts:
    """Always ready. It remembers the last picture, to tell what moved: one is for one film."""

    task: str = "caption"
    name: str = "facts"
    rank: int = -10

    def __init__(self, models: str = "", model: str = "", device: str = AUTO, *, by_itself: bool = True) -> None:
        self._last: NDArray[np.float32] | None = None

    @property
    def model(self) -> str:
        """None."""
        return ""

    def ready(self) -> Unavailable | None:
        """None: it needs nothing."""
        return None

    def run(self, request: Pictures, ctx: BackendContext) -> list[str]:
        """A sentence a picture. Raises Cancelled."""
        ctx.check()
        return [self._told(image) for image in request.images]

    def unload(self) -> None:
        """Forget the last picture."""
        self._last = None

    def _told(self, image: Image) -> str:
        import numpy as np

        small = image.convert("RGB").resize((_SIDE, _SIDE))
        light = np.asarray(small.convert("L"), dtype=np.float32)
        before, self._last = self._last, light
        moved = "" if before is None else f"; {_called(_MOVEMENT, float(np.abs(light - before).mean()))}"
        return f"{_seen(small, light)}{moved}."


def _seen(image: Image, light: NDArray[np.float32]) -> str:
    """What a picture looks like, without its movement."""
    import numpy as np

    mean = float(light.mean())
    if light.std() < _FLAT and (mean < _BLACK or mean > _WHITE):
        return "A black picture" if mean < _BLACK else "A white picture"
    steps = [float(np.abs(np.diff(light, axis=axis)).mean()) for axis in (0, 1)]
    words = ", ".join(filter(None, (_called(_LIGHT, mean), _colours(image))))
    article = "An" if words[:1] in "aeiou" else "A"
    return f"{article} {words} picture{_called(_DETAIL, sum(steps))}"


def _colours(image: Image) -> str:
    """The one or two colours that most of it has."""
    import numpy as np

    hue, colourful, bright = np.asarray(image.convert("HSV")).reshape(-1, 3).T
    shown = hue[(colourful > _COLOURFUL) & (bright > _VISIBLE)]
    if shown.size < _COLOURED_SHARE * hue.size:
        return "grey"
    parts: dict[str, float] = {}
    begin = 0
    for end, name in _HUES:
        parts[name] = parts.get(name, 0.0) + float(((shown >= begin) & (shown < end)).mean())
        begin = end
    first, second = sorted(parts, key=lambda name: -parts[name])[:2]
    if parts[first] > _MOSTLY or parts[second] < _NEARLY_AS_MUCH * parts[first]:
        return f"mostly {first}"
    return f"{first} and {second}"


def _called(scale: tuple[tuple[float, str], ...], value: float) -> str:
    return next((word for below, word in scale if value < below), scale[-1][1])
