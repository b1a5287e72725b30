"""How costs grow: an update of the curves over their points, an edit, opening and laying out over the layers.

Each growth is told as an exponent too: the slope of a line through the logarithms, 0 for what costs the same at any
size, 1 for what grows as the size does. All offscreen, and by the processor time of the window's thread.
"""

from __future__ import annotations

import tempfile
from array import array
from pathlib import Path
from time import thread_time
from typing import Any

import numpy as np

from tests.bench.canvas import milliseconds, network

EDITS = 9


def exponent(figures: dict[int, float]) -> float:
    """The slope of log(cost) over log(size)."""
    return float(np.polyfit(np.log(list(figures)), np.log([max(each, 1e-6) for each in figures.values()]), 1)[0])


def curves(sizes: tuple[int, ...], times: int) -> dict[int, float]:
    """Milliseconds of one more epoch in a visible curve pane of so many points, drawing included."""
    from playground.engine.events import EpochDone, Scores

    app, pane = _pane()
    found = {}
    for size in sizes:
        epochs = pane._session.epochs = _epochs(size)

        def update(epochs: Any = epochs) -> None:
            number = len(epochs) + 1
            scores = Scores(1 / number, {"accuracy": 0.5})
            epochs.append(EpochDone(number, scores, scores, 0.01, 0.1, 1.0))
            pane.refresh()
            app.processEvents()

        update()
        found[size] = milliseconds(update, times, thread_time)
    pane.close()
    return found


def _epochs(count: int) -> Any:
    """So many epochs; made one by one, ten million would take a minute."""
    from playground.engine.epochs import BLOCK, Epochs, _Block
    from playground.engine.events import EpochDone, Scores

    scores = Scores(1.0, {"accuracy": 0.5})
    epochs = Epochs([EpochDone(1, scores, scores, 0.01, 0.1, 1.0)])
    (stretch,) = epochs._stretches
    losses, blocks = np.random.default_rng(0).random((2, count)), []
    for at in range(0, count, BLOCK):
        rows = min(BLOCK, count - at)
        columns = [array("d", [number] * rows) for number in stretch.blocks[0].row(0)]
        columns[0] = array("d", [at + 1.0] * rows)  # less their place
        columns[4:6] = (array("d", part[at : at + rows].tobytes()) for part in losses)
        blocks.append(_Block(columns))
    stretch.blocks = blocks
    return epochs


def _pane() -> tuple[Any, Any]:
    from PySide6.QtWidgets import QApplication

    from playground.app.session import Session
    from playground.ui.bridge import Bridge
    from playground.ui.panes.curves import CurvePane

    app = QApplication.instance() or QApplication([])
    session = Session(network(10))
    bridge = Bridge(session, app, prepares=False)
    bridge.stop()
    pane = CurvePane(session, bridge, "loss")
    pane.resize(600, 300)
    pane.show()
    app.processEvents()
    return app, pane


def editor(sizes: tuple[int, ...], times: int) -> dict[str, dict[int, float]]:
    """Milliseconds of an edit of one layer's setting with all that follows, of opening a file, and of laying out.

    Of edits there are nine at least, after a first one, which takes up to ten times as long.
    """
    found: dict[str, dict[int, float]] = {"one edit": {}, "open": {}, "layout": {}}
    for size in sizes:
        edit, opening, layout = _edited(size, times)
        found["one edit"][size], found["open"][size], found["layout"][size] = edit, opening, layout
    return found


def _edited(size: int, times: int) -> tuple[float, float, float]:
    from PySide6.QtWidgets import QApplication, QWidget

    from playground.app.changes import EditGraph
    from playground.app.files import Project, read_project, write_project
    from playground.app.session import Session
    from playground.graph.arrange import arrange
    from playground.graph.edits import SetSettings
    from playground.ui.bridge import Bridge
    from playground.ui.canvas.view import CanvasView

    app = QApplication.instance() or QApplication([])
    document = network(size)
    session, host = Session(document), QWidget()
    bridge = Bridge(session, host, prepares=False)
    bridge.stop()
    view = CanvasView(session, bridge, host)
    host.resize(1440, 900)
    view.resize(1440, 900)
    host.show()
    view.fit()
    if size > 100:
        view.zoom(0.6 / view.transform().m11())  # as one works: some cards in sight, the edited one among them
        view.look_at(view.network.nodes["conv1"].pos())
    app.processEvents()
    kernels = iter([5, 3] * (times + EDITS))

    def edit() -> None:
        session.do(EditGraph(SetSettings("conv1", (("kernel", next(kernels)),))))
        app.processEvents()

    edit()
    taken = milliseconds(edit, max(times, EDITS), thread_time)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bench.nnplay"
        write_project(file, Project(document))
        opening = milliseconds(lambda: read_project(file), min(times, 3), thread_time)
    layout = milliseconds(lambda: arrange(document.graph), min(times, 3), thread_time)
    session.close()
    host.close()
    return taken, opening, layout
