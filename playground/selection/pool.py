"""Processes that train runs side by side without taking each other's cores, and the same without any process.

A process that is killed loses its task, never the search; one whose owner is gone ends itself. What is trained is said
in runs.py, how in performing.py, what for in crossval.py and tune.py.
"""

from __future__ import annotations

import multiprocessing
import os
import queue
import signal
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Protocol

from playground.data.dataset import DataChoice, Dataset
from playground.selection.runs import Bench, Message, RunEpoch, Task, Together

FLUSH = 0.05
"""Seconds between two parcels of epochs."""


@dataclass(frozen=True)
class TaskDone:
    """A worker is free again."""

    task: Task


@dataclass(frozen=True)
class WorkerDied:
    """A worker ended in the middle of a task."""

    task: Task
    code: int | None
    """Its exit status; negative: the signal that ended it."""


@dataclass(frozen=True)
class _Drop:
    trial: int


News = Message | TaskDone | WorkerDied


class Workplace(Protocol):
    """Where tasks are done."""

    processes: int

    @property
    def idle(self) -> int:
        """How many more tasks could begin now."""
        ...

    def submit(self, task: Task) -> None:
        """Begin a task; there must be an idle worker."""
        ...

    def drop(self, trial: int) -> None:
        """Leave a trial after its epoch under way."""
        ...

    def news(self, timeout: float) -> Sequence[News]:
        """What has happened; waits for something at most so long."""
        ...

    def close(self) -> None:
        """End everything, at once."""
        ...


def cores() -> int:
    """Processors that this program may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Here:
    """Tasks done one after another in this process."""

    processes = 1

    def __init__(self, datasets: Mapping[DataChoice, Dataset] | None = None) -> None:
        self._bench = Bench(datasets)
        self._task: Task | None = None
        self._messages: Iterator[Message] = iter(())
        self._dropped: set[int] = set()

    @property
    def idle(self) -> int:
        return int(self._task is None)

    def submit(self, task: Task) -> None:
        from playground.selection.performing import perform

        self._task, self._dropped = task, set()
        self._messages = perform(task, self._bench, self._dropped.__contains__)

    def drop(self, trial: int) -> None:
        self._dropped.add(trial)

    def news(self, timeout: float) -> Sequence[News]:
        """The next message alone, so that what is dropped is left at once."""
        del timeout
        if self._task is None:
            return []
        for message in self._messages:
            return [message]
        done, self._task = TaskDone(self._task), None
        return [done]

    def close(self) -> None:
        self._task, self._messages = None, iter(())


@dataclass
class _Worker:
    process: BaseProcess
    connection: Connection
    task: Task | None = None


@dataclass
class Pool:
    """Processes begun as they are needed, each with its share of the cores.

    They have the priority of their owner. datasets: given to each in place of reading them.
    """

    processes: int = field(default_factory=cores)
    threads: int = 0
    """Of torch, in each; 0: its share of the cores."""
    datasets: Mapping[DataChoice, Dataset] = field(default_factory=dict)
    _workers: list[_Worker] = field(default_factory=list)

    @property
    def idle(self) -> int:
        return self.processes - sum(worker.task is not None for worker in self._workers)

    def submit(self, task: Task) -> None:
        worker = next((each for each in self._workers if each.task is None), None) or self._begin()
        worker.task = task
        try:
            worker.connection.send(task)
        except OSError:  # it died while it was idle: news() says so
            worker.connection.close()

    def drop(self, trial: int) -> None:
        for worker in self._workers:
            if worker.task is not None and trial in worker.task.trials and not worker.connection.closed:
                try:
                    worker.connection.send(_Drop(trial))
                except OSError:  # it died: news() will say so
                    return

    def news(self, timeout: float) -> Sequence[News]:
        gone = [worker for worker in self._workers if worker.connection.closed]
        ready: list[Any] = [] if gone else wait([worker.connection for worker in self._workers], timeout)
        found: list[News] = []
        for worker in list(self._workers):
            if worker.connection.closed or worker.connection in ready:
                found += self._heard(worker)
        return found

    def close(self) -> None:
        for worker in self._workers:
            worker.process.kill()
        for worker in self._workers:
            worker.process.join()
            worker.connection.close()
        self._workers.clear()

    def _begin(self) -> _Worker:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        threads = self.threads or max(1, cores() // self.processes)
        arguments = theirs, threads, dict(self.datasets)
        process = context.Process(target=_work, args=arguments, name="trials", daemon=True)
        with _without_ctrl_c():
            process.start()
        theirs.close()
        self._workers.append(_Worker(process, ours))
        return self._workers[-1]

    def _heard(self, worker: _Worker) -> list[News]:
        try:
            parcel: list[News] = worker.connection.recv()
        except (EOFError, OSError):
            self._workers.remove(worker)
            worker.process.join(5)
            worker.connection.close()
            return [WorkerDied(worker.task, worker.process.exitcode)] if worker.task is not None else []
        if any(isinstance(each, TaskDone) for each in parcel):
            worker.task = None
        return parcel


@contextmanager
def _without_ctrl_c() -> Iterator[None]:
    """A process begun meanwhile never hears of Ctrl+C: its owner decides what becomes of it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(connection: Connection, threads: int, datasets: Mapping[DataChoice, Dataset]) -> None:
    """In the worker: do tasks until the owner is gone."""
    os.environ["OMP_NUM_THREADS"] = str(threads)  # read when torch is imported, below
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tasks: queue.SimpleQueue[Task] = queue.SimpleQueue()
    dropped: set[int] = set()
    threading.Thread(target=_listen, args=(connection, tasks, dropped), daemon=True).start()

    from threadpoolctl import threadpool_limits

    from playground.engine.device import limit_threads
    from playground.selection.performing import perform

    limit_threads(threads)
    threadpool_limits(threads)  # numpy's, which was imported before
    bench = Bench(datasets)
    while True:
        task = tasks.get()
        dropped.clear()
        _send(connection, perform(task, bench, dropped.__contains__), task)


def _listen(connection: Connection, tasks: queue.SimpleQueue[Task], dropped: set[int]) -> None:
    """Hear of new tasks, and of trials given up. When the owner's end is closed, nobody needs this process any more."""
    while True:
        try:
            said = connection.recv()
        except (EOFError, OSError):
            os._exit(0)
        if isinstance(said, _Drop):
            dropped.add(said.trial)
        else:
            tasks.put(said)


def _send(connection: Connection, messages: Iterator[Message], task: Task) -> None:
    """Epochs in parcels, all else at once; of several frames the newest."""
    parcel: list[News] = []
    sent = time.monotonic()
    for message in messages:
        if isinstance(message, Together) and parcel and isinstance(parcel[-1], Together):
            parcel.pop()
        parcel.append(message)
        if time.monotonic() - sent > FLUSH or not isinstance(message, RunEpoch | Together):
            connection.send(parcel)
            parcel, sent = [], time.monotonic()
    connection.send([*parcel, TaskDone(task)])
