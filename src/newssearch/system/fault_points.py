"""Named moments at which a run may be broken off, for those who test that nothing is lost by it.

What writes to an index calls :func:`reach` between any two steps that a power cut, a full disk or ``kill -9`` might come
between. It does nothing, unless a test has put a function in place of :data:`handler`: that may raise, end the process,
or look around.
"""

from __future__ import annotations

from collections.abc import Callable

handler: Callable[[str], None] | None = None
"""What is called with the name of each moment."""


def reach(moment: str) -> None:
    """Say that a moment has come."""
    if handler is not None:
        handler(moment)
