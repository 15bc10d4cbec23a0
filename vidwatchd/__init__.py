"""vidwatchd: a daemon that makes folders of videos usable on their owner's own machine."""

__version__ = "0.1.0"
