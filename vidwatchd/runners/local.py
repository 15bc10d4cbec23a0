"""local: visits made in worker processes of this machine, each of which may crash, hang or swell without harm.

Workers are spawned, so they share no lock and no open database with their parent, and are made polite: nice, first
in line for the kernel's memory killer, bounded in memory, deaf to Ctrl-C, and gone when their parent is.
"""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import connection, resource_tracker
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from vidwatchd.errors import Cancelled, WorkerDied
from vidwatchd.making import make_product, make_visit, read_progress
from vidwatchd.model import Outcome, ProductTask, VisitTask

MEMORY_BYTES = 2 * 2**30
_VISITS_A_WORKER = 200  # then it is replaced, which bounds what decoders leak
_GIVE_UP_SECONDS = 3.0


class LocalTicket:
    """One visit or product given to a ``LocalRunner``."""

    def __init__(
        self,
        task: VisitTask | ProductTask,
        future: ProcessFuture[list[Outcome]],
        memory_bytes: int,
        look: Callable[[], None] = lambda: None,
    ) -> None:
        self._task = task
        self._future = future
        self._memory_bytes = memory_bytes
        self._look = look

    def done(self) -> bool:
        """Whether ``result`` would return or raise at once."""
        self._look()
        return self._future.done()

    def result(self) -> list[Outcome]:
        """What became of each kind. Raises WorkerDied with the reason, Cancelled, StorageError."""
        try:
            return list(self._future.result())
        except CancelledError as error:
            raise Cancelled("the visit was stopped") from error
        except TimeoutError as error:
            raise WorkerDied(f"took longer than {error.args[1]:g} s and was ended") from error
        except MemoryError as error:
            raise WorkerDied(f"needed more than {self._memory_bytes / 2**30:.1f} GiB of memory") from error
        except ProcessExpired as error:
            raise WorkerDied(f"the worker {_ending(error.exitcode)}") from error
        except BrokenProcessPool as error:
            raise WorkerDied("the worker died before it began") from error

    def progress(self) -> float:
        """How far it has come, 0 to 1, as the worker last wrote it down."""
        return read_progress(self._task.out)

    def cancel(self) -> None:
        """Stop it; a worker that has begun is killed."""
        _cancel(self._future)


class LocalRunner:
    """A pool of worker processes that starts with the first visit and leaves when there is nothing to do."""

    def __init__(
        self, workers: int, nice: int = 10, idle_seconds: float = 60.0, memory_bytes: int = MEMORY_BYTES
    ) -> None:
        self._workers = workers
        self._nice = nice
        self._idle_seconds = idle_seconds
        self._memory_bytes = memory_bytes
        self._lock = threading.RLock()
        self._pool: _Pool | None = None
        self._running: set[Future[Any]] = set()
        self._idle_since = time.monotonic()
        self._timer: threading.Timer | None = None

    @property
    def workers(self) -> int:
        """How many visits run at once."""
        return self._workers

    @property
    def warm(self) -> bool:
        """Whether the worker processes are there."""
        return self._pool is not None

    def submit(self, task: VisitTask | ProductTask, *, timeout_seconds: float) -> LocalTicket:
        """Queue one visit or product; ``timeout_seconds`` counts from when a worker takes it."""
        work = make_product if isinstance(task, ProductTask) else make_visit
        future = self.call(work, task, timeout_seconds=timeout_seconds)
        return LocalTicket(task, future, self._memory_bytes, self._look)

    def call(self, work: Callable[[Any], Any], task: Any, *, timeout_seconds: float) -> ProcessFuture[Any]:
        """Have ``work(task)`` done by a worker; ``work`` must be importable there."""
        self._look()
        with self._lock:
            self._forget_timer()
            self._pool = self._pool or _Pool(self._workers, self._nice, self._memory_bytes)
            future = self._pool.schedule(_done, args=(work, task), timeout=timeout_seconds)
            self._running.add(future)
        future.add_done_callback(self._finished)
        return future

    def idle_close(self) -> bool:
        """Let the workers go when they had no work for the idle time; whether they are gone."""
        with self._lock:
            if self._running or time.monotonic() - self._idle_since < self._idle_seconds:
                return self._pool is None
            pool = self._detached()
        if pool:
            pool.end()
        return True

    def close(self, wait_seconds: float = 0.0) -> None:
        """Wait so long for running visits, then kill what is left; no child remains."""
        deadline = time.monotonic() + wait_seconds
        while self._running and time.monotonic() < deadline:
            time.sleep(0.02)
        with self._lock:
            self._forget_timer()
            running = list(self._running)
            pool = self._detached()
        if pool:
            pool.end(running)

    def _look(self) -> None:
        """Put away a pool that broke; pebble forgets what it was handed meanwhile, and nobody shall wait for that."""
        with self._lock:
            broken = self._pool is not None and not self._pool.active
            lost, pool = (list(self._running), self._detached()) if broken else ([], None)
        if pool:
            pool.end()
            for future in [future for future in lost if not future.done()]:
                future.set_exception(BrokenProcessPool("no worker is left"))

    def _detached(self) -> _Pool | None:
        # Ended by the caller without the lock: pebble's threads, which are waited for, take it in _finished.
        pool, self._pool = self._pool, None
        return pool

    def _finished(self, future: Future[Any]) -> None:
        with self._lock:
            self._running.discard(future)
            if not self._running:
                self._idle_since = time.monotonic()
                self._set_timer()

    def _set_timer(self) -> None:
        self._forget_timer()
        if self._pool is not None:
            self._timer = threading.Timer(self._idle_seconds + 0.01, self.idle_close)
            self._timer.daemon = True
            self._timer.start()

    def _forget_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class _Pool(ProcessPool):
    """pebble's pool with spawned workers of ours, that can be ended at once."""

    def __init__(self, workers: int, nice: int, memory_bytes: int) -> None:
        self._processes = _Context()
        super().__init__(
            workers, _VISITS_A_WORKER, initializer=_begin, initargs=(nice, memory_bytes), context=self._processes
        )
        with _without_interrupts():
            assert self.active  # starts its threads and processes, which inherit the mask

    def end(self, running: Iterable[Future[Any]] = ()) -> None:
        """Cancel what runs and kill all workers at once: pebble would ask one after the other, three seconds each."""
        self.stop()  # type: ignore[no-untyped-call]  # pebble leaves this one untyped
        for future in running:
            _cancel(future)
        self._processes.kill_all()
        self.join()
        self._processes.kill_all()


class _Context:
    """multiprocessing's spawning, remembering the processes so that all can be killed at once."""

    def __init__(self) -> None:
        self._spawn: SpawnContext = multiprocessing.get_context("spawn")
        self._processes: list[SpawnProcess] = []

    def Process(
        self, target: Callable[..., object], name: str, args: Iterable[Any], kwargs: Mapping[str, Any]
    ) -> SpawnProcess:
        """A process that is remembered."""
        self._processes = [process for process in self._processes if process.pid is None or process.is_alive()]
        process = self._spawn.Process(target=target, name=name, args=tuple(args), kwargs=dict(kwargs))
        self._processes.append(process)
        return process

    def kill_all(self) -> None:
        """Kill every process that still lives and wait for the end; their ffmpegs are tied to them."""
        begun = [process for process in self._processes if process.pid is not None]
        for process in begun:
            process.kill()
        for process in begun:
            process.join(_GIVE_UP_SECONDS)
        self._processes.clear()

    def Pipe(self, duplex: bool = True) -> tuple[Any, Any]:
        """A pipe."""
        return self._spawn.Pipe(duplex)

    def RLock(self) -> Any:
        """A lock between processes."""
        return self._spawn.RLock()

    def get_start_method(self) -> str:
        """Always spawn."""
        return "spawn"


def _begin(nice: int, memory_bytes: int) -> None:
    """A worker's first steps."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    # pebble's handler needs the interpreter's turn, which a decoder stuck in C never gives back.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    os.nice(nice)
    # To the libraries a model's name that is no folder is something to download: what is not there is not there.
    os.environ |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy would reserve memory for one a core
    if memory_bytes:
        resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    if sys.platform == "linux":
        with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
            file.write("500")
    threading.Thread(target=_leave_with_parent, daemon=True).start()


def _done(work: Callable[[Any], Any], task: Any) -> Any:
    """In a worker: do it, and give back what it no longer needs.

    The threads of decoders leave their heaps in pieces: after forty clips a worker held 180 MB, and 105 MB like this.
    """
    try:
        return work(task)
    finally:
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc has it
        if trim:
            trim(0)


def _leave_with_parent() -> None:
    # Not prctl(PR_SET_PDEATHSIG): that fires when the parent's *thread* ends, and any thread may have started us.
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Children begun meanwhile are born deaf to Ctrl-C: one pressed while they load would print their tracebacks."""
    resource_tracker.ensure_running()  # Python starts it with the first child, and lets Ctrl-C through again then
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _cancel(future: Future[Any]) -> None:
    future.cancel()


def _ending(exitcode: int) -> str:
    if exitcode >= 0:
        return f"ended by itself with exit code {exitcode}"
    try:
        name = signal.Signals(-exitcode).name
    except ValueError:
        name = f"signal {-exitcode}"
    hint = " (perhaps the system ran out of memory)" if name == "SIGKILL" else ""
    return f"crashed with {name}{hint}"
