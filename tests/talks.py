"""talks: made speech with known changes of subject, in English, German, Russian and Japanese."""

from __future__ import annotations

import random
from collections.abc import Sequence

from vidwatchd.cues import Cue, Track, Word

# Names, doings and qualities that belong to one subject.
SUBJECTS = {
    "guitar": (
        "guitar strings chord fret melody rhythm neck tuning",
        "strum pluck tune play press",
        "loud wooden acoustic",
    ),
    "bread": ("bread dough flour yeast oven crust loaf kitchen", "knead bake rise fold proof", "warm golden crisp"),
    "rocket": (
        "rocket engine fuel orbit launch stage payload nozzle",
        "ignite burn steer land separate",
        "liquid heavy fast",
    ),
    "garden": (
        "garden roses soil seeds compost roots leaves weeds",
        "plant water prune dig mulch",
        "green sunny shady",
    ),
    "chess": (
        "chess bishop knight pawn queen castle endgame opening",
        "attack defend sacrifice capture check",
        "weak strong open",
    ),
}
ENGLISH = (
    "The {0} and the {1} need the {2}.",
    "When you {3} the {0} you will hear about the {1}.",
    "Now {3} it slowly and look at the {4} {2}.",
    "Some people {3} the {1} before they {3} the {0}.",
    "That is why a {4} {0} is better than the {2} we had.",
)
GERMAN = (
    "Wir sehen {0} und {1} mit dem {2}.",
    "Wenn man {0} hat, dann kommt auch {1} dazu.",
    "Das ist jetzt {2} und nicht nur {0}.",
)
SUBJECTS_GERMAN = {
    "Gitarre": "Gitarre Saiten Akkord Griffbrett Melodie Rhythmus",
    "Brot": "Brot Teig Mehl Hefe Ofen Kruste",
    "Rakete": "Rakete Triebwerk Treibstoff Umlaufbahn Startrampe Nutzlast",
}
SUBJECTS_JAPANESE = {
    "music": "音楽 楽器 演奏 旋律 和音",
    "food": "料理 野菜 台所 包丁 醤油",
    "space": "宇宙 衛星 軌道 燃料 探査",
}


def said(subject: str, sentences: int, seed: int = 0) -> list[str]:
    """Sentences about one subject."""
    rng = random.Random(f"{subject} {seed}")
    nouns, verbs, qualities = (words.split() for words in SUBJECTS[subject])
    return [
        rng.choice(ENGLISH).format(*rng.sample(nouns, 3), rng.choice(verbs), rng.choice(qualities))
        for _ in range(sentences)
    ]


def german(subject: str, sentences: int) -> list[str]:
    """The same in German."""
    rng = random.Random(subject)
    words = SUBJECTS_GERMAN[subject].split()
    return [rng.choice(GERMAN).format(*rng.sample(words, 3)) for _ in range(sentences)]


def japanese(subject: str, sentences: int) -> list[str]:
    """The same in Japanese, without a space."""
    rng = random.Random(subject)
    words = SUBJECTS_JAPANESE[subject].split()
    return ["これは{}と{}の{}です。".format(*rng.sample(words, 3)) for _ in range(sentences)]


def lines(sentences: Sequence[str], seconds: float = 6.0, begin: float = 0.0) -> tuple[Cue, ...]:
    """One cue a sentence, with a short pause after it."""
    return tuple(Cue(begin + at * seconds, begin + (at + 1) * seconds - 0.4, text) for at, text in enumerate(sentences))


def words(sentences: Sequence[str], pause_seconds: float = 0.8) -> tuple[Cue, ...]:
    """As a model hears it: no full stops, no capitals, words with times, and lines that break anywhere."""
    at, spoken = 0.0, []
    for sentence in sentences:
        for word in sentence.lower().strip(".").split():
            spoken.append(Word(at, at + 0.35, f" {word}"))
            at += 0.4
        at += pause_seconds
    parts = [spoken[first : first + 7] for first in range(0, len(spoken), 7)]
    return tuple(
        Cue(part[0].start_seconds, part[-1].end_seconds, "".join(word.text for word in part).strip(), tuple(part))
        for part in parts
    )


def track(cues: Sequence[Cue], **about) -> Track:
    """A track of these lines."""
    return Track(**{"id": "en", "language": "en", "source": "model", "default": True, **about}, cues=tuple(cues))
