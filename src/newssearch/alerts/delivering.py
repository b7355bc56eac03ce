"""What outputs are owed: the batches of an alert are delivered to each of its outputs, and the state says what each has got."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from newssearch.errors import NewssearchError
from newssearch.system.atomic_files import remove_unused
from newssearch.system.fault_points import fault_point
from newssearch.system.frozen import FrozenDict

from .batch import Batch, batch_file, batch_files, unfinished_files
from .outputs import STDOUT, DeliveryError, Environment, output_of
from .reports import Delivery
from .saved import SavedSearch
from .state import AlertState, write_alert_state


def output_key(spec: str) -> str:
    """Return the key of an output in the state: its kind and a digest, because the text may have a secret in it."""
    digest = hashlib.sha256(spec.encode("utf-8", "backslashreplace")).hexdigest()[:16]
    return f"{_kind_of(spec)}:{digest}"


def _kind_of(text: str) -> str:
    return text.partition(":")[0]


class _Outcome(NamedTuple):
    """What came of the deliveries to one output: the entries that it got, and the first failure with what it lacks."""

    entries: int = 0
    error: Exception | None = None
    owed: int = 0
    lacking: tuple[int, ...] = ()
    """The runs of which it lacks the articles."""


class Deliverer:
    """Delivers the batches of one search. The lock of its alert must be held.

    ``state`` is the present state of the alert, which is on disk after each delivery. An output that the search no longer
    has is owed nothing any more, and a new one nothing of earlier runs; but an output that takes the place of the only
    one of its kind that went is owed what that was: somebody has corrected it.
    """

    def __init__(
        self, folder: Path, search: SavedSearch, state: AlertState, environment: Environment
    ) -> None:
        self._folder = folder
        self._search = search
        self._environment = environment
        self._batches: dict[int, Batch | Exception] = {}
        self.state = state
        self._set_outputs()

    def _set_outputs(self) -> None:
        before = self.state.progress
        keys = [output_key(spec) for spec in self._search.outputs]
        gone, come = [key for key in before if key not in keys], [key for key in keys if key not in before]
        if len(gone) == len(come) == 1 and _kind_of(gone[0]) == _kind_of(come[0]):
            before = {**before, come[0]: before[gone[0]]}
            gone = []
        self.dropped = any(run > before[key] for key in gone for run in self.state.batches)
        """Whether an output that the search no longer has was owed something."""
        progress = FrozenDict({key: before.get(key, self.state.run) for key in keys})
        self.state = replace(self.state, progress=progress)

    def batch(self, run: int) -> Batch:
        """Return the batch of a run. Raises :class:`~newssearch.AlertError` or OSError if it cannot be read."""
        if run not in self._batches:
            try:
                self._batches[run] = Batch.load(batch_file(self._folder, self._search.name, run))
            except Exception as error:  # of a file that another program has changed
                self._batches[run] = error
        found = self._batches[run]
        if isinstance(found, Exception):
            raise found
        return found

    def deliver(self) -> list[Delivery]:
        """Deliver to each output but standard output what it is owed, in order, until one delivery fails."""
        outcomes = [(spec, self._delivered(spec)) for spec in self._search.outputs if spec != STDOUT]
        return [self._delivery(spec, one) for spec, one in outcomes if one.entries or one.error]

    def give_up(self) -> int:
        """Deliver what can be delivered, and forget the rest. Return the number of runs that an output lacks then.

        Standard output is still owed what can be read: it gets that with the next run.
        """
        lacking: set[int] = set()
        progress = dict(self.state.progress)
        for spec in self._search.outputs:
            if spec != STDOUT:
                lacking.update(self._delivered(spec, skip_unreadable=True).lacking)
                progress[output_key(spec)] = self.state.run
        unreadable = {run for run in self.owed(STDOUT) if not self._can_be_read(run)}
        batches = tuple(run for run in self.state.batches if run in {*self.owed(STDOUT)} - unreadable)
        self.state = replace(self.state, progress=FrozenDict(progress), batches=batches)
        write_alert_state(self._folder, self._search.name, self.state)
        self.remove_orphans()
        return len(lacking | unreadable)

    def owed(self, spec: str) -> list[int]:
        """Return the runs whose batches an output is owed, in order."""
        got = self.state.progress.get(output_key(spec), self.state.run)
        return [run for run in self.state.batches if run > got]

    def owed_to_stdout(self) -> tuple[list[Batch], list[Delivery]]:
        """Return the batches that standard output is owed, up to one that cannot be read, which fails."""
        owed, readable = self.owed(STDOUT), []
        for number, run in enumerate(owed):
            try:
                readable.append(self.batch(run))
            except Exception as error:
                outcome = _Outcome(0, error, self._entries_of(owed[number:]))
                return readable, [self._delivery(STDOUT, outcome)]
        return readable, []

    def got(self, spec: str, run: int) -> None:
        """Note that an output has got the batch of a run, and all before."""
        progress = FrozenDict({**self.state.progress, output_key(spec): run})
        self.state = replace(self.state, progress=progress)
        write_alert_state(self._folder, self._search.name, self.state)

    def remove_batches(self) -> None:
        """Forget the batches that all outputs have, and remove their files."""
        state = self.state
        owed = tuple(run for run in state.batches if any(got < run for got in state.progress.values()))
        if owed != state.batches:
            self.state = replace(state, batches=owed)
            write_alert_state(self._folder, self._search.name, self.state)
            self.remove_orphans()

    def remove_orphans(self) -> None:
        """Remove the files of batches that no output is owed, and what killed runs have left."""
        for file in unfinished_files(self._folder, self._search.name):
            remove_unused(file)
        for run, file in batch_files(self._folder, self._search.name).items():
            if run not in self.state.batches:
                remove_unused(file)
                fault_point("alert: batch removed")

    def _delivered(self, spec: str, *, skip_unreadable: bool = False) -> _Outcome:
        output = output_of(spec)
        owed, entries = self.owed(spec), 0
        skipped: list[int] = []
        for number, run in enumerate(owed):
            if skip_unreadable and not self._can_be_read(run):
                skipped.append(run)
                continue
            try:
                batch = self.batch(run)
                output.deliver(batch, self._environment)
            except Exception as error:  # whatever is wrong with one output, the others go on
                left = owed[number:]
                return _Outcome(entries, error, self._entries_of(left), (*skipped, *left))
            fault_point("alert: delivered")
            self.got(spec, run)
            entries += len(batch.entries)
        return _Outcome(entries, lacking=tuple(skipped))

    def _can_be_read(self, run: int) -> bool:
        try:
            self.batch(run)
        except Exception:
            return False
        return True

    def _entries_of(self, runs: list[int]) -> int:
        return sum(len(self.batch(run).entries) for run in runs if self._can_be_read(run))

    def _delivery(self, spec: str, outcome: _Outcome) -> Delivery:
        error = outcome.error
        reason = self._environment.cleaned(reason_of(error)) if error is not None else ""
        return Delivery(output_of(spec).shown, outcome.entries, reason, outcome.owed)


def reason_of(error: Exception) -> str:
    """Return the reason of a failure for people; it may have secrets in it. An unexpected one is named."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    if isinstance(error, NewssearchError | DeliveryError | OSError):
        return str(error) or type(error).__name__
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
