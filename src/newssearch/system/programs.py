"""Run a program of the system within limits of time and memory, so that it never outlives this process.

A *watcher*, another Python process, starts the program in a process group of its own. It reads from this process, and once
that input ends, because the time is over, or this process ends in any way, it kills the whole group.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from .workers import is_python

SECONDS_TO_KILL = 10
"""The number of seconds that a watcher has to kill a program."""

LONGEST_ERRORS = 4_000
"""The number of bytes at the end of what a program writes to standard error that are kept."""

_ERRORS_FILE = "errors.txt"
_NEW_PROCESS_GROUP, _HIDDEN = 0x0000_0200, 0x0800_0000  # creation flags of Windows


class ProgramResult(NamedTuple):
    """How a program ended: its exit code, or None if its time was over, and the end of its standard error."""

    code: int | None
    errors: str


def run_program(command: Sequence[str], folder: Path, *, seconds: float, memory: int) -> ProgramResult:
    """Run a program in a folder and wait for its end, at most ``seconds``; each of its processes has ``memory`` bytes.

    The folder is for the program alone: if its time is over, or this process dies, it is removed with all that is in it.
    The memory is limited where the system can do that. Raises OSError if the program cannot be started.
    """
    posix = os.name == "posix"
    watched = [sys.executable, "-I", "-c", _code(), str(folder), str(memory)] if is_python() else []
    with (folder / _ERRORS_FILE).open("w+b") as errors:
        process = subprocess.Popen(
            [*watched, *command],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env={
                **os.environ,
                **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder)),
                "OMP_THREAD_LIMIT": "1",
            },
            start_new_session=posix,
            creationflags=0 if posix else _NEW_PROCESS_GROUP | _HIDDEN,
        )
        code: int | None = None
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            pass
        finally:
            _end_program(process, bool(watched))
        errors.seek(max(0, errors.seek(0, os.SEEK_END) - LONGEST_ERRORS))
        return ProgramResult(code, errors.read().decode("utf-8", "replace"))


def _end_program(process: subprocess.Popen[bytes], watched: bool) -> None:
    """End a watcher and its program, or a program without a watcher."""
    assert process.stdin is not None, "the program was started with a pipe"
    with contextlib.suppress(OSError):
        process.stdin.close()
    if not watched:
        _kill_tree(process)
    try:
        process.wait(SECONDS_TO_KILL)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _kill_tree(process: subprocess.Popen[bytes]) -> None:
    """Kill a process that has a group of its own, with all of its children."""
    if os.name == "posix":
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False)


def _code() -> str:
    """Return the Python code that a watcher runs."""
    return f"import sys; sys.path[:] = {sys.path!r}; from {__name__} import watch; watch()"


def watch() -> None:
    """Run a program until it ends or standard input does: the main function of a watcher."""
    folder, memory, *command = sys.argv[1:]
    _limit_memory(int(memory))
    posix = os.name == "posix"
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            start_new_session=posix,
            creationflags=0 if posix else _NEW_PROCESS_GROUP | _HIDDEN,
        )
    except OSError as error:
        print(error, file=sys.stderr, flush=True)
        os._exit(127)
    threading.Thread(target=_kill_at_end_of_input, args=(process, Path(folder)), daemon=True).start()
    os._exit(process.wait() & 0xFF)


def _kill_at_end_of_input(process: subprocess.Popen[bytes], folder: Path) -> None:
    sys.stdin.buffer.read()
    _kill_tree(process)
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)


def _limit_memory(size: int) -> None:
    """Limit the memory of this process and of those that it starts, where the system can do that."""
    if sys.platform == "win32":
        return
    import resource  # there is none on Windows

    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
