"""Runs a program of the system with limits of time and memory, which never outlives this process.

A *watcher*, another Python process, starts the program in a process group of its own, and reads a pipe from this
process. The pipe ends when the time is over, or when this process ends for any reason; the watcher then kills the
whole group.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from .workers import is_python

SECONDS_TO_KILL = 10
"""The number of seconds that a watcher has to kill a program."""

LONGEST_ERRORS = 4_000
"""The number of bytes at the end of what a program writes to standard error that are kept."""

_ERRORS_FILE, _INPUT_FILE, _FAILURE_FILE = "errors.txt", "input.bin", "failure.json"
_SHELL, _EXEC = "shell", "exec"
_CANNOT_BE_RUN = 127  # as shells say it
_NEW_PROCESS_GROUP, _HIDDEN = 0x0000_0200, 0x0800_0000  # creation flags of Windows


class ProgramResult(NamedTuple):
    """How a program ended: its exit code, or None if its time was over, and the end of its standard error.

    The code of a program that signal N ended is 128 + N, as in shells.
    """

    code: int | None
    errors: str


def run_program(
    command: Sequence[str] | str,
    scratch: Path,
    *,
    seconds: float,
    memory: int | None = None,
    data: bytes = b"",
    folder: Path | None = None,
    variables: Mapping[str, str] | None = None,
) -> ProgramResult:
    """Run a program and wait for its end, at most ``seconds``. A command that is one text is run by the system's shell.

    The program gets ``data`` on its standard input. It runs in ``folder``, by default ``scratch``, with the environment
    ``variables``, by default those of this process; its temporary files are then in ``scratch``, too. ``scratch`` is for this
    run alone: if the time is over, or this process dies, it is removed with all that is in it. Each process of the program has
    ``memory`` bytes, where the system can limit that; None for no limit. Raises OSError if the program cannot be started.
    """
    posix = os.name == "posix"
    shell = isinstance(command, str)
    words = [command] if isinstance(command, str) else [*command]
    watched = is_python()
    if watched:
        kind = _SHELL if shell else _EXEC
        words = [sys.executable, "-I", "-c", _code(), str(scratch.absolute()), str(memory or 0), kind, *words]
    (scratch / _INPUT_FILE).write_bytes(data)
    with (scratch / _ERRORS_FILE).open("w+b") as errors, (scratch / _INPUT_FILE).open("rb") as given:
        process = subprocess.Popen(
            words[0] if shell and not watched else words,
            shell=shell and not watched,
            cwd=scratch if folder is None else folder,
            stdin=subprocess.PIPE if watched else given,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env=_scratch_variables(scratch) if variables is None else variables,
            start_new_session=posix,
            creationflags=0 if posix else _NEW_PROCESS_GROUP | _HIDDEN,
        )
        code: int | None = None
        try:
            code = _shell_code(process.wait(seconds))
        except subprocess.TimeoutExpired:
            pass
        finally:
            _end_program(process, watched, is_over=code is not None)
        _raise_failure(scratch / _FAILURE_FILE, code)
        errors.seek(max(0, errors.seek(0, os.SEEK_END) - LONGEST_ERRORS))
        return ProgramResult(code, errors.read().decode("utf-8", "replace"))


def _scratch_variables(scratch: Path) -> dict[str, str]:
    return {
        **os.environ,
        **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(scratch)),
        "OMP_THREAD_LIMIT": "1",
    }


def _shell_code(code: int) -> int:
    return 128 - code if os.name == "posix" and code < 0 else code


def _raise_failure(file: Path, code: int | None) -> None:
    """Raise the OSError that kept a watcher from starting its program, if one did."""
    if code == _CANNOT_BE_RUN and file.exists():
        number, reason = json.loads(file.read_text("utf-8"))
        raise OSError(number, reason)


def _end_program(process: subprocess.Popen[bytes], watched: bool, *, is_over: bool) -> None:
    """End a watcher and its program, or a program without a watcher."""
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()
    if not (watched or is_over):  # processes that a finished program has left running are not ours to end
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
    place, memory, kind, *command = sys.argv[1:]
    scratch = Path(place)
    if int(memory):
        _limit_memory(int(memory))
    posix = os.name == "posix"
    try:
        with (scratch / _INPUT_FILE).open("rb") as given:
            process = subprocess.Popen(
                command[0] if kind == _SHELL else command,
                shell=kind == _SHELL,
                stdin=given,
                start_new_session=posix,
                creationflags=0 if posix else _NEW_PROCESS_GROUP | _HIDDEN,
            )
    except OSError as error:
        (scratch / _FAILURE_FILE).write_text(json.dumps([error.errno, error.strerror or str(error)]), "utf-8")
        os._exit(_CANNOT_BE_RUN)
    killing = threading.Lock()
    threading.Thread(target=_kill_at_end_of_input, args=(process, scratch, killing), daemon=True).start()
    code = process.wait()
    killing.acquire()  # whoever kills the program also removes the folder, and then ends this process
    os._exit(_shell_code(code) & 0xFF)


def _kill_at_end_of_input(process: subprocess.Popen[bytes], scratch: Path, killing: threading.Lock) -> None:
    sys.stdin.buffer.read()
    killing.acquire()
    _kill_tree(process)
    shutil.rmtree(scratch, ignore_errors=True)
    os._exit(1)


def _limit_memory(size: int) -> None:
    """Limit the memory of this process and of those that it starts, where the system can do that."""
    if sys.platform == "win32":
        return
    import resource  # there is none on Windows

    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
