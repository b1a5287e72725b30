"""What the canvas costs at a thousand layers: building, an edit, a drag, panning and zooming.

Run: python -m tests.bench.canvas [--layers 1000] [--json]. A frame is a full repaint of a 1440×900 canvas, offscreen.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def milliseconds(act: Callable[[], object], times: int = 1, clock: Callable[[], float] = time.perf_counter) -> float:
    """The median time of an act."""
    taken = []
    for _ in range(times):
        began = clock()
        act()
        taken.append((clock() - began) * 1000)
    return statistics.median(taken)


def network(count: int) -> Any:
    """A document of so many layers: blocks of convolution and ReLU with a shortcut each."""
    from playground.app.document import Document
    from playground.data.dataset import DataChoice
    from playground.graph.arrange import arrange
    from playground.graph.edits import layer_like
    from playground.graph.model import Edge, Graph

    nodes = {"input1": layer_like("Input", (("dims", (8, 16, 16)),))}
    edges, before, block = [], "input1", 0
    while len(nodes) < count - 3:
        block += 1
        conv, relu, add = f"conv{block}", f"relu{block}", f"add{block}"
        nodes |= {
            conv: layer_like("Conv2d", (("filters", 8),)), relu: layer_like("ReLU"), add: layer_like("Add")
        }  # fmt: skip
        edges += [Edge(before, conv, "image"), Edge(conv, relu, "inputs"), Edge(relu, add, "inputs")]
        edges.append(Edge(before, add, "inputs"))
        before = add
    nodes |= {
        "flatten1": layer_like("Flatten"),
        "dense1": layer_like("Dense", (("units", 2),)),
        "output1": layer_like("Output"),
    }
    ends = (("flatten1", "inputs"), ("dense1", "values"), ("output1", "scores"))
    for id, port in ends:
        edges.append(Edge(before, id, nodes[id].ports()[0] or port))
        before = id
    graph = Graph(nodes, tuple(edges))
    return Document("Bench", graph, arrange(graph), DataChoice(source="circle"))


def measured(count: int) -> dict[str, float]:
    """All figures, in milliseconds."""
    from PySide6.QtWidgets import QApplication, QWidget

    from playground.app.session import Session
    from playground.ui.bridge import Bridge
    from playground.ui.canvas.view import CanvasView

    app = QApplication.instance() or QApplication([])
    session, host, made = Session(network(count)), QWidget(), []
    bridge = Bridge(session, host)
    bridge.stop()
    found = {"build the canvas": milliseconds(lambda: made.append(CanvasView(session, bridge, host)))}
    view = made[0]
    host.resize(1440, 900)
    view.resize(1440, 900)
    host.show()
    app.processEvents()
    found |= edits(session, view)
    for scale in (None, 0.3, 0.6, 1.0):
        found |= frames(app, view, scale)
    found |= drag(view)
    session.close()
    return found


def edits(session: Any, view: Any) -> dict[str, float]:
    """What a change of one setting costs, with checking, and what looking for changes costs when there is none."""
    from playground.app.changes import EditGraph
    from playground.graph.edits import SetSettings

    kernels = iter(range(2, 31))

    def edit() -> None:
        session.do(EditGraph(SetSettings("conv1", (("kernel", next(kernels)),))))

    return {
        "edit of a setting, all in all": milliseconds(edit, 9),
        "sync with nothing new": milliseconds(view.network.sync, 9),
    }


def frames(app: Any, view: Any, scale: float | None) -> dict[str, float]:
    """A full repaint and a step of panning at a scale; None fits the network."""
    view.fit()
    if scale is not None:
        view.zoom(scale / view.transform().m11())
    app.processEvents()
    words = f"at scale {view.transform().m11():.2f}"
    steps = iter([9, -9] * 20)
    bar = view.horizontalScrollBar()

    def pan() -> None:
        bar.setValue(bar.value() + next(steps))
        app.processEvents()

    return {
        f"full frame {words}, {len(view.visible_nodes())} cards": milliseconds(view.grab, 9),
        f"panning {words}": milliseconds(pan, 20),
    }


def drag(view: Any) -> dict[str, float]:
    """A card under the mouse, step by step, and let go."""
    from PySide6.QtCore import QPointF
    from PySide6.QtGui import Qt
    from PySide6.QtTest import QTest

    item = view.network.nodes["conv1"]
    place = item.pos() + item.body.center()
    view.look_at(place)
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=view.mapFromScene(place))
    gesture, shifts = view.gesture, iter(range(1, 40))
    return {
        "step of a drag": milliseconds(lambda: gesture.move(place + QPointF(next(shifts) * 3, 40)), 20),
        "end of a drag": milliseconds(lambda: gesture.end(place + QPointF(60, 40))),
    }


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--layers", type=int, default=1000)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = measured(given.layers)
    if given.json:
        sys.stdout.write(json.dumps(found, indent=1) + "\n")
        return 0
    for words, figure in found.items():
        sys.stdout.write(f"{words:44} {figure:8.1f} ms\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
