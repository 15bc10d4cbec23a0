"""sketches: 512 bits that stand for a vector, so that very many can be held in memory and looked through in no time.

A vector is turned (a seeded rotation by two rounds of signs and Hadamard's matrix: Andoni et al. 2015) and of every number only
the sign is kept. Two vectors at an angle t differ in t / pi of the bits, give or take what 512 throws of a coin do. Who asks
has the exact vector, and so a second estimate that is nearly twice as sharp: its own turned numbers against the other's signs
(RaBitQ: Gao and Long 2024). Both sift with ``SIGMAS`` standard deviations to spare: a pair at exactly the distance asked for is
lost once in some 1,700,000 times, a nearer one far more seldom.
"""

from __future__ import annotations

from functools import lru_cache
from math import acos, pi, sqrt
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from vidwatchd.clustering.geometry import Vectors

Codes: TypeAlias = NDArray[np.uint64]

BITS = 512
WORDS = BITS // 64
SIGMAS = 5.0
# Whole numbers, small enough that float32 adds them without rounding in any order: the same bits on every machine.
_STEPS = 2048.0
_SEED = 20_061
# So many vectors are turned at a time.
_BLOCK = 8192


def codes(vectors: NDArray[np.floating]) -> Codes:
    """(n, d) vectors of length 1 → (n, 8) of 64 bits each; the same on every machine."""
    found = np.empty((len(vectors), WORDS), "<u8")
    for start in range(0, len(vectors), _BLOCK):
        signs = turned(vectors[start : start + _BLOCK]) > 0
        found[start : start + _BLOCK] = np.packbits(signs, axis=1).view("<u8")
    return found


def turned(vectors: NDArray[np.floating]) -> Vectors:
    """(n, d) → the (n, 512) numbers whose signs are the bits, to a common factor."""
    steps = np.rint(np.asarray(vectors, np.float32) * np.float32(_STEPS))
    numbers: Vectors = steps @ _rotation(vectors.shape[1])
    return numbers


def most_bits(least_cosine: float) -> int:
    """In how many bits two vectors of that cosine or more may differ."""
    share = acos(max(-1.0, min(1.0, least_cosine))) / pi
    return int(BITS * share + SIGMAS * sqrt(BITS * share * (1 - share)) + 1)


def estimates(question: Vectors, some: Codes) -> Vectors:
    """About the cosine of each of the (n, 8) codes' vectors with the one whose ``turned`` numbers are given."""
    signs = np.unpackbits(some.astype("<u8").view(np.uint8), axis=1).astype(np.float32)
    # The signs are 2 s - 1; sqrt(pi / 2) is what a sum of signs falls short of a sum of numbers.
    scale = sqrt(pi / 2) / (sqrt(BITS) * float(np.linalg.norm(question)) or 1.0)
    found: Vectors = (signs @ (2 * question) - question.sum()) * np.float32(scale)
    return found


def least_estimate(least_cosine: float, dimensions: int) -> float:
    """The least estimate that two vectors of that cosine may have."""
    square = min(1.0, least_cosine**2)
    whole = dimensions <= BITS  # all of the turned numbers, else a part of them, which tells less
    variance = 0.0702 * square + 0.571 * (1 - square) if whole else pi / 2 - square
    return least_cosine - SIGMAS * sqrt(variance / BITS)


@lru_cache(maxsize=8)
def _rotation(dimensions: int) -> Vectors:
    """(d, 512): columns of whole numbers, at right angles as far as there are dimensions, then of the next rotation."""
    size = 1 << max(0, dimensions - 1).bit_length()
    numbers = np.arange(size)
    hadamard = 1.0 - 2.0 * (np.bitwise_count(numbers[:, None] & numbers) & 1)
    source = np.random.PCG64(_SEED)
    turns = [_signs(source, size)[:, None] * hadamard @ (_signs(source, size)[:, None] * hadamard)]
    while len(turns) * size < BITS:
        turns.append(_signs(source, size)[:, None] * hadamard @ (_signs(source, size)[:, None] * hadamard))
    return np.concatenate(turns, axis=1)[:dimensions, :BITS].astype(np.float32)


def _signs(source: np.random.PCG64, size: int) -> NDArray[np.float64]:
    """Raw bits, not the generator's numbers: those may change with numpy."""
    raw = np.array([source.random_raw() for _ in range(size)], np.uint64)
    return 1.0 - 2.0 * (raw >> np.uint64(63)).astype(np.float64)
