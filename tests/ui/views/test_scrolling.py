"""A view whose height follows its width is as wide as its viewport, whatever the scroll bar becomes."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from playground.ui.views.frame import _Scroll


class Square(QWidget):
    def resizeEvent(self, event: QResizeEvent) -> None:
        self.setFixedHeight(self.width())


@pytest.mark.parametrize("height", range(150, 300, 6))
def test_a_style_sheet_with_another_bar_resizes_a_square_and_comes_to_an_end(qtbot, qapp, height):
    scroll, page, square = _Scroll(), QWidget(), Square()
    qtbot.addWidget(scroll)
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(square)
    column.addStretch(1)
    scroll.setWidget(page)
    scroll.resize(220, height)
    scroll.show()
    for bar in (4, 40, 4):
        scroll.setStyleSheet(f"QScrollBar:vertical {{ width: {bar}px; }}")
        qapp.processEvents()
        assert square.width() == square.height() == page.width() == scroll.viewport().width()
