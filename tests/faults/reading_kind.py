"""reading_kind: the program with one more kind, which is made from subtitle files beside the video and notes each making."""

import os
import time
from pathlib import Path

from vidwatchd import artifacts
from vidwatchd.artifacts.base import Kind, Made
from vidwatchd.cli import main


class Lines(Kind):
    """What all subtitle files of a video say, one after the other."""

    name, title, summary, suffixes, reads = "lines", "Lines", "what they say", (".lines.txt",), (".srt",)

    def make(self, source, out, ctx):
        """Read them; slowly, where the test says so."""
        video = Path(source)
        text = "|".join(file.read_text() for file in sorted(video.parent.glob(f"{video.stem}.*srt"))) or "none"
        with open(os.environ["NOTES"], "a", encoding="utf-8") as notes:
            notes.write(f"{video.name}: {text}\n")
        if text == "slow":
            time.sleep(30)
        return Made({".lines.txt": out.write(".lines.txt", text.encode())}, backend="none")


# At import: every worker imports this module again.
artifacts.KINDS["lines"] = Lines
if __name__ == "__main__":
    main()
