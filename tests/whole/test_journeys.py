"""What people come to do, walked in the real window with mouse and keys alone."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QPushButton

from playground.ui.canvas.bubble import ProblemBubble
from playground.ui.main_window import MainWindow
from playground.ui.welcome import TemplateCard


def button(window: MainWindow, words: str) -> QPushButton:
    """The visible button with those words."""
    return next(each for each in window.findChildren(QPushButton) if words in each.text() and each.isVisible())


def add(hands, window, qtbot, words: str) -> None:
    """Add a layer by the command palette."""
    before = len(window.session.document.graph.nodes)
    hands.key("ctrl+k")
    qtbot.waitUntil(window.commands.isVisible)
    hands.type(words)
    qtbot.waitUntil(lambda: window.commands.field.text() == words)
    hands.key("Return")
    qtbot.waitUntil(lambda: len(window.session.document.graph.nodes) == before + 1)


def first_cnn(hands, window, qtbot) -> None:
    """From an empty canvas to a verdict: input, convolution, pooling, dense, output; Flatten is forgotten."""
    session = window.session
    hands.click(button(window, "Empty canvas"))
    qtbot.waitUntil(window.canvas.isVisible)
    qtbot.waitUntil(lambda: session.examples is not None)
    hands.click(window.data_pane.combo)
    qtbot.wait(200)
    hands.type("Dig")
    hands.key("Return")
    qtbot.waitUntil(lambda: session.document.data.source == "digits" and session.examples is not None)
    hands.click(window.canvas.viewport())
    for words in ("add input", "add conv", "add max pool", "add dense", "add output"):
        add(hands, window, qtbot, words)
    assert any("Dense needs a vector, but gets" in problem.text for problem in session.report.errors)

    for _ in range(3):  # Insert Flatten; set the last layer to ten units
        if session.report.ok:
            break
        bubble = window.canvas.findChild(ProblemBubble)
        qtbot.waitUntil(lambda bubble=bubble: bubble is not None and bubble.isVisible())
        before = session.document
        hands.click(bubble.buttons()[0])
        qtbot.waitUntil(lambda before=before: session.document is not before)
    assert session.report.ok
    assert session.document.graph.of_type("Flatten")
    assert session.document.graph.nodes["dense1"].settings["units"] == 10

    hands.click(window.canvas.viewport())
    hands.key("space")
    qtbot.waitUntil(lambda: len(session.epochs) >= 3, timeout=60_000)
    hands.key("space")
    qtbot.waitUntil(lambda: session.status in ("paused", "ended"))


def sees_curves_baseline_and_verdict(window, qtbot) -> None:
    session, loss = window.session, window.loss
    qtbot.waitUntil(lambda: loss.baseline.isVisible(), timeout=60_000)
    qtbot.waitUntil(lambda: "logistic regression" in window.compare.verdict.text(), timeout=60_000)
    for curve in (loss.train, loss.valid):
        assert len(curve.getData()[0]) == len(session.epochs) >= 3
    assert session.epochs[-1].valid.measures["accuracy"] > 0.8


def test_a_student_builds_a_cnn_by_hand_and_reads_whether_it_beats_the_baseline(window, hands, qtbot):
    first_cnn(hands, window, qtbot)
    sees_curves_baseline_and_verdict(window, qtbot)


@pytest.mark.display
def test_the_same_with_the_events_of_a_real_x_server(window, hands, qtbot):
    first_cnn(hands, window, qtbot)
    sees_curves_baseline_and_verdict(window, qtbot)


def ten_seconds(hands, window, qtbot) -> None:
    """Two actions: the card, Space."""
    card = next(card for card in window.findChildren(TemplateCard) if card.objectName() == "template:spiral-mlp")
    hands.click(card)
    qtbot.waitUntil(lambda: window.session.status == "ready")
    hands.key("space")
    qtbot.waitUntil(lambda: len(window.session.epochs) >= 100, timeout=60_000)
    qtbot.waitUntil(lambda: len(window.session.comparing.baselines) == 2, timeout=60_000)
    baseline = window.session.comparing.baselines["logistic"].loss
    qtbot.waitUntil(lambda: window.session.epochs[-1].valid.loss < baseline, timeout=60_000)


def test_ten_seconds_to_curves_below_the_dashed_line(window, hands, qtbot):
    ten_seconds(hands, window, qtbot)


@pytest.mark.display
def test_ten_seconds_on_a_real_x_server(window, hands, qtbot):
    ten_seconds(hands, window, qtbot)
