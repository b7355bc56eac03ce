"""Fault points: named places in the code where a test can interrupt a run, to prove that nothing is lost.

Code that writes to an index calls :func:`fault_point` between any two steps that a power cut, a full disk or
``kill -9`` could separate. The call does nothing, unless a test has set :data:`handler`, which may raise an exception,
end the process, or inspect the files.
"""

from __future__ import annotations

from collections.abc import Callable

handler: Callable[[str], None] | None = None
"""The function that each fault point calls with its name, or None outside tests."""


def fault_point(name: str) -> None:
    """Call :data:`handler`, if a test has set it, with the name of this fault point."""
    if handler is not None:
        handler(name)
