"""network_guard: the suite, and every Python it starts, talks to this machine only; loaded by ``-p`` in pyproject."""

import os
import runpy
from pathlib import Path

GUARD = Path(__file__).parent / "guard"

runpy.run_path(str(GUARD / "sitecustomize.py"))
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(GUARD), os.environ.get("PYTHONPATH")]))
