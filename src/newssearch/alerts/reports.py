"""The report of an alert run, a value for each search."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from newssearch.commit import Commit
from newssearch.display.brief import brief, many, quoted
from newssearch.system.frozen import FrozenDict
from newssearch.system.late_dataclass import dataclass

from .batch import AlertEntry


class Delivery(NamedTuple):
    """What one output of an alert got in a run: its name, the number of entries, and why it failed; "" if it did not.

    An output that failed gets what it is owed, ``owed`` entries, with the next run.
    """

    output: str
    entries: int
    error: str = ""
    owed: int = 0

    def to_dict(self) -> dict[str, object]:
        """Return the delivery as JSON types."""
        return self._asdict()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertReport:
    """The report of one search in an alert run.

    ``entries`` are the articles that are reported, the best first, as JSON types: the keys of :meth:`Hit.to_dict`, and
    ``entry``, ``reason``, ``search``, ``run`` and ``first_seen``. ``repeated`` is the number of those among them that an
    earlier run has found and could not print. ``waiting`` articles come with the next runs. ``covered`` articles are new
    and were not reported, because their story or another version of them was. ``matching`` is the number of articles
    that the search finds, and ``first`` is whether this was its first run.

    ``shown`` is whether what is new goes to standard output, too. ``searched`` is false if the index has not changed
    since the last run, so that nothing can be new. ``deliveries`` say what each output got. ``notes`` are for people;
    ``warnings`` too: they say what was found and is not reported after all, and why entries have no ``tags`` if their file is damaged. ``error`` says why the search could not run; "" if it did.
    """

    search: str
    title: str = ""
    run: int = 0
    commit: Commit | None = None
    first: bool = False
    searched: bool = False
    dry_run: bool = False
    shown: bool = False
    matching: int = 0
    entries: tuple[AlertEntry, ...] = ()
    repeated: int = 0
    waiting: int = 0
    covered: int = 0
    deliveries: tuple[Delivery, ...] = ()
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    error: str = ""

    def __post_init__(self) -> None:
        """Make the entries immutable."""
        object.__setattr__(self, "entries", tuple(map(_immutable_entry, self.entries)))

    @property
    def new(self) -> int:
        """The number of entries that this run has found."""
        return len(self.entries) - self.repeated

    @property
    def failed(self) -> bool:
        """Whether the search could not run, or an output could not take what it got."""
        return bool(self.error) or any(delivery.error for delivery in self.deliveries)

    def __repr__(self) -> str:
        return brief(
            self, quoted(self.search), many(self.new, "new article"), "(failed)" if self.failed else ""
        )

    def to_dict(self) -> dict[str, object]:
        """Return the report as JSON types, as ``newssearch alert run --json`` prints it."""
        return {
            "search": self.search,
            "title": self.title,
            "run": self.run,
            "commit": self.commit.to_dict() if self.commit else None,
            "first": self.first,
            "searched": self.searched,
            "dry_run": self.dry_run,
            "matching": self.matching,
            "new": self.new,
            "repeated": self.repeated,
            "waiting": self.waiting,
            "covered": self.covered,
            "deliveries": [delivery.to_dict() for delivery in self.deliveries],
            "notes": list(self.notes),
            "warnings": list(self.warnings),
            "error": self.error,
            "entries": json.loads(json.dumps(self.entries)),
        }


def _immutable_entry(value: Any) -> Any:
    """Return a value of JSON types with immutable mappings, and tuples for lists."""
    if isinstance(value, Mapping):
        return FrozenDict({name: _immutable_entry(one) for name, one in value.items()})
    return tuple(map(_immutable_entry, value)) if isinstance(value, list | tuple) else value
