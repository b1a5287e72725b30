"""A head start under way on a thread of its own: how far it is, what came of it, and an end to it.

Read by a window now and then; knows neither Qt nor torch. What is done is said in headstart.py.
"""

from __future__ import annotations

import threading
from contextlib import closing

from playground.app.document import Document
from playground.app.headstart import Arm, HeadStart, Step, beside_nothing, sentence
from playground.app.recording import Recording
from playground.app.runs_file import HistoryProblem
from playground.app.turn import step_back
from playground.data.dataset import Examples

PATIENCE = 100
"""Tenths of a second until the history must have written the runs."""


class HeadStarting:
    """Begins at once. Read step, arms and problem; is_over is set last."""

    def __init__(
        self, document: Document, examples: Examples, asked: HeadStart, recording: Recording, device: str
    ) -> None:
        self.step: Step | None = None
        self.arms: tuple[Arm, Arm] | None = None
        """The run with a head start, and the one from nothing."""
        self.problem = ""
        self.is_over = False
        self._wanted = document, examples, asked, recording, device
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="head start", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it after the step under way; what was trained so far stays in the history."""
        self._stop.set()

    def join(self, timeout: float | None = None) -> bool:
        """Wait for the end; False if it still runs."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _work(self) -> None:
        step_back()
        try:
            from playground.engine.headstart import random_kept

            with random_kept():
                self.arms = self._through()
            if self.arms is not None:
                self._wait_for_history(self.arms)
        except Exception as error:  # noqa: BLE001 - it is told to the person
            self.problem = sentence(error)
        self.is_over = True

    def _through(self) -> tuple[Arm, Arm] | None:
        document, examples, asked, recording, device = self._wanted
        with closing(beside_nothing(document, examples, asked, recording, device)) as steps:
            while not self._stop.is_set():
                try:
                    self.step = next(steps)
                except StopIteration as end:
                    arms: tuple[Arm, Arm] = end.value
                    return arms
        return None

    def _wait_for_history(self, arms: tuple[Arm, Arm]) -> None:
        """Until what both answered can be read: they are to stand beside the network."""
        runs = self._wanted[3].runs
        for _ in range(PATIENCE):
            try:
                if all(runs.answers(each.id) is not None for each in arms):
                    return
            except HistoryProblem:
                return
            if self._stop.wait(0.1):
                return
