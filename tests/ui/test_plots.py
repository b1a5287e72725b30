"""Plots under mouse and wheel."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QGraphicsItem, QScrollArea, QVBoxLayout, QWidget

from playground.ui.panes.plots import plot
from playground.ui.views.keeping import save_picture


@pytest.fixture
def scrolled(qtbot):
    """A plot in a pane that is higher than its window."""
    pane, page = QScrollArea(), QWidget()
    column = QVBoxLayout(page)
    made = plot("x", "y")
    made.plot([0, 1, 2], [0, 1, 4])
    made.setFixedHeight(300)
    column.addWidget(made)
    column.addWidget(QWidget(minimumHeight=600))
    pane.setWidget(page)
    pane.setWidgetResizable(True)
    qtbot.addWidget(pane)
    pane.resize(400, 300)
    pane.show()
    qtbot.waitExposed(pane)
    return pane, made


def turn(widget, notches: int, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Turn the wheel over the middle of a plot."""
    view = widget.viewport()
    at = QPointF(view.rect().center())
    event = QWheelEvent(
        at, view.mapToGlobal(at), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton, held,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view, event)


def close(one, other) -> bool:
    return all(abs(a - b) < 1e-6 for x, y in zip(one, other, strict=True) for a, b in zip(x, y, strict=True))


def test_the_wheel_over_a_plot_in_a_scrolling_pane_scrolls_the_pane(scrolled):
    pane, made = scrolled
    before = made.getViewBox().viewRange()

    turn(made, -1)

    assert pane.verticalScrollBar().value() > 0
    assert close(made.getViewBox().viewRange(), before)


def test_ctrl_and_the_wheel_zoom_and_a_double_click_brings_the_whole_range_back(scrolled, qtbot):
    pane, made = scrolled
    before = made.getViewBox().viewRange()

    turn(made, 3, Qt.KeyboardModifier.ControlModifier)
    low, high = made.getViewBox().viewRange()[0]
    assert high - low < 0.9 * (before[0][1] - before[0][0])
    assert pane.verticalScrollBar().value() == 0

    qtbot.mouseDClick(made.viewport(), Qt.MouseButton.LeftButton)
    assert close(made.getViewBox().viewRange(), before)
    assert made.getViewBox().state["autoRange"] == [True, True] or made.getViewBox().state["autoRange"] == [1.0, 1.0]


def test_thirty_notches_outwards_do_not_lose_the_curve(scrolled):
    _, made = scrolled
    low, high = made.getViewBox().viewRange()[0]

    for _ in range(30):
        turn(made, -1, Qt.KeyboardModifier.ControlModifier)

    now = made.getViewBox().viewRange()[0]
    assert now[1] - now[0] <= 4 * (high - low)


def test_while_it_lives_the_range_follows_the_data_by_steps(scrolled, qtbot):
    _, made = scrolled
    box, curve = made.getViewBox(), made.getPlotItem().listDataItems()[0]
    seen = []
    box.sigXRangeChanged.connect(lambda _, ends: seen.append(ends))

    box.set_live(True)
    for last in range(101, 134):
        curve.setData(range(last + 1), [1.0] * last + [0.0])
        box.updateAutoRange()
    live = len(seen)
    box.set_live(False)
    box.updateAutoRange()

    assert live < 8
    left, right = box.viewRange()[0]
    assert (left + right) / 2 == pytest.approx(133 / 2)


@pytest.mark.parametrize("last", [7, 50, 1404, 2000])
def test_while_it_lives_no_step_is_empty_before_the_first_epoch_or_below_a_loss_of_nothing(scrolled, last):
    _, made = scrolled
    box, curve = made.getViewBox(), made.getPlotItem().listDataItems()[0]
    curve.setPen(width=2, color="k")

    box.set_live(True)
    curve.setData([0, last / 2, last], [0.69, 0.0, 0.3])
    box.updateAutoRange()

    for (low, high), least, most in zip(box.viewRange(), (0, 0.0), (last, 0.69), strict=True):
        assert -0.1 * (high - low) < low <= least
        assert most <= high


def test_while_it_lives_what_is_below_nothing_is_seen(scrolled):
    _, made = scrolled
    box, curve = made.getViewBox(), made.getPlotItem().listDataItems()[0]

    box.set_live(True)
    curve.setData([0, 1, 2], [-0.31, 0.2, 0.5])
    box.updateAutoRange()

    assert box.viewRange()[1][0] < -0.31


def test_a_saved_drawing_of_a_plot_has_its_figures_as_letters(scrolled, tmp_path):
    _, made = scrolled
    file = tmp_path / "plot.svg"

    save_picture(made.parentWidget(), file, "Squares")

    assert file.read_text().count("<text") > 6
    assert made.getAxis("left").cacheMode() == QGraphicsItem.CacheMode.DeviceCoordinateCache
