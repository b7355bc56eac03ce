"""The entry point of ``python -m newssearch``, which runs the command line."""

from .cli import main

if __name__ == "__main__":
    main()
