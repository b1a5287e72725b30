"""A table is looked at before it is used: what was understood, what is said otherwise, and what becomes of it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox

from playground.ui.table_dialog import TableDialog

LINES = ["name;height;weight;kind", *(f"p{at};1,{at % 90 + 10};{at % 7 or ''};{'abc'[at % 3]}" for at in range(60))]


@pytest.fixture
def dialog(qtbot, opened, tmp_path):
    """A table with commas in its numbers, dropped on a window."""
    path = tmp_path / "people.csv"
    path.write_text("\n".join(LINES), encoding="utf-8")
    window = opened("table-mlp")
    window.files.open_path(path)
    found = next(child for child in window.children() if isinstance(child, TableDialog))
    qtbot.waitUntil(found.use.isEnabled, timeout=10_000)
    return window, found


def role_of(dialog, name):
    line = next(at for at, sight in enumerate(dialog.sight.columns) if sight.proposal.name == name)
    box = dialog.columns.cellWidget(line, 2)
    assert isinstance(box, QComboBox)
    return box.currentData()


def test_what_was_understood_is_shown(dialog):
    _, found = dialog
    assert found.separator.currentData() == ";"
    assert found.decimal.currentData() == ","
    assert found.header.isChecked()
    assert found.target.currentText() == "kind"
    assert role_of(found, "name") == "left out"
    assert "60 rows, 4 columns" in found.words.text()
    assert found.rows.item(0, 0).text() == "p0"


def test_another_target_and_a_column_left_out_reach_the_network(qtbot, dialog):
    window, found = dialog
    found._say_target("height")
    qtbot.waitUntil(found.use.isEnabled, timeout=10_000)
    assert role_of(found, "height") == "target"
    found._say_column("kind", "role", "left out")
    qtbot.waitUntil(found.use.isEnabled, timeout=10_000)
    found.accept()
    session = window.session
    qtbot.waitUntil(lambda: session.document.data.target == "height", timeout=10_000)
    assert session.examples.dataset.task == "numbers"
    assert not any("kind" in name for name in session.examples.dataset.feature_names)
    assert session.document.data.table.of("kind").role == "left out"
    assert window.data_pane.as_table.isVisible()


def test_the_target_that_was_shown_is_named_when_the_table_is_used(qtbot, dialog):
    window, found = dialog
    found.accept()
    qtbot.waitUntil(lambda: window.session.document.data.target == "kind", timeout=10_000)
    assert not any("--target" in note for note in window.session.examples.dataset.notes)


def test_cancelling_leaves_the_data_as_they_were(dialog):
    window, found = dialog
    before = window.session.document
    found.reject()
    assert window.session.document is before


def test_what_cannot_be_read_is_told_and_cannot_be_used(qtbot, opened, tmp_path):
    path = tmp_path / "nothing.csv"
    path.write_text("a,b\n", encoding="utf-8")
    window = opened("table-mlp")
    window.files.open_path(path)
    found = next(child for child in window.children() if isinstance(child, TableDialog))
    qtbot.waitUntil(lambda: "nothing.csv" in found.words.text(), timeout=10_000)
    assert not found.use.isEnabled()


def test_other_data_forget_how_the_table_was_read(qtbot, dialog):
    window, found = dialog
    found._say_target("height")
    qtbot.waitUntil(found.use.isEnabled, timeout=10_000)
    found._say_column("weight", "scaling", "none")
    qtbot.waitUntil(found.use.isEnabled, timeout=10_000)
    found.accept()
    qtbot.waitUntil(lambda: window.session.document.data.table is not None, timeout=10_000)
    window.data_pane._choose(window.data_pane.combo.findData("iris"))
    qtbot.waitUntil(lambda: window.session.document.data.source == "iris", timeout=10_000)
    assert window.session.document.data.table is None
    assert window.session.document.data.target is None


def test_a_wheel_over_the_columns_scrolls_and_changes_nothing(qtbot, dialog):
    _, found = dialog
    box = found.columns.cellWidget(1, 1)
    assert box.focusPolicy() == Qt.FocusPolicy.StrongFocus
    before, at = box.currentIndex(), QPointF(box.rect().center())
    wheel = QWheelEvent(
        at, QPointF(box.mapToGlobal(at.toPoint())), QPoint(0, -120), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(box, wheel)
    assert box.currentIndex() == before
    assert not wheel.isAccepted()


def test_a_column_whose_cells_are_no_dates_stays_what_it_is_and_says_so(qtbot, dialog):
    _, found = dialog
    found._say_column("weight", "type", "date")
    qtbot.waitUntil(found.use.isEnabled, timeout=10_000)
    weight = next(sight.proposal for sight in found.sight.columns if sight.proposal.name == "weight")
    assert (weight.type, weight.why) == ("whole number", "its cells are no dates")


def test_whoever_cancels_on_the_first_page_stays_there(qtbot, opened, tmp_path):
    (tmp_path / "people.csv").write_text("\n".join(LINES), encoding="utf-8")
    window = opened()
    assert window.pages.currentWidget() is window.welcome
    window.files.open_path(tmp_path / "people.csv")
    found = next(child for child in window.children() if isinstance(child, TableDialog))
    qtbot.waitUntil(found.use.isEnabled, timeout=10_000)
    found.reject()
    assert window.pages.currentWidget() is window.welcome
