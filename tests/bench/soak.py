"""Hours of training with every pane visible in turn: does memory grow, and does the window ever hang?

Run: python -m tests.bench.soak [--seconds 7200] [--template digits-cnn]. Every pane and view is shown once before
anything is measured. Then memory is sampled every two seconds, without the past moments that are kept within a budget
of their own (256 MB); what is printed is the least-squares slope after the first fifth, and how much later than asked
a 5 ms timer fired, and on the way every five minutes what there is so far. What is noted takes its whole room from the
start. The exit status is 0 if memory stays within 2 % and no delay is over 150 ms.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.faults.memory import own_memory

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as playground.__main__ does
MOST_GROWTH, MOST_DELAY = 0.02, 150.0
TURN, FIRST = 8.0, 1.0
"""Seconds a pane is in front, and the first time."""
SAMPLED, TOLD = 2.0, 300.0
"""Seconds between two looks at memory, and between two lines."""
BIN, BINS = 0.1, 20_000
"""Delays are counted by tenths of a millisecond, to two seconds."""
MEGABYTE = 2**20


class Late:
    """How much later than asked a timer fires, in ms, and what was in front then."""

    def __init__(self) -> None:
        from PySide6.QtCore import QTimer

        self.front = ""
        self.counts = np.zeros(BINS, np.int64)
        self.worst: dict[str, float] = {}
        self.at = ""
        """What Python was doing on the window's thread when it was latest, as far as another thread could see."""
        self._due, self._seen = time.perf_counter(), MOST_DELAY / 2
        self.timer = QTimer(interval=5)
        self.timer.timeout.connect(self._tick)
        self.timer.start()
        threading.Thread(target=self._look, args=(threading.get_ident(),), daemon=True).start()

    def _tick(self) -> None:
        now = time.perf_counter()
        late, self._due = 1000 * (now - self._due) - 5, now
        self.counts[min(max(int(late / BIN), 0), BINS - 1)] += 1
        self.worst[self.front] = max(late, self.worst.get(self.front, 0.0))

    def _look(self, window: int) -> None:
        """On a thread of its own."""
        while self.timer.isActive():
            time.sleep(0.02)
            late = 1000 * (time.perf_counter() - self._due)
            if late > self._seen:
                frames = traceback.extract_stack(sys._current_frames()[window], limit=4)
                self._seen = late
                self.at = ", ".join(f"{Path(each.filename).name}:{each.lineno} {each.name}" for each in frames)

    def told(self) -> str:
        """In words."""
        before = self.counts.cumsum()
        p50, p99 = (BIN * np.searchsorted(before, share * before[-1]) for share in (0.5, 0.99))
        late = self.counts[int(MOST_DELAY / BIN) :].sum()
        worst = sorted(self.worst.items(), key=lambda each: -each[1])[:5]
        names = ", ".join(f"{name} {most:.0f} ms" for name, most in worst)
        return (
            f"Delays: p50 {p50:.1f}, p99 {p99:.1f}, most {self.most:.0f} ms, {late} over {MOST_DELAY:.0f} ms; "
            f"latest with {names} in front{f', at {self.at}' if self.at else ''}."
        )

    @property
    def most(self) -> float:
        """Milliseconds."""
        return max(self.worst.values(), default=0.0)


def soak(template: str, seconds: float) -> tuple[NDArray[np.float64], Late]:
    """Rows of seconds, memory in MB and that of past moments; and how late the window was."""
    from PySide6.QtWidgets import QApplication

    from playground.ui.garbage import Collector
    from playground.ui.start import settle_process

    app = QApplication.instance() or QApplication([])
    settle_process()
    window = _opened(app, template)
    collector = Collector(app)
    collector.begin()  # as start.py does
    places = _shown_once(app, window)
    memory, looks = np.full((int(seconds / SAMPLED) + 1, 3), np.nan), 0
    began, late, shown = time.perf_counter(), Late(), -1
    while (now := time.perf_counter() - began) < seconds:
        if int(now / TURN) != shown:
            shown = int(now / TURN)
            late.front = places[shown % len(places)]
            window.show_place(late.front)
        if now >= looks * SAMPLED:
            memory[looks] = now, own_memory(), window.session.timeline.pasts.in_memory / MEGABYTE
            if looks and looks % int(TOLD / SAMPLED) == 0:
                print(f"{now:.0f} s: {memory[looks, 1] - memory[looks, 2]:.0f} MB. {late.told()}", flush=True)  # noqa: T201
            looks += 1
        app.processEvents()
        time.sleep(0.001)
    late.timer.stop()
    window.close()
    collector.end()
    return memory[:looks], late


def _opened(app: Any, template: str) -> Any:
    """A window that trains without end."""
    from playground.app.changes import SetRecipe
    from playground.app.document import make_project
    from playground.app.files import Project
    from playground.ui.start import make_window

    window = make_window(Project(SetRecipe("epochs", 10**6).apply(make_project(template)[0])))
    window.resize(1920, 1080)
    window.show()
    window.build_plots()
    _live(app, lambda: window.session.status == "ready", 60)
    window.session.play()
    _live(app, lambda: len(window.session.epochs) > 1, 120)
    return window


def _shown_once(app: Any, window: Any) -> list[str]:
    """The names of all panes and views, each of which has been in front."""
    from playground.ui.start import PANELS

    places = [*PANELS, *window.inside.names]
    for name in places:
        window.show_place(name)
        _live(app, lambda: False, FIRST)
    return places


def _live(app: Any, is_so: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not is_so() and time.monotonic() < end:
        app.processEvents()
        time.sleep(0.002)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=7200.0)
    parser.add_argument("--template", default="digits-cnn")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["PLAYGROUND_HOME"] = home
        memory, late = soak(args.template, args.seconds)
    times, whole, past = memory[memory[:, 0] > args.seconds / 5].T
    sizes = whole - past
    slope = np.polyfit(times, sizes, 1)[0]
    growth = slope * (times[-1] - times[0]) / sizes[0]
    print(  # noqa: T201
        f"{args.seconds:.0f} s of {args.template}: memory {memory[0, 1] - memory[0, 2]:.0f} MB at first, "
        f"{sizes[0]:.0f} after a fifth, {sizes[-1]:.0f} at the end, with past moments {whole[-1]:.0f}; "
        f"slope {3600 * slope:+.1f} MB an hour, {growth:+.2%} over the time. {late.told()}"
    )
    return 0 if growth <= MOST_GROWTH and late.most <= MOST_DELAY else 1


if __name__ == "__main__":
    sys.exit(main())
