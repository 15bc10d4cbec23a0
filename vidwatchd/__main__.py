"""__main__: ``python -m vidwatchd``, the same as the ``vidwatchd`` command."""


def main() -> None:
    """Run the command line. Imported here: every spawned worker imports this module again, and needs none of it."""
    from vidwatchd.cli import main as command_line

    command_line()


if __name__ == "__main__":
    main()
