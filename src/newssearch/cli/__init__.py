"""The command line: it parses the arguments, calls the API, and prints the results."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NoReturn

from . import garbage

if TYPE_CHECKING:
    from .commands import cli, run

__all__ = ["cli", "main", "run"]


def main() -> NoReturn:
    """Run the command line of this process and exit: the entry point of the program ``newssearch``."""
    garbage.collect_seldom()
    # NumPy's OpenBLAS starts a thread for each processor when it is imported. Nothing here multiplies matrices.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        from .commands import run  # after these settings

        code = run()
    except (
        KeyboardInterrupt
    ):  # while modules are imported, which takes a second on a busy machine, or at the exit
        sys.stderr.write("\naborted\n")
        code = 130  # equals console.EXIT_INTERRUPTED, which may not be imported yet
    garbage.collect_no_more()
    sys.exit(code)


if not TYPE_CHECKING:  # with __getattr__, a type checker would accept any attribute of this package

    def __getattr__(name: str) -> object:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from . import commands  # when it is first used: see main()

        return getattr(commands, name)
