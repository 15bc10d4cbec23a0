"""bench_search: a search that finds the moment, over 100,000 videos with 20,000,000 words of speech.

Run ``python -m tests.bench.bench_search`` from the root of a checkout. The words follow Zipf's law over 200,000 of
them, with turns of phrase that come again; they are written by the very method that a published artifact's words are,
and each search is the whole operation: hits with their items, moments and pictures, as JSON. CPU beside wall: what
else the machine does shows in the latter only.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402

from vidwatchd.config import parse  # noqa: E402
from vidwatchd.index import open_index  # noqa: E402
from vidwatchd.index.search import Stretch  # noqa: E402
from vidwatchd.model import FileState, Library  # noqa: E402,F401
from vidwatchd.operations import Context  # noqa: E402
from vidwatchd.operations.search import search  # noqa: E402

SIZES = (1_000, 10_000, 100_000)
WORDS_A_VIDEO = 200
VOCABULARY = 200_000
TURNS = 20_000
CUE_WORDS = 8
ROUNDS = {1_000: 400, 10_000: 400, 100_000: 1000}
MIX = (("two or three words", 0.60), ("one rare word", 0.25), ("a phrase", 0.10), ("one very common word", 0.05))
# Search → (wall, CPU) seconds of each.
Times = dict[str, list[tuple[float, float]]]
SHEET = {"frames": 100, "cols": 10, "tile_width": 320, "tile_height": 180, "interval_seconds": 10.0}


class Speech:
    """Made speech: words by Zipf's law, a fifth of them in turns of phrase of two to four words."""

    def __init__(self, seed: int = 7) -> None:
        self.random = np.random.default_rng(seed)
        syllables = [c + v for c in "bcdfghjklmnprstvwz" for v in "aeiou"]
        chosen, seen = random.Random(seed), set()
        while len(seen) < VOCABULARY:
            seen.add("".join(chosen.choice(syllables) for _ in range(chosen.choice((1, 2, 2, 3, 3, 3, 4)))))
        self.words = np.array(sorted(seen, key=lambda word: (len(word), word)))
        self.words[200:] = self.random.permutation(self.words[200:])
        weights = np.cumsum(1 / np.arange(1, VOCABULARY + 1))
        self.cumulated = weights / weights[-1]
        self.turns = [self.some(int(n)) for n in self.random.integers(2, 5, TURNS)]

    def some(self, count: int) -> list[int]:
        return np.searchsorted(self.cumulated, self.random.random(count)).tolist()

    def video(self) -> list[int]:
        wanted, said = max(8, int(self.random.exponential(WORDS_A_VIDEO))), []
        fresh = iter(self.some(wanted))
        for word in fresh:
            said.append(word)
            if self.random.random() < 0.07:
                said += self.turns[int(TURNS * self.random.random() ** 2)]
            if len(said) >= wanted:
                return said
        return said


def fill(index, count: int, speech: Speech) -> tuple[list[list[int]], float]:
    """Videos with speech; some of what they say, and seconds that one learning took on average."""
    library = index.libraries.add(uuid="bench", root="/bench", name="bench", watched=True, layout="beside")
    kept, spent = [], 0.0
    for first in range(0, count, 5000):
        numbers = range(first, min(count, first + 5000))
        names = [f"{2000 + n % 26}/{speech.words[n % 5000]}/{speech.words[n % VOCABULARY]} {n}.mp4" for n in numbers]
        ids = index.videos.add(library.id, [FileState(name, 10**6 + n, n, n, n) for n, name in enumerate(names, first)])
        with index.bulk() as connection:
            for video_id in ids:
                said = speech.video()
                if len(kept) < 4000:
                    kept.append(said)
                texts = speech.words[said].tolist()
                cues = [
                    (n * 0.4, n * 0.4 + 3, " ".join(texts[n : n + CUE_WORDS])) for n in range(0, len(said), CUE_WORDS)
                ]
                began = time.perf_counter()
                index.search.learn(video_id, [Stretch("speech", "en", cues)])
                spent += time.perf_counter() - began
            connection.executemany(
                """INSERT INTO artifacts (video_id, kind, state, files, facts, made_at)
                   VALUES (?, ?, 'done', '{".sprites.jpg": "a", ".sprites.json": "b", ".sprites.vtt": "c"}', ?, 1)""",
                [(video_id, kind, json.dumps(SHEET)) for video_id in ids for kind in ("thumbs", "sprites", "metadata")],
            )
    return kept, spent / count


def question(kind: str, kept: list[list[int]], speech: Speech, chosen: random.Random) -> str:
    """A search as somebody types who remembers something that was said."""
    words = speech.words
    while True:
        said = chosen.choice(kept)
        at = chosen.randrange(max(1, len(said) - 16))
        near = said[at : at + 16]
        if kind == "two or three words":
            some = list({word for word in near if word >= 30})  # nobody asks for "the" and "of"
            if len(some) > 3:
                return " ".join(words[word] for word in chosen.sample(some, chosen.choice((2, 3))))
        elif kind == "one rare word":
            rare = [word for word in near if word > 20_000]
            if rare:
                return str(words[chosen.choice(rare)])
        elif kind == "a phrase":
            turn = chosen.choice(speech.turns)
            return '"' + " ".join(words[word] for word in turn[:3]) + '"'
        else:
            return str(words[chosen.randrange(20)])


def percentile(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))] * 1000


def row(name: str, times: list[tuple[float, float]]) -> str:
    wall, cpu = ([pair[n] for pair in times] for n in (0, 1))
    shown = [percentile(wall, 0.5), percentile(wall, 0.95), percentile(wall, 0.99), percentile(cpu, 0.95)]
    return f"| {name} | {len(times)} | " + " | ".join(f"{each:.1f}" for each in shown) + " |"


def rss_mib() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20


def measure(ctx: Context, kept: list[list[int]], speech: Speech, rounds: int) -> tuple[Times, int]:
    chosen = random.Random(11)
    asked = [(kind, question(kind, kept, speech, chosen)) for kind, share in MIX for _ in range(int(rounds * share))]
    chosen.shuffle(asked)
    times: dict[str, list[tuple[float, float]]] = {kind: [] for kind, _ in MIX}
    found = 0
    for kind, text in asked:
        began = time.perf_counter(), time.thread_time()
        answer = search(ctx, text)
        json.dumps(answer)
        times[kind].append((time.perf_counter() - began[0], time.thread_time() - began[1]))
        found += bool(answer["hits"])
    return times, found


def more(ctx: Context, kept: list[list[int]], speech: Speech) -> Times:
    """What else is typed: letter by letter, wrongly, with conditions."""
    chosen, times = random.Random(5), {"while typing": [], "a word spelled wrong": [], "with two conditions": []}
    for _ in range(60):
        text = question("two or three words", kept, speech, chosen)
        cut = text[: chosen.randrange(3, len(text) + 1)]
        rare = question("one rare word", kept, speech, chosen)
        wrong = rare[:2] + "x" + rare[2:]
        common = question("one very common word", kept, speech, chosen)
        for name, typed, typing in (
            ("while typing", cut, True),
            ("a word spelled wrong", wrong, False),
            ("with two conditions", f"{common} in:2003 added:7d", False),
        ):
            began = time.perf_counter(), time.thread_time()
            search(ctx, typed, typing=typing)
            times[name].append((time.perf_counter() - began[0], time.thread_time() - began[1]))
    return times


def naive(ctx: Context, kept: list[list[int]], speech: Speech, rounds: int = 12) -> float:
    """Median milliseconds of CPU for the same two or three words by LIKE over the same texts."""
    chosen, times = random.Random(11), []
    for _ in range(rounds):
        parts = question("two or three words", kept, speech, chosen).split()
        where = " AND ".join("speech LIKE ?" for _ in parts)
        began = time.thread_time()
        ctx.index.rows(f"SELECT rowid FROM words WHERE {where} LIMIT 20", *(f"%{part}%" for part in parts))
        times.append(time.thread_time() - began)
    return percentile(times, 0.5)


def run(count: int, folder: str, speech: Speech) -> dict:
    config = parse({"data_dir": folder}, Path(folder) / "videorc.json")
    index = open_index(folder)
    ctx = Context(config, index)
    began = time.perf_counter()
    kept, learn_seconds = fill(index, count, speech)
    filled = time.perf_counter() - began
    began = time.perf_counter()
    index.optimise()
    optimised = time.perf_counter() - began
    size = os.path.getsize(Path(folder) / "index.db") / 1e6
    words = index.one("SELECT sum(cnt) FROM vocabulary")[0]
    index.close()
    index = open_index(folder)
    ctx = Context(config, index)
    search(ctx, "begin")
    gc.collect()
    before = rss_mib()
    times, found = measure(ctx, kept, speech, ROUNDS[count])
    after = rss_mib()
    result = {
        "count": count, "words": words, "size": size, "filled": filled, "optimised": optimised,
        "learn_ms": learn_seconds * 1000, "before": before, "after": after, "times": times, "found": found,
        "more": more(ctx, kept, speech), "naive": naive(ctx, kept, speech),
    }  # fmt: skip
    index.close()
    return result


def table(results: list[dict]) -> str:
    last = results[-1]
    every = [t for times in last["times"].values() for t in times]
    lines = [f"{last['count']:,} videos, {last['words'] / 1e6:.1f} million words, {last['size']:.0f} MB of index:", ""]
    lines += ["| search | asked | p50 ms | p95 ms | p99 ms | p95 ms of CPU |", "|---|--:|--:|--:|--:|--:|"]
    lines += [row(kind, times) for kind, times in last["times"].items()] + [row("**the mix**", every)]
    lines += [row(f"{kind} (beside the mix)", times) for kind, times in last["more"].items()]
    lines += [
        "",
        "| videos | words | index MB | mix p50 ms | mix p95 ms | p95 CPU | LIKE, two or three words, CPU ms | × (CPU) |",
        "|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for each in results:
        mix = [wall for times in each["times"].values() for wall, _ in times]
        words = percentile([cpu for _, cpu in each["times"]["two or three words"]], 0.5)
        spent = percentile([cpu for times in each["times"].values() for _, cpu in times], 0.95)
        lines.append(
            f"| {each['count']:,} | {each['words']:,} | {each['size']:.0f} | {percentile(mix, 0.5):.1f} | "
            f"{percentile(mix, 0.95):.1f} | {spent:.1f} | {each['naive']:.0f} | {each['naive'] / words:.0f} |"
        )
    lines += [
        "",
        f"Memory {last['before']:.0f} MiB before the searches, {last['after']:.0f} after. Learning one video's words "
        f"{last['learn_ms']:.2f} ms; the night's merging and spelling list {last['optimised']:.1f} s.",
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    given = parser.parse_args()
    results = []
    for count in given.sizes:
        with tempfile.TemporaryDirectory() as folder:
            results.append(run(count, folder, Speech()))
        print(f"{count:,} videos done", file=sys.stderr)
    print(table(results))


if __name__ == "__main__":
    main()
