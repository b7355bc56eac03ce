"""Several processes that serve one archive on one socket. Each maps the files of the index into its memory: they share it."""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
import signal
import socket
import subprocess
import sys
import tempfile
import time
from types import FrameType

from newssearch.web.security.attempts import ATTEMPTS_SIZE
from newssearch.web.settings import ServerSettings

from .listening import ServerError
from .worker import ENDING_SECONDS

SHORT_LIFE = 5.0
"""A process that ends within this time in seconds of its start has failed."""
MAX_FAILURES = 5
"""The number of processes that may fail one after the other before the server gives up."""
LOOK_SECONDS = 0.1
"""The time in seconds between two looks at whether all processes run."""

_log = logging.getLogger(__name__)


class ServerProcesses:
    """The processes of a server. One that dies is replaced. They count failed logins together, in a file without a name.

    A process is started by its command line, not by :mod:`multiprocessing`: so it runs no code of the program that embeds
    newssearch.
    """

    def __init__(self, settings: ServerSettings, listener: socket.socket, number: int, quiet: bool) -> None:
        self._settings = settings
        self._listener = listener
        self._number = number
        self._quiet = quiet
        self._attempts = tempfile.TemporaryFile()  # noqa: SIM115  (closed when the server ends)
        self._attempts.truncate(ATTEMPTS_SIZE)
        self._running: dict[subprocess.Popen[bytes], float] = {}
        self._failures = 0
        self._ending = False

    def run(self) -> None:
        """Start the processes, and wait until SIGTERM or SIGINT ends the server. Raises ServerError if they fail."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._begin_to_end)
        try:
            for _ in range(self._number):
                self._start()
            while not self._ending:
                time.sleep(LOOK_SECONDS)
                self._replace_dead()
        finally:
            self._end_all()

    def _begin_to_end(self, number: int, frame: FrameType | None) -> None:
        self._ending = True

    def _start(self) -> None:
        number, attempts = self._listener.fileno(), self._attempts.fileno()
        process = subprocess.Popen(
            [sys.executable, "-I", "-c", f"import sys; sys.path[:] = {sys.path!r}; from newssearch.web.server.worker import serve_inherited; serve_inherited()"],
            stdin=subprocess.PIPE,
            pass_fds=(number, attempts),
            start_new_session=True,  # an interrupt from the terminal reaches this process alone
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        )  # fmt: skip
        self._running[process] = time.monotonic()
        assert process.stdin is not None, "the process was started with a pipe"
        with contextlib.suppress(OSError):  # it has ended already, which is seen at the next look
            process.stdin.write(pickle.dumps((self._settings, number, attempts, self._quiet)))
            process.stdin.flush()  # it stays open: its end tells the process that this one has ended

    def _replace_dead(self) -> None:
        for process, started in list(self._running.items()):
            if process.poll() is None or self._ending:
                continue
            del self._running[process]
            _close_input(process)
            _log.warning(
                "process %d ended with code %d; another one takes its place", process.pid, process.returncode
            )
            self._failures = self._failures + 1 if time.monotonic() - started < SHORT_LIFE else 0
            if self._failures >= MAX_FAILURES:
                raise ServerError(
                    f"{MAX_FAILURES} processes of the server ended one after the other; the lines above say why"
                )
            self._start()

    def _end_all(self) -> None:
        """Tell all processes to end, and wait until they have; end those by force that need too long."""
        self._listener.close()
        for process in self._running:
            process.terminate()
        deadline = time.monotonic() + ENDING_SECONDS + 3
        for process in self._running:
            try:
                process.wait(max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            _close_input(process)
        self._attempts.close()


def _close_input(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        with contextlib.suppress(OSError):  # unwritten data has no reader any more
            process.stdin.close()
