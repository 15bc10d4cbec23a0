"""report: each bench writes its own section of docs/performance.md, beside the machine it ran on."""

import os
import platform
from pathlib import Path

from tests.generated import between

PAGE = Path(__file__).resolve().parents[2] / "docs" / "performance.md"


def write_section(name, markdown, page=PAGE):
    """Put ``markdown`` between the markers of section ``name``, with the machine below it; new sections go last."""
    text = page.read_text(encoding="utf-8")
    page.write_text(between(text, name, f"{markdown.strip()}\n\n_{machine()}_"), encoding="utf-8")


def machine():
    """Where the figures come from, in one line."""
    return f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}"
