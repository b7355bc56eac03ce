"""Ends the clusters of a run of tests when the process of the run has ended, even if that was killed."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from .server import remove_all


def main(run: Path, process: int) -> None:
    """Wait until a process has ended, or the folder of its clusters is gone."""
    try:
        while run.is_dir():
            os.kill(process, 0)
            time.sleep(0.5)
    except ProcessLookupError:
        remove_all(run)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
