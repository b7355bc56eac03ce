"""A note that somebody has written on an article."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from .article import utc


class Note(NamedTuple):
    """A note on an article: its text, when it was written, in UTC, and by whom; ``""`` if that is not known."""

    text: str
    at: dt.datetime
    by: str = ""

    def to_dict(self) -> dict[str, object]:
        """Return the note as JSON types."""
        return {"text": self.text, "at": utc(self.at), "by": self.by or None}
