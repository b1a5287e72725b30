"""A canvas over a small project. The hand that works it is in canvas_hand.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QWidget

from playground.app.document import Document
from playground.app.session import Session
from playground.data.dataset import DataChoice
from playground.graph.arrange import arrange
from playground.graph.model import Graph
from playground.layers.activation import ReLU
from playground.ui.bridge import Bridge
from playground.ui.canvas.view import CanvasView
from tests.ui.canvas.canvas_hand import CHAIN, Hand

CanvasOf = Callable[[Graph], CanvasView]


@pytest.fixture
def canvas_of(qtbot) -> Iterator[CanvasOf]:
    """Makes a canvas that shows a graph. Its session reads no mailbox: nothing happens but what the test does."""
    # The widgets too: qtbot holds them weakly, and one collected while it is painted ends the program.
    opened: list[tuple[Session, Bridge, QWidget, CanvasView]] = []

    def make(graph: Graph) -> CanvasView:
        session = Session(Document("Test", graph, arrange(graph), DataChoice(source="circle")))
        host = QWidget()
        bridge = Bridge(session, host)
        bridge.stop()
        view = CanvasView(session, bridge, host)
        opened.append((session, bridge, host, view))
        qtbot.addWidget(host)
        host.resize(1100, 600)
        view.resize(1100, 600)
        host.show()
        view.setFocus()
        return view

    yield make
    for session, bridge, _, _ in opened:
        bridge.stop()
        session.close()


@pytest.fixture
def canvas(canvas_of: CanvasOf) -> CanvasView:
    """Input, two Dense, Output."""
    return canvas_of(CHAIN)


@pytest.fixture
def hand(canvas: CanvasView) -> Hand:
    return Hand(canvas)


@pytest.fixture
def loose() -> Graph:
    """The chain, with a ReLU that is not wired."""
    return CHAIN.with_node("relu1", ReLU())
