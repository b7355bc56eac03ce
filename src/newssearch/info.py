"""What an index holds, in numbers."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

from .engines import Contents


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """What an index holds. ``size`` is in bytes on disk, ``commits`` counts what was ever written to it."""

    folder: Path
    contents: Contents
    files: int
    size: int
    format: int
    commits: int

    def to_dict(self) -> dict[str, object]:
        """The same as JSON types: what ``newssearch info --json`` prints."""
        held = self.contents
        return {
            "folder": str(self.folder),
            "articles": held.articles,
            "paragraphs": held.paragraphs,
            "words": held.words,
            "first_date": held.first_date.isoformat() if held.first_date else None,
            "last_date": held.last_date.isoformat() if held.last_date else None,
            "files": self.files,
            "size": self.size,
            "format": self.format,
            "commits": self.commits,
            **{
                name: [dataclasses.asdict(value) for value in values]
                for name, values in held.by_field.items()
            },
            "known": {
                name: [{"known": way.value, "articles": way.articles} for way in ways]
                for name, ways in held.known.items()
            },
        }
