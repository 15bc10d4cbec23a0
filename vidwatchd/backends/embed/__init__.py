"""embed: pictures and words as vectors, so that what means the same lies close together; one file a family of models."""

from __future__ import annotations

from vidwatchd.backends.embed.clip import Clip
from vidwatchd.backends.embed.request import Embedder, Pictures, Words
from vidwatchd.backends.embed.sentence import Sentence
from vidwatchd.backends.embed.siglip import Siglip
from vidwatchd.backends.embed.weights import model_type

__all__ = ["Embedder", "Pictures", "Words", "embedder"]


def embedder(folder: str) -> Embedder:
    """What reads the model in a (native) folder; any text encoder that is no pair of towers is read as sentences."""
    found = model_type(folder)
    family = next((family for family in (Siglip, Clip) if found in family.types), Sentence)
    return family(folder)
