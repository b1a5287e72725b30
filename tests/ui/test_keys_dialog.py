"""The list of keys, which is longer than a small screen."""

from __future__ import annotations

from PySide6.QtWidgets import QDialogButtonBox

from playground.ui.keys_dialog import KeysDialog


def test_the_list_of_keys_fits_the_screen_and_scrolls_to_its_last_line(qtbot, opened):
    window = opened("perceptron")

    window.actions_by_name["keys"].trigger()
    dialog = window.findChild(KeysDialog)
    qtbot.waitExposed(dialog)

    assert dialog.frameGeometry().height() <= dialog.screen().availableGeometry().height()
    assert "zoom, move the paper" in dialog.list.toPlainText()
    assert dialog.list.horizontalScrollBar().maximum() == 0
    bar, page = dialog.list.verticalScrollBar(), dialog.list.viewport().height()
    assert bar.maximum() + page >= dialog.list.document().size().height()
    close = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Close)
    assert dialog.rect().contains(close.mapTo(dialog, close.rect().bottomRight()))
