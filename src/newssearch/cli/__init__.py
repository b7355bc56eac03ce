"""The command line: it parses the arguments, calls the API, and prints the results."""

from .commands import cli, main, run

__all__ = ["cli", "main", "run"]
