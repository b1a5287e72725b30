"""Work beside the caller's thread, whose results come back on it.

The window's thread must not wait; poll() is called 20 to 30 times a second and hands over what is done.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")
_Awaited = tuple[Future[Any], Callable[[Any], None], Callable[[Exception], None]]


class Beside:
    """A few threads for reading, writing and asking."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="beside")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="beside-writing")
        self._awaited: list[_Awaited] = []

    def run(self, work: Callable[[], T], then: Callable[[T], None], failed: Callable[[Exception], None]) -> None:
        """Do some work on another thread; then or failed is called from poll()."""
        self.watch(self._threads.submit(work), then, failed)

    def write(self, work: Callable[[], T], then: Callable[[T], None], failed: Callable[[Exception], None]) -> None:
        """The same, one after the other in the order asked for: of two savings the later one must stay."""
        self.watch(self._writer.submit(work), then, failed)

    def watch(self, future: Future[T], then: Callable[[T], None], failed: Callable[[Exception], None]) -> None:
        """Have then or failed called from poll() when a future is done; neither if it is cancelled."""
        self._awaited.append((future, then, failed))

    def poll(self) -> None:
        """Hand over what is done."""
        done: list[_Awaited] = []
        waiting: list[_Awaited] = []
        for item in self._awaited:  # asked once: what ends between two questions would be in neither list
            (done if item[0].done() else waiting).append(item)
        self._awaited = waiting
        try:
            while done:
                _hand_over(*done.pop(0))
        finally:
            self._awaited += done  # where one could not be taken, the others wait for the next time

    def close(self) -> None:
        """Start nothing more and hand over nothing more."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._writer.shutdown(wait=False)  # what was to be saved is
        self._awaited.clear()


def _hand_over(future: Future[Any], then: Callable[[Any], None], failed: Callable[[Exception], None]) -> None:
    if future.cancelled():
        return
    error = future.exception()
    if error is None:
        then(future.result())
    elif isinstance(error, Exception):
        failed(error)
