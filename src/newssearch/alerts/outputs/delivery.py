"""What all outputs of alerts have in common."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Protocol

from newssearch.alerts.batch import Batch
from newssearch.archive import SEARCH_SUFFIX, SEARCHES, why_no_output
from newssearch.config import CONFIG_FILE, PROJECT_FILE
from newssearch.display import escape
from newssearch.system.real_paths import real_path

SECRETS = (
    "NEWSSEARCH_SMTP_PASSWORD", "NEWSSEARCH_WEBHOOK_SECRET", "NEWSSEARCH_OPENSEARCH_PASSWORD", "NEWSSEARCH_OPENSEARCH_TOKEN",
)  # fmt: skip
"""The environment variables of newssearch with secrets. They reach no file, no message and no command."""
OWN_VARIABLES = "NEWSSEARCH_"
"""How the names of all environment variables of newssearch begin."""
_HOOK = re.compile(r"webhook:\s*env:([A-Za-z_][A-Za-z0-9_]*)")
"""Matches an output whose web address is in an environment variable."""
MAX_REASON = 300
"""The largest number of characters of a reason why a delivery failed."""


class DeliveryError(Exception):
    """An output could not take a batch. The message says why, without secrets."""


class Environment(NamedTuple):
    """Where an output works: the folder of the archive, and the environment variables."""

    folder: Path
    variables: Mapping[str, str]

    def path(self, name: str) -> Path:
        """Return the path of an output, which is relative to the archive's folder.

        Raises :class:`DeliveryError` for a path that no output may write (:func:`~newssearch.archive.why_no_output`), and
        for what is there already and is no file.
        """
        try:
            path = self.folder / Path(name).expanduser()
        except RuntimeError as error:
            raise DeliveryError(self.cleaned(error)) from None
        if reason := why_no_output(path, self.folder):
            raise DeliveryError(reason)
        real = Path(real_path(path))
        if real.exists() and not (real.is_file() or real.is_dir()):
            raise DeliveryError("this is a device or a pipe: name a file")
        return path

    def hooks(self) -> frozenset[str]:
        """Return the names of the environment variables that have web addresses of outputs of the archive's searches."""
        names: set[str] = set()
        for file in (
            *self.folder.glob(f"{SEARCHES}/*{SEARCH_SUFFIX}"),
            self.folder / CONFIG_FILE,
            self.folder / PROJECT_FILE,
        ):
            with suppress(OSError):
                names.update(_HOOK.findall(file.read_text("utf-8", "replace")))
        return frozenset(names)

    def for_commands(self) -> dict[str, str]:
        """Return the variables that commands get: none of newssearch itself, and no web address of an output."""
        hooks = self.hooks()
        return {
            name: value
            for name, value in self.variables.items()
            if name not in hooks and not name.upper().startswith(OWN_VARIABLES)
        }

    def cleaned(self, reason: object) -> str:
        """Return a reason for people on one line of limited length, without the values of secrets."""
        text = str(reason)
        secrets = {self.variables.get(name, "").strip() for name in (*SECRETS, *self.hooks())}
        for secret in sorted(filter(None, secrets), key=len, reverse=True):
            text = text.replace(secret, "***")
        line = escape.terminal(text)
        return line if len(line) <= MAX_REASON else f"{line[: MAX_REASON - 1]}…"


def expandable(name: str) -> str:
    """Return a path as a search states it. Raises ValueError if it begins with the home of a user that does not exist.

    >>> expandable("out/rain.jsonl")
    'out/rain.jsonl'
    """
    try:
        Path(name).expanduser()
    except RuntimeError:
        raise ValueError("there is no such home folder") from None
    return name


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
