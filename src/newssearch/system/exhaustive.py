"""``assert_never`` on every supported Python: it ends a dispatch that must cover all cases, and mypy checks that it does."""

from __future__ import annotations

import sys
from typing import NoReturn

if sys.version_info >= (3, 11):
    from typing import assert_never
else:

    def assert_never(value: NoReturn, /) -> NoReturn:
        """Raise AssertionError; to mypy, calling it with a value that can exist is an error."""
        raise AssertionError(f"no case for {value!r}")


__all__ = ["assert_never"]
