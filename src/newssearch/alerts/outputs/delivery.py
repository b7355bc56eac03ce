"""What all outputs of alerts have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple, Protocol

from newssearch.alerts.batch import Batch
from newssearch.display import escape

SECRETS = ("NEWSSEARCH_SMTP_PASSWORD", "NEWSSEARCH_WEBHOOK_SECRET")
"""The environment variables with secrets. They reach no file, no message and no command."""
MAX_REASON = 300
"""The largest number of characters of a reason why a delivery failed."""


class DeliveryError(Exception):
    """An output could not take a batch. The message says why, without secrets."""


class Environment(NamedTuple):
    """Where an output works: the folder of the archive, and the environment variables."""

    folder: Path
    variables: Mapping[str, str]

    def path(self, name: str) -> Path:
        """Return a path that a search states, which is relative to the archive's folder."""
        return self.folder / Path(name).expanduser()

    def cleaned(self, reason: object, secrets: Iterable[str] = ()) -> str:
        """Return a reason for people on one line of limited length, without the values of secrets."""
        text = str(reason)
        for secret in (*(self.variables.get(name, "") for name in SECRETS), *secrets):
            if secret:
                text = text.replace(secret, "***")
        line = escape.terminal(text)
        return line if len(line) <= MAX_REASON else f"{line[: MAX_REASON - 1]}…"


class Output(Protocol):
    """One output of an alert."""

    @property
    def shown(self) -> str:
        """The output as messages show it, without what may be secret in it."""

    def deliver(self, batch: Batch, environment: Environment) -> None:
        """Deliver a batch, which has entries, whole. When this returns, it is in the receiver's hands, or on disk.

        A batch may come again, with the same bytes. Raises :class:`DeliveryError` or OSError if it was not taken, or
        perhaps not.
        """
