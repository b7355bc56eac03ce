"""A command that gets the entries as lines of JSON on its standard input."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from newssearch.alerts.batch import Batch

from .delivery import DeliveryError, Environment
from .trust import check_owner

COMMAND_SECONDS = 60.0
"""A command that runs longer is ended, and the delivery counts as failed."""
_SAID_BYTES = 2_000
"""The last bytes of what a failed command wrote to standard error, of which the last line is its reason."""


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
        is the reason of a failure. It is not run if somebody else may have written the search: see :func:`check_owner`.
        """
        check_owner(environment.folder, batch.search)
        variables = environment.for_commands()
        variables |= {"NEWSSEARCH_SEARCH": batch.search, "NEWSSEARCH_RUN": str(batch.run)}
        with tempfile.TemporaryFile() as said:
            try:
                process = subprocess.Popen(
                    self._words[0] if self._shell else self._words,
                    shell=self._shell,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL,
                    stderr=said,
                    cwd=environment.folder,
                    env=variables,
                    start_new_session=True,
                )
            except OSError as error:
                raise DeliveryError(environment.cleaned(f"cannot be run: {error.strerror}")) from None
            code = _ended(process, b"".join(batch.lines()))
            if code == 0:
                return
            said.seek(0, os.SEEK_END)
            said.seek(max(said.tell() - _SAID_BYTES, 0))
            lines = said.read().decode("utf-8", "replace").split("\n")
        ending = (
            f"ran longer than {COMMAND_SECONDS:g} seconds" if code is None else f"ended with exit code {code}"
        )
        last = next((line.strip() for line in reversed(lines) if line.strip()), "")
        raise DeliveryError(environment.cleaned(f"{ending}: {last}" if last else ending))


def _ended(process: subprocess.Popen[bytes], data: bytes) -> int | None:
    """Give a process its input, and return its exit code; None if it took too long and was ended."""
    try:
        process.communicate(data, timeout=COMMAND_SECONDS)
        return process.returncode
    except subprocess.TimeoutExpired:
        return None
    finally:
        if process.poll() is None:
            _end_all(process)


def _end_all(process: subprocess.Popen[bytes]) -> None:
    """End a process and those that it has started."""
    with suppress(OSError):
        if os.name == "nt":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    if process.stdin is not None:
        with suppress(OSError):
            process.stdin.close()
    process.wait()
