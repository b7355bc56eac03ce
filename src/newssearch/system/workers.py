"""Work given to other processes, so that a long run of reading and indexing uses all processors.

A *helper* is another Python that reads tasks from its standard input and answers on its standard output. It is started
by its command line instead of by :mod:`multiprocessing`, so that it runs nothing of the program that newssearch is part
of, whatever threads that has, and whether or not it has a ``__main__`` that can be imported. What a task does does not
depend on where it is done.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import traceback
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from newssearch.errors import NewssearchError

VARIABLE = "NEWSSEARCH_PROCESSES"
"""Of the environment: how many processes index; 1 for none but the one that asks."""
MOST = 8
"""Processes, however many processors there are: each takes memory, and one feeds them all."""
_READY = b"ready\n"
_NEW_GROUP, _NO_WINDOW = 0x0000_0200, 0x0800_0000  # how Windows is to create a process


class HelperError(NewssearchError):
    """A process that was to do a part of the work is gone."""


class Memory(dict[type, Any]):
    """What is kept from one task to the next, by its type."""


class Task(Protocol):
    """Something to do, which can be pickled."""

    def run(self, memory: Memory) -> Any:
        """Do it."""


def wanted() -> int:
    """How many processes are to index."""
    asked = os.environ.get(VARIABLE, "")
    if asked.isdecimal() and int(asked):
        return min(int(asked), MOST)
    available = getattr(os, "sched_getaffinity", None)  # not everywhere
    return min(len(available(0)) if available else os.cpu_count() or 1, MOST)


class Helpers(Protocol):
    """Who tasks are given to."""

    number: int
    """How many tasks are done at a time."""

    def give(self, task: Task) -> Future[Any]:
        """Let a task be done while we go on; the future raises what it does."""

    def end(self) -> None:
        """Do no more."""


class Thread:
    """The one helper in this process."""

    number = 1

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1)
        self._memory = Memory()

    def give(self, task: Task) -> Future[Any]:
        """Let a task be done while we go on."""
        return self._pool.submit(task.run, self._memory)

    def end(self) -> None:
        """Do no more than what is begun."""
        self._pool.shutdown(cancel_futures=True)


class Processes:
    """So many helpers, each started when there is something to do for it.

    A helper that is gone is not replaced, unless ``again``: then its task fails, and the next one has a new helper.
    """

    def __init__(self, number: int, *, again: bool = False) -> None:
        self.number = number
        self._again = again
        self._pool = ThreadPoolExecutor(number)  # a thread waits for each
        self._idle: queue.LifoQueue[_Helper | None] = queue.LifoQueue()
        for _ in range(number):
            self._idle.put(None)
        self._started: list[_Helper] = []
        self._here = threading.Lock()
        self._memory = Memory()
        self._ended = False

    def give(self, task: Task) -> Future[Any]:
        """Let a helper do a task; where none can be started, it is done by a thread.

        The future raises what the task raises, or :class:`HelperError` where the helper is gone.
        """
        return self._pool.submit(self._run, task)

    def _run(self, task: Task) -> Any:
        helper = self._idle.get()
        try:
            if helper is None:
                helper = _Helper()
                self._started.append(helper)
                if self._ended:
                    helper.end()
            if helper.ready:
                return helper.run(task)
        finally:
            gone = helper is not None and helper.started and not helper.ready
            self._idle.put(None if gone and self._again and not self._ended else helper)
        with self._here:
            return task.run(self._memory)

    @property
    def ids(self) -> list[int]:
        """Of the processes that run."""
        return [helper.id for helper in self._started if helper.ready]

    def end(self) -> None:
        """End all helpers, whatever they do."""
        self._ended = True
        for helper in self._started:
            helper.end()
        self._pool.shutdown(cancel_futures=True)


class _HelperTraceback(Exception):  # noqa: N818  (no error of its own, as in concurrent.futures)
    """The cause of an exception that was raised in another process: the traceback there, as text."""

    def __str__(self) -> str:
        return f"\n{self.args[0]}"


class _Helper:
    """Another Python, with the same modules."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self.ready = self.started = False
        if not _is_python():
            return
        # It must not be stopped by what stops us: an interrupt from the terminal is ours to answer.
        posix = os.name == "posix"
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-c", _program()],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, **_ENVIRONMENT},
                start_new_session=posix,
                creationflags=0 if posix else _NEW_GROUP | _NO_WINDOW,
            )
            assert self._process.stdout is not None, "it was started with pipes"
            self.ready = self._process.stdout.readline() == _READY
        except OSError:
            pass
        self.started = self.ready
        if not self.ready:
            self.end()

    @property
    def id(self) -> int:
        """Of its process."""
        assert self._process is not None, "it is ready"
        return self._process.pid

    def run(self, task: Task) -> Any:
        """Let it do a task."""
        assert self._process is not None, "it is ready"
        assert self._process.stdin is not None, "it was started with pipes"
        assert self._process.stdout is not None, "it was started with pipes"
        try:
            pickle.dump(task, self._process.stdin, pickle.HIGHEST_PROTOCOL)
            self._process.stdin.flush()
            done, result, trace = pickle.load(self._process.stdout)
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            self.end()
            message = (
                f"a process that helped to index ended with {self._process.returncode}: what was committed before"
                f" stays; run it again, or with {VARIABLE}=1 if there is not enough memory for several"
            )
            raise HelperError(message) from error
        if not done:
            raise result from _HelperTraceback(trace)
        return result

    def end(self) -> None:
        """End it, whatever it does."""
        self.ready = False
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # what was still to be written has no reader any more
                    pipe.close()


def _is_python() -> bool:
    """Whether there is a Python to start: a program that brings its own calls itself the executable."""
    name = Path(sys.executable or "").name.lower()
    return name.startswith(("python", "pypy")) and not getattr(sys, "frozen", False)


def _program() -> str:
    """What a helper runs: it finds all modules where we find them."""
    return f"import sys; sys.path[:] = {sys.path!r}; from {__name__} import serve; serve()"


_ENVIRONMENT = {
    # Large arrays come and go: the C library of Linux is to keep their memory, instead of asking for it each time.
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 30),
    # A helper for each processor is enough.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


def serve() -> None:
    """Do the tasks that come in by standard input, until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()  # there are millions of objects that stay, and no circles
    tasks, results = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what anything prints is no result
    results.write(_READY)
    results.flush()
    memory = Memory()
    while (task := _next(tasks)) is not None:
        answer = _done(task, memory)
        del task
        results.write(answer)
        results.flush()


def _next(tasks: BinaryIO) -> Any:
    """The next task, or None where no more are to come."""
    try:
        return pickle.load(tasks)
    except EOFError:
        return None


def _done(task: Any, memory: Memory) -> bytes:
    """A task done, or what it raised."""
    try:
        return pickle.dumps((True, task.run(memory), ""))
    except Exception as error:
        trace = traceback.format_exc()
        try:
            answer = pickle.dumps((False, error, trace))
            pickle.loads(answer)
        except Exception:  # not every exception can be sent
            answer = pickle.dumps((False, RuntimeError(repr(error)), trace))
        return answer
