"""hearing: gathers what a speech model says of one stretch after another: its lines, the language, how far it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.transcribe.lines import in_order
from vidwatchd.backends.transcribe.request import ENGLISH, Request
from vidwatchd.cues import Cue, Track
from vidwatchd.languages import UNKNOWN, base, code

# Below that a stretch may be in any language, and the next one is asked again.
_SURE = 0.5
_OTHER_CODES = {"nb": "no"}


@dataclass(slots=True)
class Hearing:
    """What was heard so far of one video."""

    request: Request
    duration_seconds: float
    ctx: BackendContext
    cues: list[Cue] = field(default_factory=list)
    _sure: str = ""
    _languages: Counter[str] = field(default_factory=Counter)

    @property
    def language(self) -> str:
        """What is spoken, as asked or as found out; "" as long as that is open."""
        return base(self.request.language) or self._sure

    @property
    def task(self) -> str:
        """What Whisper calls what is to be done."""
        return "translate" if self.request.translate else "transcribe"

    def heard(self, cues: Sequence[Cue], language: str, probability: float = 1.0) -> None:
        """Some lines, in that language as far as can be told."""
        self.cues += cues
        self._languages[language] += sum(len(cue.text) for cue in cues)
        if cues and probability >= _SURE:
            self._sure = self._sure or language

    def went_on(self, to_seconds: float) -> None:
        """Everything up to that time is done. Raises Cancelled when somebody stopped it."""
        self.ctx.check()
        if self.duration_seconds > 0:
            self.ctx.progress(min(max(to_seconds / self.duration_seconds, 0.0), 1.0))

    def tracks(self, origin: str) -> tuple[Track, ...]:
        """The one track that came of it; none where nothing is said."""
        if not self.cues:
            return ()
        spoken = max(self._languages, key=lambda name: self._languages[name])
        language = ENGLISH if self.request.translate else code(spoken) or UNKNOWN
        return (Track(language, language, "model", in_order(self.cues), origin=origin),)


def as_whisper_has_it(language: str) -> str | None:
    """The code that Whisper has for a language, None where it is to find out."""
    return _OTHER_CODES.get(language, language) or None
