"""What the window costs the training, and the training the window: all default panes live, and the inside of a layer.

Delays are how much later than asked a 5 ms timer fires, from the moment torch is loaded. Training speed is steps a
second under the visible window over the same run's without one, in turns: the window is hidden before and after each
turn, and a hidden window asks for nothing and draws nothing; the machine's own pace, which changes by a quarter within
a minute, is the mean of those two. Pictures' share is the time that the training thread spent
answering looks. `on_screen` needs a display; without one Qt draws offscreen, which costs a little more than a
screen's.
"""

from __future__ import annotations

import sys
import time
from statistics import median
from typing import Any

import numpy as np

from tests.bench.workloads import Workload


def opened(work: Workload) -> tuple[Any, Any]:
    """The application, and a window on that workload, ready to train."""
    from PySide6.QtWidgets import QApplication

    from playground.app.files import Project
    from playground.data import catalogue
    from playground.ui.garbage import Collector
    from playground.ui.start import make_window, settle_process

    load = catalogue.load  # the random data of a workload are in no file
    catalogue.load = lambda choice, *more: work.make_data() if choice.source == work.name else load(choice, *more)
    settle_process()
    app = QApplication.instance() or QApplication([])
    window = make_window(Project(work.document()))
    window.resize(1440, 900)
    window.show()
    live(app, lambda: window.session.run is not None and window.session.status == "ready", 120)
    window.build_plots()
    Collector(app).begin()
    show_inside(window)
    return app, window


def measure(work: Workload, seconds: float, rounds: int) -> dict[str, float]:
    """Delays in ms, share of its own speed without a window, frames a second, share of pictures."""
    app, window = opened(work)
    session = window.session
    session.play()
    live(app, lambda: session.progress is not None or bool(session.epochs), 120)
    late: list[float] = []
    shares, seen, asked = [], [], []
    before = hidden_speed(window, seconds)
    for _ in range(rounds):
        late += lateness(seconds)
        frames, looks = Frames(window), Looks(session)
        shown = speed(session, seconds)
        seen.append(frames.stop() / seconds)
        asked.append(looks.stop() / seconds)
        after = hidden_speed(window, seconds)
        shares.append(2 * shown / (before + after))
        before = after
    began = time.perf_counter()
    session.pause()
    step(session)
    stopped = (time.perf_counter() - began) * 1000
    window.close()
    p50, p99 = np.percentile(late, [50, 99])
    return {
        "p50 ms": float(p50),
        "p99 ms": float(p99),
        "max ms": max(late),
        "speed over hidden": median(shares),
        "frames/s": median(seen),
        "share of pictures": median(asked),
        "pause ms": stopped,
    }


class Frames:
    """Counts how often the window's backing store is painted."""

    def __init__(self, window: Any) -> None:
        from PySide6.QtCore import QEvent, QObject

        class Seen(QObject):
            count = 0

            def eventFilter(self, _watched: Any, event: Any) -> bool:
                self.count += event.type() == QEvent.Type.UpdateRequest
                return False

        self._window, self._seen = window, Seen()
        window.installEventFilter(self._seen)

    def stop(self) -> int:
        self._window.removeEventFilter(self._seen)
        return self._seen.count


class Looks:
    """Adds up the time that the training thread spends answering questions."""

    def __init__(self, session: Any) -> None:
        self._run, self._spent = session.run, 0.0
        self._answer = self._run._answer
        self._run._answer = self._timed

    def _timed(self, training: Any) -> None:
        began = time.perf_counter()
        self._answer(training)
        self._spent += time.perf_counter() - began

    def stop(self) -> float:
        """Seconds."""
        self._run._answer = self._answer
        return self._spent


def show_inside(window: Any) -> None:
    """The inside panel on the first layer with weights: filters and maps of images, surfaces of points."""
    nodes = window.session.document.graph.nodes
    window.canvas.select(
        (next(id for id, layer in nodes.items() if layer.family in ("convolution", "dense", "recurrent")),)
    )
    window.show_place("inside")


def step(session: Any) -> int:
    """How many steps the run has done."""
    answer: int = session.ask(lambda training: training.step).result(120)
    return answer


def speed(session: Any, seconds: float) -> float:
    """Steps a second over a while, the window living; without the 5 ms timer, which takes some 3 % of a core."""
    first, began = step(session), time.perf_counter()
    wait(seconds)
    return (step(session) - first) / (time.perf_counter() - began)


def hidden_speed(window: Any, seconds: float) -> float:
    """Steps a second without the window, which then is there again."""
    window.hide()
    found = speed(window.session, seconds)
    window.show()
    wait(0.5)
    return found


def lateness(seconds: float) -> list[float]:
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
    wait(seconds)
    timer.stop()
    return late


def wait(seconds: float) -> None:
    """Let the window live for so long."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()  # not app.quit(): it would close the window
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def live(app: Any, is_so: Any, seconds: float) -> None:
    """Let the window live until it is so, for that long at most."""
    end = time.monotonic() + seconds
    while not is_so() and time.monotonic() < end:
        app.processEvents()
        time.sleep(0.005)


def main() -> int:
    """One workload in this process: name, seconds, rounds; the figures as JSON."""
    import json

    from tests.bench.workloads import WORKLOADS

    name, seconds, rounds = sys.argv[1:]
    sys.stdout.write(json.dumps(measure(WORKLOADS[name], float(seconds), int(rounds))) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
