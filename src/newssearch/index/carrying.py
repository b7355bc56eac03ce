"""The methods of an index that stream all hits of a query, and draw samples of them."""

from __future__ import annotations

from .opened import OpenIndex


class CarryingMethods(OpenIndex):
    """The methods that stream all hits of a query, and draw samples of them."""
