"""How many actions a network takes: a double click, a click, a key, or a value that is typed counts as one."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QSpinBox

from playground.graph.check import check
from playground.graph.templates import TEMPLATES
from playground.ui.canvas.bubble import ProblemBubble
from playground.ui.main_window import MainWindow
from tests.whole.test_journeys import button


class Counted:
    """A person who counts what they do."""

    def __init__(self, window: MainWindow, qtbot) -> None:
        self._window, self._qtbot = window, qtbot
        self.actions = 0

    def add(self, title: str) -> None:
        """Double-click a layer in the list."""
        view = self._window.palette_pane.list
        items = (view.item(row) for row in range(view.count()))
        item = next(each for each in items if each.text() == title and each.data(Qt.ItemDataRole.UserRole))
        view.scrollToItem(item)
        place = view.visualItemRect(item).center()
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
        QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
        self.actions += 1

    def set(self, name: str, value: str) -> None:
        """Type or choose a value in the form of what is selected."""
        form = self._window.form.form
        assert form is not None
        editor = form.editors[name]
        if isinstance(editor, QComboBox) and not editor.isEditable():
            editor.setCurrentText(value)
            editor.activated.emit(editor.currentIndex())
        else:
            field = editor.lineEdit() if isinstance(editor, QSpinBox) else editor
            assert isinstance(field, QLineEdit)
            field.setFocus()
            field.selectAll()
            QTest.keyClicks(field, value)
            QTest.keyClick(field, Qt.Key.Key_Return)
        self.actions += 1

    def click(self, card: str, add: bool = False) -> None:
        """Click a card, or add it to the selection."""
        canvas = self._window.canvas
        pos = canvas.network.nodes[card].pos()
        place: QPoint = canvas.mapFromScene(pos.x() + 75, pos.y() + 20)
        keys = Qt.KeyboardModifier.ShiftModifier if add else Qt.KeyboardModifier.NoModifier
        QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, keys, place)
        self.actions += 1

    def repair(self) -> None:
        """Take the first way out that the canvas offers."""
        bubble = self._window.canvas.findChild(ProblemBubble)
        assert bubble is not None
        self._qtbot.waitUntil(bubble.isVisible)
        QTest.mouseClick(bubble.buttons()[0], Qt.MouseButton.LeftButton)
        self.actions += 1

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self._window.canvas, key, modifier)
        self.actions += 1


def on_digits(window: MainWindow, qtbot) -> None:
    QTest.mouseClick(button(window, "Empty canvas"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(window.canvas.isVisible)
    session = window.session
    qtbot.waitUntil(lambda: session.examples is not None)
    session.choose_data(session.document.data.model_copy(update={"source": "digits"}))
    qtbot.waitUntil(lambda: session.document.data.source == "digits" and session.examples is not None)


def test_lenet_5_from_an_empty_canvas_takes_at_most_twenty_actions(window, hands, qtbot):
    on_digits(window, qtbot)
    person = Counted(window, qtbot)
    person.add("Input")
    person.add("Conv 2D")
    person.set("filters", "6")
    for title in ("Average pooling", "Conv 2D", "Average pooling", "Flatten", "Dense"):
        person.add(title)
    person.set("units", "120")
    person.add("Dense")
    person.set("units", "84")
    person.click("conv1")
    person.click("conv2", add=True)
    person.set("kernel", "5")
    person.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    person.set("activation", "tanh")
    person.add("Dense")
    person.add("Output")
    person.repair()

    built, wanted = window.session.document.graph, TEMPLATES["lenet-5"].build(window.session.signature)
    assert person.actions <= 20
    assert check(built, window.session.signature).problems == ()
    assert [built.nodes[id] for id in built.order] == [wanted.nodes[id] for id in wanted.order]


def test_a_residual_block_takes_at_most_six_actions(window, hands, qtbot):
    on_digits(window, qtbot)
    for title in ("Input", "Conv 2D", "Global average pooling", "Dense", "Output"):
        Counted(window, qtbot).add(title)
    before = len(window.session.document.graph.nodes)
    person = Counted(window, qtbot)
    person.click("conv1")
    person.add("Residual")

    assert person.actions == 2
    assert len(window.session.document.graph.nodes) == before + 7
    assert not [problem for problem in window.session.report.problems if "add1" in problem.text]
