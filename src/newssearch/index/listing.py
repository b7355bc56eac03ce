"""The methods of an index that list stories, and which outlets ran them."""

from __future__ import annotations

from .opened import OpenIndex


class ListingMethods(OpenIndex):
    """The methods that list stories, and which outlets ran them."""
