"""``assert_never`` for every supported Python. It ends a dispatch, and mypy reports a dispatch that lacks a case."""

from __future__ import annotations

import sys
from typing import NoReturn

if sys.version_info >= (3, 11):
    from typing import assert_never
else:

    def assert_never(value: NoReturn, /) -> NoReturn:
        """Raise :class:`AssertionError`. mypy reports each call that a value can reach."""
        raise AssertionError(f"no case for {value!r}")


__all__ = ["assert_never"]
