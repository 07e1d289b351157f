"""``python -m renotify`` is the command line."""

from renotify.cli import main

if __name__ == "__main__":
    main()
