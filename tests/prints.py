"""prints: made facts of perceptual hashes: films that are alike, or not, by so many bits."""

from __future__ import annotations

import random

FRAMES, STEPS = 5, 4


def film(seed: int, *, frames: int = FRAMES, seconds: float = 60.0) -> dict:
    """The facts of a film like no other: every frame and moment another random hash."""
    numbers = random.Random(seed)
    some = lambda count: [numbers.getrandbits(64) for _ in range(count)]  # noqa: E731
    return facts(some(frames), mirrored=some(frames), before=some(frames * STEPS), seconds=seconds)


def facts(dct, *, mirrored=None, before=None, flat="", seconds=60.0):
    """The facts of these hashes; without others the mirror image is random and nothing moves before a frame."""
    numbers = random.Random(sum(dct))
    frames = len(dct)
    mirrored = mirrored or [numbers.getrandbits(64) for _ in dct]
    before = before or [hash_ for hash_ in dct for _ in range(STEPS)]
    return {
        "algorithm": "ahash", "combine": "xor", "bits": 1024, "hash": "0" * 256, "frames": frames,
        "duration_seconds": seconds, "times": [seconds * (n + 1) / (frames + 1) for n in range(frames)],
        "dct": text(dct), "mirrored": text(mirrored), "before": text(before), "flat": flat or "0" * frames,
    }  # fmt: skip


def hashes(found: dict, member: str = "dct") -> list[int]:
    """The numbers of one member."""
    return [int(found[member][at : at + 16], 16) for at in range(0, len(found[member]), 16)]


def text(numbers) -> str:
    """As imagehash writes them, one after the other."""
    return "".join(f"{number:016x}" for number in numbers)


def differing(found: dict, bits: int, seed: int = 1, **values) -> dict:
    """The same film with so many bits of every hash turned round."""
    numbers = random.Random(seed)

    def turned(number: int) -> int:
        """One hash, changed."""
        return number ^ sum(1 << bit for bit in numbers.sample(range(64), bits))

    members = {name: text(map(turned, hashes(found, name))) for name in ("dct", "mirrored", "before")}
    return {**found, **members, **values}


def mirrored(found: dict) -> dict:
    """The film seen in a mirror."""
    return {**found, "dct": found["mirrored"], "mirrored": found["dct"]}


def trimmed(found: dict, *, start: bool, seconds: float = 2.0) -> dict:
    """The film without its first or last seconds, where its frames are those just before the other's, or the reverse."""
    step = lambda frame: min(STEPS - 1, int(seconds * (FRAMES - frame) / (FRAMES + 1) * 2))  # noqa: E731
    other = film(12345)
    own, before = hashes(found), hashes(found, "before")
    length = found["duration_seconds"] - seconds
    if start:  # this one's frames are later: the whole film's lie before them
        steps = hashes(other, "before")
        for frame in range(FRAMES):
            steps[frame * STEPS + step(frame)] = own[frame]
        return facts(hashes(other), before=steps, seconds=length)
    shown = [before[frame * STEPS + STEPS - 1 - step(frame)] for frame in range(FRAMES)]
    return facts(shown, before=hashes(other, "before"), seconds=length)


def packed(*films: dict):
    """What an index gives of these films; their ids count from 1."""
    from tests.desk import file
    from vidwatchd.index import memory_index

    index = memory_index()
    library = index.libraries.add(uuid="u", root="/r", name="r", watched=False, layout="beside")
    ids = index.videos.add(library.id, [file(f"{n:05}.mp4", n + 1) for n in range(len(films))])
    put(index, dict(zip(ids, films, strict=True)))
    found = list(index.hashes.packed("phash"))
    index.close()
    return found


def put(index, films: dict[int, dict], **values) -> None:
    """Give videos these hashes."""
    from vidwatchd.model import Artifact, ArtifactState

    for video_id, found in films.items():
        index.artifacts.put(Artifact(video_id, "phash", ArtifactState.DONE, facts=found, **values), files={})
