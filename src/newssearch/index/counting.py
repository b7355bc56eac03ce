"""The methods of an index that count articles, in tables and over time."""

from __future__ import annotations

from .opened import OpenIndex


class CountingMethods(OpenIndex):
    """The methods that count articles, in tables and over time."""
