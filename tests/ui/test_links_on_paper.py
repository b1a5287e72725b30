"""The weights between neurons on the canvas under mouse and keys: told, dragged, stepped, taken back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent
from PySide6.QtWidgets import QApplication


@pytest.fixture
def paper(qtbot, opened):
    """A window on xor, its weights drawn as links."""
    window = opened("xor-mlp")
    links = window.canvas.network.links
    qtbot.waitUntil(lambda: links and all(item.weight is not None for item in links.values()), timeout=60_000)
    window.canvas.select(())
    return window


def link_of(window, target: str):
    return next((edge, item) for edge, item in window.canvas.network.links.items() if edge.target == target)


def on_link(window, target: str, unit: int, source: int, share: float = 0.5) -> QPoint:
    """A point of the canvas on a link, in pixels."""
    _, item = link_of(window, target)
    begin, end = item._begins[source], item._ends[unit]
    return window.canvas.mapFromScene(begin + (end - begin) * share)


def mouse(window, kind: QEvent.Type, at: QPoint, button: Qt.MouseButton, held: Qt.MouseButton) -> None:
    ground = window.canvas.viewport()
    place = QPointF(at)
    event = QMouseEvent(
        kind, place, ground.mapToGlobal(place), button, held, Qt.KeyboardModifier.NoModifier
    )  # fmt: skip
    QApplication.sendEvent(ground, event)


def hover(window, at: QPoint) -> None:
    mouse(window, QEvent.Type.MouseMove, at, Qt.MouseButton.NoButton, Qt.MouseButton.NoButton)


def drag(window, at: QPoint, up: int, lets_go: bool = True) -> None:
    left = Qt.MouseButton.LeftButton
    mouse(window, QEvent.Type.MouseButtonPress, at, left, left)
    for step in range(1, 6):
        mouse(window, QEvent.Type.MouseMove, at - QPoint(0, up * step // 5), Qt.MouseButton.NoButton, left)
    if lets_go:
        mouse(window, QEvent.Type.MouseButtonRelease, at - QPoint(0, up), left, Qt.MouseButton.NoButton)


def learned_weight(window, unit: int, source: int, layer: str = "dense1") -> float:
    look = window.session.ask(lambda training: training.checkpoint().weights[f"{layer}.weight"])
    return float(look.result(20)[unit, source])


def test_a_link_under_the_mouse_tells_its_weight_and_is_lit(paper):
    _, item = link_of(paper, "dense1")
    hover(paper, on_link(paper, "dense1", 7, 0, 0.8))
    unit, source = item._lit
    assert unit == 7
    words = paper.canvas.links.words
    assert words.isVisible()
    assert f"{'xy'[source]} → dense1 8: <b>" in words.text()
    assert paper.canvas.viewport().rect().contains(words.geometry())
    assert paper.canvas.viewport().cursor().shape() is Qt.CursorShape.SizeVerCursor
    paper.canvas.grab()
    hover(paper, QPoint(3, 3))
    assert item._lit is None
    assert not words.isVisible()


def test_the_words_of_the_card_below_do_not_cover_the_link(paper):
    at = on_link(paper, "dense1", 7, 0, 0.9)
    hover(paper, at)
    asked = QHelpEvent(QEvent.Type.ToolTip, at, paper.canvas.viewport().mapToGlobal(at))
    assert paper.canvas.links.eventFilter(paper.canvas.viewport(), asked)


def test_a_drag_changes_the_weight_moves_no_card_and_is_one_step(qtbot, paper):
    places = dict(paper.session.document.positions)
    at = on_link(paper, "dense1", 7, 0, 0.8)
    unit, source = paper.canvas.links.link_at(QPointF(at))[1]
    before = learned_weight(paper, unit, source)
    drag(paper, at, 60)
    assert learned_weight(paper, unit, source) == pytest.approx(before + 1.5)
    assert paper.session.document.positions == places
    assert paper.canvas.gesture is None
    assert link_of(paper, "dense1")[1].weight[unit, source] == pytest.approx(before + 1.5)
    assert paper.actions_by_name["undo"].text() == "Undo: Set a weight of dense1 by hand"
    paper.actions_by_name["undo"].trigger()
    assert learned_weight(paper, unit, source) == pytest.approx(before)
    qtbot.waitUntil(lambda: link_of(paper, "dense1")[1].weight[unit, source] == pytest.approx(before), timeout=20_000)


def test_escape_during_the_drag_puts_the_weight_back(qtbot, paper):
    at = on_link(paper, "dense1", 7, 0, 0.8)
    unit, source = paper.canvas.links.link_at(QPointF(at))[1]
    before = learned_weight(paper, unit, source)
    drag(paper, at, 60, lets_go=False)
    qtbot.keyClick(paper.canvas, Qt.Key.Key_Escape)
    assert learned_weight(paper, unit, source) == pytest.approx(before)
    assert paper.session.hand.undo_label is None


def test_a_click_chooses_a_link_and_the_arrows_change_it(qtbot, paper):
    at = on_link(paper, "dense1", 7, 0, 0.8)
    left = Qt.MouseButton.LeftButton
    mouse(paper, QEvent.Type.MouseButtonPress, at, left, left)
    mouse(paper, QEvent.Type.MouseButtonRelease, at, left, Qt.MouseButton.NoButton)
    unit, source = paper.canvas.links.chosen[1]
    before = learned_weight(paper, unit, source)
    assert paper.session.hand.undo_label is None, "a click changes nothing"
    qtbot.keyClick(paper.canvas, Qt.Key.Key_Up)
    qtbot.keyClick(paper.canvas, Qt.Key.Key_Up)
    qtbot.keyClick(paper.canvas, Qt.Key.Key_Down)
    assert learned_weight(paper, unit, source) == pytest.approx(before + 0.1)
    qtbot.keyClick(paper.canvas, Qt.Key.Key_Escape)
    assert paper.canvas.links.chosen is None


def test_keys_walk_the_links_beginning_with_the_chosen_unit(qtbot, paper):
    paper.focus.choose_neuron("dense1", 3)
    paper.canvas.setFocus()
    qtbot.keyClick(paper.canvas, Qt.Key.Key_Period)
    edge, unit = paper.canvas.links.chosen
    assert (edge.target, unit) == ("dense1", (3, 0))
    assert "Up and Down change it" in paper.canvas.links.words.text()
    qtbot.keyClick(paper.canvas, Qt.Key.Key_Comma)
    assert paper.canvas.links.chosen[1] == (2, 1)
    paper.actions_by_name["neurons"].trigger()
    assert paper.canvas.links.chosen is None
    qtbot.keyClick(paper.canvas, Qt.Key.Key_Period)
    assert paper.session.message.startswith("There are no links between neurons here.")


def test_a_drag_while_it_learns_is_seen_in_the_surface_and_marked_on_the_curves(qtbot, paper):
    session = paper.session
    session.play()
    qtbot.waitUntil(lambda: len(session.epochs) > 3, timeout=60_000)
    at = on_link(paper, "dense2", 0, 7, 0.3)
    drag(paper, at, 80)
    assert [mark.words for mark in session.marks] == [session.hand.undo_label]
    session.pause()
    paper.loss.refresh()
    assert session.hand.undo_label in paper.loss.marks.said_at(session.marks[0].epoch)


def test_a_neuron_and_a_port_are_not_links(paper):
    item = paper.canvas.network.nodes["dense1"]
    middle = item.mapToScene(item._places()[2].center())
    assert paper.canvas.links.link_at(QPointF(paper.canvas.mapFromScene(middle))) is None
    port = item.mapToScene(item.input_point("in"))
    assert paper.canvas.links.link_at(QPointF(paper.canvas.mapFromScene(port))) is None
