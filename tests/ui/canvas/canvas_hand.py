"""A small network, and a hand that works the canvas: real mouse, key and drop events at scene coordinates."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from playground.graph.model import Edge, Graph
from playground.layers.dense import Dense
from playground.layers.ends import Input, Output
from playground.ui.canvas.view import LAYER_MIME, CanvasView

CHAIN = Graph(
    {"input1": Input(dims=(2,)), "dense1": Dense(units=8), "dense2": Dense(units=2), "output1": Output(units=2)},
    (Edge("input1", "dense1", "values"), Edge("dense1", "dense2", "values"), Edge("dense2", "output1", "scores")),
)
FIRST, SECOND, THIRD = CHAIN.edges


class Hand:
    """Works the canvas at scene coordinates."""

    def __init__(self, view: CanvasView) -> None:
        self.view = view

    def press(self, at: QPointF, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
        QTest.mousePress(self.view.viewport(), button, pos=self.view.mapFromScene(at))

    def to(self, at: QPointF) -> None:
        QTest.mouseMove(self.view.viewport(), self.view.mapFromScene(at))

    def release(self, at: QPointF, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
        QTest.mouseRelease(self.view.viewport(), button, pos=self.view.mapFromScene(at))

    def drag(self, start: QPointF, end: QPointF) -> None:
        self.press(start)
        self.to((start + end) / 2)
        self.to(end)
        self.release(end)

    def click(self, at: QPointF) -> None:
        self.press(at)
        self.release(at)

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.view, key, modifiers)

    def drop_layer(self, type_name: str, at: QPointF) -> None:
        """Drag a layer from the palette and let it go there."""
        data = QMimeData()
        data.setData(LAYER_MIME, type_name.encode())
        place = self.view.mapFromScene(at)
        copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(self.view.viewport(), QDragEnterEvent(place, copy, data, left, none))
        QApplication.sendEvent(self.view.viewport(), QDropEvent(QPointF(place), copy, data, left, none))

    def output(self, id: str) -> QPointF:
        item = self.view.network.nodes[id]
        return item.pos() + item.output_point()

    def input(self, id: str, port: str = "values") -> QPointF:
        item = self.view.network.nodes[id]
        return item.pos() + item.input_point(port)

    def middle(self, id: str) -> QPointF:
        item = self.view.network.nodes[id]
        return item.pos() + item.body.center()

    def on_edge(self, edge: Edge) -> QPointF:
        """A point in the middle of an edge."""
        return (self.output(edge.source) + self.input(edge.target, edge.port)) / 2
