"""The methods of an index that show the words around the matches of a query, and compare words."""

from __future__ import annotations

from .opened import OpenIndex


class ContextMethods(OpenIndex):
    """The methods that show the words around the matches of a query, and compare words."""
