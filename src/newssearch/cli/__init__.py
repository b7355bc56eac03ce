"""The command line: it parses what was typed, calls the API, and prints."""

from .commands import cli, main, run

__all__ = ["cli", "main", "run"]
