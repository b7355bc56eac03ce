"""Worker processes, so that a long run of reading and indexing uses all processors.

A *worker* is another Python process that reads tasks from its standard input and writes their results to its standard
output. It is started by its command line instead of by :mod:`multiprocessing`. So it runs no code of the program that
embeds newssearch, and it also works if that program has threads or a ``__main__`` that cannot be imported. The result
of a task does not depend on the process that runs it.
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

PROCESSES_VARIABLE = "NEWSSEARCH_PROCESSES"
"""The environment variable that sets the number of indexing processes; with 1, no worker process is started."""
MAX_PROCESSES = 8
"""The largest number of processes on any machine. Each takes memory, and a single process sends all of them their
tasks."""
_READY = b"ready\n"
_NEW_GROUP, _NO_WINDOW = 0x0000_0200, 0x0800_0000  # creation flags of Windows


class WorkerError(NewssearchError):
    """A worker process ended before its task was done."""


class WorkerMemory(dict[type, Any]):
    """The objects that a worker keeps from one task to the next, with the type of each object as its key."""


class Task(Protocol):
    """A unit of work. The task and its result can be pickled."""

    def run(self, memory: WorkerMemory) -> Any:
        """Run the task and return its result; ``memory`` has what the worker has kept from earlier tasks."""


def worker_count() -> int:
    """Return the number of processes to index with: at least 1, at most :data:`MAX_PROCESSES`."""
    asked = os.environ.get(PROCESSES_VARIABLE, "")
    if asked.isdecimal() and int(asked):
        return min(int(asked), MAX_PROCESSES)
    available = getattr(os, "sched_getaffinity", None)  # Linux has it
    return min(len(available(0)) if available else os.cpu_count() or 1, MAX_PROCESSES)


class WorkerPool(Protocol):
    """The protocol of a pool, which runs tasks in the background on a thread or in other processes."""

    number: int
    """The number of tasks that run concurrently."""

    def submit(self, task: Task) -> Future[Any]:
        """Run a task in the background. Return a future with its result; the future raises the task's exception."""

    def shutdown(self) -> None:
        """End the pool: tasks that have not begun are cancelled."""


class ThreadWorker:
    """A pool of a single worker: a thread of this process."""

    number = 1

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1)
        self._memory = WorkerMemory()

    def submit(self, task: Task) -> Future[Any]:
        """Run a task on the thread. Return a future with its result."""
        return self._pool.submit(task.run, self._memory)

    def shutdown(self) -> None:
        """Finish the task that is running, and cancel the others."""
        self._pool.shutdown(cancel_futures=True)


class ProcessPool:
    """A pool of ``number`` worker processes, each started when it is first needed.

    If a worker dies, its task fails, and later tasks run in this process instead. With ``restart``, a new worker takes
    its place.
    """

    def __init__(self, number: int, *, restart: bool = False) -> None:
        self.number = number
        self._restart = restart
        self._pool = ThreadPoolExecutor(number)  # each thread waits for one worker
        self._idle: queue.LifoQueue[_WorkerProcess | None] = queue.LifoQueue()
        for _ in range(number):
            self._idle.put(None)
        self._started: list[_WorkerProcess] = []
        self._local = threading.Lock()  # held while a task runs in this process
        self._memory = WorkerMemory()
        self._ended = False

    def submit(self, task: Task) -> Future[Any]:
        """Run a task in a worker process, or on a thread if no process can be started. Return a future with its result.

        The future raises the exception of the task, or :class:`WorkerError` if the worker died.
        """
        return self._pool.submit(self._run, task)

    def _run(self, task: Task) -> Any:
        worker = self._idle.get()
        try:
            if worker is None:
                worker = _WorkerProcess()
                self._started.append(worker)
                if self._ended:
                    worker.kill()
            if worker.ready:
                return worker.run(task)
        finally:
            gone = worker is not None and worker.started and not worker.ready
            self._idle.put(None if gone and self._restart and not self._ended else worker)
        with self._local:
            return task.run(self._memory)

    @property
    def ids(self) -> list[int]:
        """The process ids of the running workers, in the order in which they were started."""
        return [worker.id for worker in self._started if worker.ready]

    def shutdown(self) -> None:
        """Kill all workers, whatever they are doing."""
        self._ended = True
        for worker in self._started:
            worker.kill()
        self._pool.shutdown(cancel_futures=True)


class _WorkerTraceback(Exception):  # noqa: N818  (not an error of its own, as in concurrent.futures)
    """The cause of an exception from a worker: the traceback in the worker, as text."""

    def __str__(self) -> str:
        return f"\n{self.args[0]}"


class _WorkerProcess:
    """A worker process: another Python interpreter with the module search path of this one."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self.ready = self.started = False
        if not is_python():
            return
        # An interrupt from the terminal must not reach the worker: this process decides how to end.
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
            assert self._process.stdout is not None, "the worker was started with pipes"
            self.ready = self._process.stdout.readline() == _READY
        except OSError:
            pass
        self.started = self.ready
        if not self.ready:
            self.kill()

    @property
    def id(self) -> int:
        """The process id of a worker that is ready."""
        assert self._process is not None, "the worker is ready"
        return self._process.pid

    def run(self, task: Task) -> Any:
        """Run a task and return its result. Raises the task's exception, or :class:`WorkerError` if the worker died."""
        assert self._process is not None, "the worker is ready"
        assert self._process.stdin is not None, "the worker was started with pipes"
        assert self._process.stdout is not None, "the worker was started with pipes"
        try:
            pickle.dump(task, self._process.stdin, pickle.HIGHEST_PROTOCOL)
            self._process.stdin.flush()
            done, result, trace = pickle.load(self._process.stdout)
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            self.kill()
            message = (
                f"an indexing process ended with exit code {self._process.returncode}; committed articles are safe."
                f" Run the command again, with {PROCESSES_VARIABLE}=1 if memory is short"
            )
            raise WorkerError(message) from error
        if not done:
            raise result from _WorkerTraceback(trace)
        return result

    def kill(self) -> None:
        """Kill the process, whatever it is doing."""
        self.ready = False
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # unwritten data has no reader any more
                    pipe.close()


def is_python() -> bool:
    """Whether :data:`sys.executable` is a Python interpreter. In a program that bundles Python, it is that program."""
    name = Path(sys.executable or "").name.lower()
    return name.startswith(("python", "pypy")) and not getattr(sys, "frozen", False)


def _program() -> str:
    """Return the Python code that a worker runs. It sets the module search path of this process."""
    return f"import sys; sys.path[:] = {sys.path!r}; from {__name__} import serve; serve()"


_ENVIRONMENT = {
    # Large arrays come and go: the C library of Linux keeps their memory, instead of asking for it each time.
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 30),
    # There is a worker for each processor: its libraries need no threads of their own.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


def serve() -> None:
    """Run the tasks from standard input until it ends: the main loop of a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()  # a worker keeps millions of objects, and makes no reference cycles
    tasks, results = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # printed text must not get among the results
    results.write(_READY)
    results.flush()
    memory = WorkerMemory()
    while (task := _next_task(tasks)) is not None:
        answer = _answer(task, memory)
        del task
        results.write(answer)
        results.flush()


def _next_task(tasks: BinaryIO) -> Any:
    """Return the next task from the worker's input, or None at the end of the input."""
    try:
        return pickle.load(tasks)
    except EOFError:
        return None


def _answer(task: Any, memory: WorkerMemory) -> bytes:
    """Run a task. Return, pickled: whether it succeeded, its result or its exception, and the traceback as text."""
    try:
        return pickle.dumps((True, task.run(memory), ""))
    except Exception as error:
        trace = traceback.format_exc()
        try:
            answer = pickle.dumps((False, error, trace))
            pickle.loads(answer)
        except Exception:  # not every exception can be pickled
            answer = pickle.dumps((False, RuntimeError(repr(error)), trace))
        return answer
