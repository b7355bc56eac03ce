"""A command that gets the entries as lines of JSON on its standard input."""

from __future__ import annotations

import shlex
import tempfile
from pathlib import Path

from newssearch.alerts.batch import Batch
from newssearch.system.programs import run_program

from .delivery import DeliveryError, Environment
from .trust import check_owner

COMMAND_SECONDS = 60.0
"""A command that runs longer is ended, and the delivery counts as failed."""


class Command:
    """A program with its arguments, written as for a shell; with ``shell``, a text that the shell of the system runs."""

    def __init__(self, target: str, *, shell: bool = False) -> None:
        self._words = [target] if shell else shlex.split(target)
        self._shell = shell
        if not self._words or not self._words[0].strip():
            raise ValueError("no command")
        self.shown = f"{'shell' if shell else 'exec'}:{Path(self._words[0].split()[0]).name}"

    def deliver(self, batch: Batch, environment: Environment) -> None:
        """Run the command in the archive's folder. It has taken the batch if it ends with exit code 0 in time.

        ``NEWSSEARCH_SEARCH`` and ``NEWSSEARCH_RUN`` say which search and which run it is. It gets no other variable of
        newssearch, and none with the web address of an output. What it prints is discarded; the last line on standard error
        is the reason of a failure. If this process ends meanwhile, in any way, the command and all that it has started are
        ended: the batch comes again. It is not run if somebody else may have written the search: see :func:`check_owner`.
        """
        check_owner(environment.folder, batch.search)
        variables = environment.for_commands()
        variables |= {"NEWSSEARCH_SEARCH": batch.search, "NEWSSEARCH_RUN": str(batch.run)}
        with tempfile.TemporaryDirectory(prefix="newssearch-", ignore_cleanup_errors=True) as scratch:
            try:
                ended = run_program(
                    self._words[0] if self._shell else self._words,
                    Path(scratch),
                    seconds=COMMAND_SECONDS,
                    data=b"".join(batch.lines()),
                    folder=environment.folder,
                    variables=variables,
                )
            except OSError as error:
                raise DeliveryError(
                    environment.cleaned(f"cannot be run: {error.strerror or error}")
                ) from None
        if ended.code == 0:
            return
        ending = (
            f"ran longer than {COMMAND_SECONDS:g} seconds"
            if ended.code is None
            else f"ended with exit code {ended.code}"
        )
        lines = ended.errors.split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), "")
        raise DeliveryError(environment.cleaned(f"{ending}: {last}" if last else ending))
