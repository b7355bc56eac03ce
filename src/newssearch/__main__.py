"""``python -m newssearch``."""

from newssearch.cli import main

if __name__ == "__main__":
    main()
