"""__main__: ``python -m vidwatchd``, the same as the ``vidwatchd`` command."""

from vidwatchd.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
