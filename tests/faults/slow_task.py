"""slow_task: the program with one more task, which takes long, starts a child, and notes its beginnings and ends."""

import os
import subprocess
import time
from pathlib import Path

from vidwatchd.cli import main
from vidwatchd.operations import tasks


def slow(ctx, order, progress):
    """A minute in small steps, with a child process."""
    notes = Path(order.params["notes"])
    with notes.open("a", encoding="utf-8") as file:
        file.write(f"begun {os.getpid()}\n")
    with subprocess.Popen(["sleep", "60"]) as child:
        try:
            for step in range(int(order.params.get("steps", 600))):
                progress(step, 600, [f"step {step}"])
                time.sleep(0.1)
        finally:
            child.kill()
            with notes.open("a", encoding="utf-8") as file:
                file.write("cleaned\n")
    return {"steps": 600}


tasks.TASKS["slow"] = slow
main()
