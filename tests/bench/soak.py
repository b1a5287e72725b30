"""Hours of training with every pane visible in turn: does memory grow, and does the window ever hang?

Run: python -m tests.bench.soak [--seconds 7200] [--template digits-cnn]. Memory is sampled every two seconds; what is
printed is the least-squares slope after the first fifth, and how much later than asked a 5 ms timer fired. The exit
status is 0 if memory stays within 2 % and no delay is over 150 ms.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as playground.__main__ does
MOST_GROWTH, MOST_DELAY = 0.02, 150.0
TURN = 8.0
"""Seconds a pane is in front."""


def soak(template: str, seconds: float) -> tuple[list[tuple[float, float]], list[float]]:
    """Memory in MB by seconds, and delays of the event loop in ms."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from playground.app.changes import SetRecipe
    from playground.app.document import make_project
    from playground.app.files import Project
    from playground.ui.start import PANELS, make_window

    app = QApplication.instance() or QApplication([])
    sys.setswitchinterval(0.001)
    window = make_window(Project(SetRecipe("epochs", 10**6).apply(make_project(template)[0])))
    window.resize(1920, 1080)
    window.show()
    window.build_plots()
    _live(app, lambda: window.session.status == "ready", 60)
    window.session.play()
    _live(app, lambda: len(window.session.epochs) > 1, 120)
    places = [*PANELS, *window.inside.names]
    delays: list[float] = []
    memory: list[tuple[float, float]] = []
    began = due = time.perf_counter()

    def tick() -> None:
        nonlocal due
        now = time.perf_counter()
        delays.append(1000 * (now - due) - 5)
        due = now

    timer = QTimer(interval=5)
    timer.timeout.connect(tick)
    timer.start()
    shown = -1
    while (now := time.perf_counter() - began) < seconds:
        if int(now / TURN) != shown:
            shown = int(now / TURN)
            window.show_place(places[shown % len(places)])
        if not memory or now - memory[-1][0] > 2:
            memory.append((now, resident()))
        app.processEvents()
        time.sleep(0.001)
    timer.stop()
    window.close()
    gc.collect()
    return memory, delays


def resident() -> float:
    """Memory of this process in MB."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


def _live(app: object, is_so: object, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not is_so() and time.monotonic() < end:  # type: ignore[operator]
        app.processEvents()  # type: ignore[attr-defined]
        time.sleep(0.002)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=7200.0)
    parser.add_argument("--template", default="digits-cnn")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["PLAYGROUND_HOME"] = home
        memory, delays = soak(args.template, args.seconds)
    times, sizes = np.array([row for row in memory if row[0] > args.seconds / 5]).T
    slope = np.polyfit(times, sizes, 1)[0]
    growth = slope * (times[-1] - times[0]) / sizes[0]
    late = np.array(delays)
    print(  # noqa: T201
        f"{args.seconds:.0f} s of {args.template}: memory {memory[0][1]:.0f} MB at first, {sizes[0]:.0f} after a "
        f"fifth, {sizes[-1]:.0f} at the end; slope {3600 * slope:+.1f} MB an hour, {growth:+.2%} over the time. "
        f"Delays: p50 {np.percentile(late, 50):.1f}, p99 {np.percentile(late, 99):.1f}, most {late.max():.0f} ms, "
        f"{(late > MOST_DELAY).sum()} over {MOST_DELAY:.0f} ms."
    )
    return 0 if growth <= MOST_GROWTH and late.max() <= MOST_DELAY else 1


if __name__ == "__main__":
    sys.exit(main())
