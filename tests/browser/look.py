"""look: serve a scenario to look at: ``python -m tests.browser.look --scenario rich``."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tests.browser.pictures import dress, make_looks
from tests.browser.scenarios import SCENARIOS
from tests.browser.stand_in import Served, Store


def main() -> None:
    """Serve one scenario until stopped."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--scenario", choices=SCENARIOS, default="rich")
    parser.add_argument("--port", type=int, default=8500)
    parser.add_argument(
        "--clip", action="append", default=[], help="PATH=SECONDS of a real clip (H.264) to show as well"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        looks = make_looks(Path(folder))
        for number, clip in enumerate(given.clip):
            path, _, seconds = clip.rpartition("=")
            link = Path(folder) / f"real{number}.mp4"
            link.symlink_to(path)
            looks.insert(number, dress(link, float(seconds)))
        with Served(SCENARIOS[given.scenario](Store(looks)), given.port) as served:
            print(served.url, flush=True)
            served.thread.join()


if __name__ == "__main__":
    main()
