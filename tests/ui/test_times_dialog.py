"""The comparison of two times: what it begins with, and that it fits a small screen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QScreen
from PySide6.QtWidgets import QScrollArea

from playground.ui.times_dialog import TimesDialog


def test_the_comparison_begins_with_the_moment_looked_at_and_names_differences_of_shares_points(qtbot, learned):
    learned.learning.time.slider.setValue(3)
    qtbot.waitUntil(lambda: learned.session.timeline.is_settled, timeout=60_000)
    learned.actions_by_name["time_compare"].trigger()
    dialog = learned.findChild(TimesDialog)
    qtbot.waitUntil(lambda: dialog.layers.rowCount() == 3, timeout=60_000)

    assert [choice.currentText() for choice in dialog.choices] == ["epoch 3", "epoch 6"]
    rows = {dialog.scores.item(row, 0).text(): row for row in range(dialog.scores.rowCount())}
    a, b, difference = (dialog.scores.item(rows["validation accuracy"], column).text() for column in (1, 2, 3))
    points = float(b.removesuffix(" %")) - float(a.removesuffix(" %"))
    assert float(difference.removesuffix(" points").replace("−", "-")) == pytest.approx(points, abs=0.11)
    assert difference.endswith(" points")
    dialog.close()


def test_the_comparison_fits_a_small_screen_and_scrolls_what_does_not(qtbot, learned, monkeypatch):
    monkeypatch.setattr(QScreen, "availableGeometry", lambda _: QRect(0, 0, 1280, 720))
    learned.actions_by_name["time_compare"].trigger()
    dialog = learned.findChild(TimesDialog)
    qtbot.waitUntil(lambda: dialog.layers.rowCount() == 3, timeout=60_000)

    assert dialog.height() <= 720 - 40
    assert dialog.minimumSizeHint().height() <= 720 - 40
    area = dialog.findChild(QScrollArea)
    area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
    last = dialog.layers.viewport().mapTo(area, dialog.layers.visualItemRect(dialog.layers.item(2, 0)).bottomLeft())
    assert area.rect().contains(last)
    dialog.close()
