"""How late the window's event loop is while a network trains under it, and what the window costs the training.

Run: python -m tests.bench [--seconds 8] [--json]. Delays are how much later than asked a 5 ms timer fires. Training
speed is steps a second under the visible window, with cards, curves, comparison and the inside of a layer live, over
that of the same training in a plain loop.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from typing import Any

import numpy as np

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as playground.__main__ does
WORKLOADS: dict[str, tuple[str, str | None, dict[str, Any]]] = {
    "tiny (spiral-mlp)": ("spiral-mlp", None, {}),
    "mlp (digits-mlp)": ("digits-mlp", None, {}),
    "cnn (digits-cnn)": ("digits-cnn", None, {}),
    "image cnn, batch 128": ("image-cnn", "images-32", {"batch": 128}),
}
"""Template, data if not its own, and what is changed in its recipe."""


def plain_steps(work: tuple[str, str | None, dict[str, Any]], seconds: float) -> float:
    """Steps a second of the same training without a window."""
    from playground.app.document import make_project
    from playground.data.split import prepare
    from playground.engine.train import Training

    template, data, settings = work
    document, dataset = make_project(template, data)
    recipe = document.recipe.model_copy(update={"epochs": 1_000_000, "patience": 0, **settings})
    training = Training(document.graph, recipe, prepare(dataset, document.data))
    began, events = 0.0, training.events()
    for _ in events:
        if training.step == 10 and not began:
            began, first = time.perf_counter(), training.step
        if began and time.perf_counter() - began > seconds:
            break
    return (training.step - first) / (time.perf_counter() - began)


def under_window(work: tuple[str, str | None, dict[str, Any]], seconds: float) -> dict[str, float]:
    """Lateness of a 5 ms timer in ms, and steps a second, under a visible window; and how long Pause takes."""
    from PySide6.QtWidgets import QApplication

    from playground.app.changes import SetRecipe
    from playground.app.document import make_project
    from playground.app.files import Project
    from playground.ui.start import make_window

    app = QApplication.instance() or QApplication([])
    sys.setswitchinterval(0.001)
    template, data, settings = work
    document, _ = make_project(template, data)
    for name, value in {"epochs": 1_000_000, "patience": 0, **settings}.items():
        document = SetRecipe(name, value).apply(document)
    window = make_window(Project(document))
    window.resize(1440, 900)
    window.show()
    session = window.session
    _live(app, lambda: session.run is not None and session.status == "ready", 30)
    _show_inside(window)
    session.play()
    _live(app, lambda: len(session.comparing.baselines) == 2 and session.comparing.comparison is not None, 60)
    late = _lateness(seconds)
    first, began = _step(session), time.perf_counter()
    _wait(seconds)  # without the 5 ms timer, which itself takes some 3 % of a core
    steps = (_step(session) - first) / (time.perf_counter() - began)
    began = time.perf_counter()
    session.pause()
    _step(session)
    stopped = time.perf_counter() - began
    window.close()
    p50, p99 = np.percentile(late, [50, 99])
    return {"p50": p50, "p99": p99, "max": max(late), "stop": stopped * 1000, "steps": steps}


def _show_inside(window: Any) -> None:
    """The inside panel on the first layer with weights: filters and maps of images, surfaces of points."""
    nodes = window.session.document.graph.nodes
    window.canvas.select((next(id for id, layer in nodes.items() if layer.family in ("convolution", "dense")),))
    window.show_place("inside")


def _step(session: Any) -> int:
    answer: int = session.ask(lambda training: training.step).result(5)
    return answer


def _lateness(seconds: float) -> list[float]:
    """How many ms later than asked a 5 ms timer fires, again and again for so long."""
    from PySide6.QtCore import Qt, QTimer

    late: list[float] = []
    due = time.perf_counter() + 0.005

    def tick() -> None:
        nonlocal due
        late.append((time.perf_counter() - due) * 1000)
        due = time.perf_counter() + 0.005
        timer.start(5)

    timer = QTimer(singleShot=True, timerType=Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    timer.start(5)
    _wait(seconds)
    timer.stop()
    return late


def _wait(seconds: float) -> None:
    """Let the window live for so long."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()  # not app.quit(): it would close the window
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def _live(app: Any, is_so: Any, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not is_so() and time.monotonic() < end:
        app.processEvents()
        time.sleep(0.005)


def main() -> None:
    """Measure every workload, print a table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = {}
    for name, work in WORKLOADS.items():
        before = plain_steps(work, options.seconds / 2)
        row = under_window(work, options.seconds)
        plain = (before + plain_steps(work, options.seconds / 2)) / 2
        found[name] = {**row, "plain_steps": plain, "share": row["steps"] / plain}
    if options.json:
        print(json.dumps(found, indent=1))  # noqa: T201
        return
    print(f"{'workload':20} {'p50 ms':>8} {'p99 ms':>8} {'max ms':>8} {'stop ms':>8} {'steps/s':>9} {'of plain':>9}")  # noqa: T201
    for name, row in found.items():
        figures = f"{row['p50']:8.2f} {row['p99']:8.1f} {row['max']:8.1f} {row['stop']:8.1f}"
        print(f"{name:20} {figures} {row['steps']:9.0f} {row['share']:9.2f}")  # noqa: T201


if __name__ == "__main__":
    main()
