"""vidwatchd: a daemon that makes folders of videos usable on their owner's own machine."""

import os

__version__ = "0.1.0"

# Some of the libraries that run models tell their makers about it, unless they were forbidden to before their import.
os.environ |= {"ORT_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "DO_NOT_TRACK": "1"}
