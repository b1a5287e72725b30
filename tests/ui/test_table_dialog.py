"""A table is looked at before it is used: what was understood, what is said otherwise, and what becomes of it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox

from playground.data.catalogue import load
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
    return next(sight.proposal.role for sight in dialog.columns.values.sights if sight.proposal.name == name)


def test_what_was_understood_is_shown(dialog):
    _, found = dialog
    assert found.separator.currentData() == ";"
    assert found.decimal.currentData() == ","
    assert found.header.isChecked()
    assert found.target.currentText() == "kind"
    assert role_of(found, "name") == "left out"
    assert "60 rows, 4 columns" in found.words.text()
    assert found.first.index(0, 0).data() == "p0"


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


def test_a_wheel_over_a_setting_changes_nothing(dialog):
    _, found = dialog
    box = found.target
    assert box.focusPolicy() == Qt.FocusPolicy.StrongFocus
    found.use.setFocus()
    before, at = box.currentIndex(), QPointF(box.rect().center())
    wheel = QWheelEvent(
        at, QPointF(box.mapToGlobal(at.toPoint())), QPoint(0, -120), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(box, wheel)
    assert box.currentIndex() == before


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


NAMES = tuple(f"voxel{at}" for at in range(500))


@pytest.fixture
def wide(qtbot, opened, tmp_path):
    """A table of 502 columns: an age, 500 voxels and a group, of which one voxel says the group in other words."""
    path = tmp_path / "subjects.csv"
    lines = [",".join(("age", *NAMES, "group"))]
    for row in range(80):
        is_patient = row % 2
        cells = [str((row * 7 + at * 13) % 97 / 10) for at in range(500)]
        cells[321] = "yes" if is_patient else "no"
        lines.append(",".join((str(20 + row % 50), *cells, "patient" if is_patient else "control")))
    path.write_text("\n".join(lines), encoding="utf-8")
    window = opened("table-mlp")
    window.files.open_path(path)
    found = next(child for child in window.children() if isinstance(child, TableDialog))
    qtbot.waitUntil(found.use.isEnabled, timeout=20_000)
    return window, found


def chosen_where(found, text):
    found.search.setText(text)
    found.columns.selectAll()


def test_all_of_five_hundred_columns_are_listed_and_found_by_their_names(wide):
    _, found = wide
    assert found.columns.found.rowCount() == 502
    assert found.first.columnCount() == 502
    found.search.setText("voxel49")
    assert found.columns.found.rowCount() == 11
    assert found.count.text() == "11 of 502 columns"
    found.search.setText("no such column")
    assert found.columns.found.rowCount() == 0


def test_many_columns_are_left_out_at_once(qtbot, wide):
    window, found = wide
    chosen_where(found, "voxel4")
    assert found.count.text() == "111 of 502 columns · 111 chosen"
    found.role.setCurrentIndex(found.role.findData("left out"))
    found.role.activated.emit(found.role.currentIndex())
    qtbot.waitUntil(found.use.isEnabled, timeout=20_000)
    assert {role_of(found, name) for name in NAMES if name.startswith("voxel4")} == {"left out"}
    assert role_of(found, "voxel5") == "input"
    assert len(found.columns.chosen()) == 111, "what is chosen stays chosen"
    found.accept()
    qtbot.waitUntil(lambda: window.session.examples is not None and window.session.document.data.table is not None)
    qtbot.waitUntil(lambda: window.session.examples.dataset.name == "subjects.csv", timeout=20_000)
    assert not any(name.startswith("voxel4") for name in window.session.examples.dataset.feature_names)


def test_the_type_of_many_columns_is_said_at_once(qtbot, wide):
    _, found = wide
    chosen_where(found, "voxel49")
    found.type.setCurrentIndex(found.type.findData("category"))
    found.type.activated.emit(found.type.currentIndex())
    qtbot.waitUntil(found.use.isEnabled, timeout=20_000)
    types = {sight.proposal.name: sight.proposal.type for sight in found.columns.values.sights}
    assert types["voxel490"] == types["voxel49"] == "category"
    assert types["voxel48"] == "number"


def test_only_one_column_can_be_the_target_or_the_group(qtbot, wide):
    _, found = wide
    chosen_where(found, "voxel1")
    is_offered = [bool(found.role.model().index(at, 0).flags() & Qt.ItemFlag.ItemIsEnabled) for at in range(5)]
    assert is_offered == [True, False, True, False, False]
    for name in ("age", "voxel7"):
        found._say_column(name, "role", "group")
        qtbot.waitUntil(found.use.isEnabled, timeout=20_000)
    assert [role_of(found, name) for name in ("age", "voxel7")] == ["input", "group"]


def test_a_column_that_says_the_answer_is_marked_under_why(wide):
    _, found = wide
    leaks = [sight.proposal.name for sight in found.columns.values.sights if sight.gives_away]
    assert leaks == ["voxel321"]
    found.search.setText("by itself")
    assert found.columns.found.rowCount() == 1
    assert "says “group” by itself" in found.columns.found.index(0, 8).data()


def test_a_cell_opens_as_a_list_of_what_it_may_be(qtbot, wide):
    _, found = wide
    found.search.setText("voxel321")
    at = found.columns.found.index(0, 2)
    found.columns.selectionModel().setCurrentIndex(at, QItemSelectionModel.SelectionFlag.ClearAndSelect)
    found.columns.edit(at)
    box = found.columns.findChild(QComboBox)
    assert box.accessibleName() == "voxel321: Role"
    assert box.currentData() == "input"
    box.setCurrentIndex(box.findData("left out"))
    box.activated.emit(box.currentIndex())
    qtbot.waitUntil(lambda: role_of(found, "voxel321") == "left out", timeout=20_000)


def test_two_rows_are_said_to_be_too_few_and_cannot_be_used(qtbot, opened, tmp_path):
    path = tmp_path / "two.csv"
    path.write_text("a,b\n1,2.5\n3,4.5\n", encoding="utf-8")
    window = opened("table-mlp")
    window.files.open_path(path)
    found = next(child for child in window.children() if isinstance(child, TableDialog))
    qtbot.waitUntil(lambda: found.words.text().startswith("2 rows"), timeout=10_000)
    assert found.words.text() == (
        "2 rows, 2 columns. two.csv needs at least 10 rows and two columns to be learned from and judged by."
    )
    assert not found.use.isEnabled()


def test_rows_with_too_many_or_too_few_cells_are_named_and_become_what_is_chosen(qtbot, opened, tmp_path):
    path = tmp_path / "ragged.csv"
    rows = [f"{at},{at * at % 7},{'ab'[at % 2]}" for at in range(40)]
    path.write_text("\n".join(["size,turn,kind", *rows, "7,1,a,9", "8,2", "9"]), encoding="utf-8")
    window = opened("table-mlp")
    window.files.open_path(path)
    found = next(child for child in window.children() if isinstance(child, TableDialog))
    ragged = found.ragged
    qtbot.waitUntil(found.use.isEnabled, timeout=10_000)
    assert found.words.text() == "42 rows, 3 columns."
    assert ragged.isVisibleTo(found)
    assert (ragged.long_words.text(), ragged.short_words.text()) == ("1 row (row 42)", "2 rows (rows 43, 44)")
    assert (ragged.long_rows.currentData(), ragged.short_rows.currentData()) == ("drop", "fill")

    _choose(ragged.long_rows, "keep them, in more columns")
    qtbot.waitUntil(lambda: "43 rows, 4 columns" in found.words.text(), timeout=10_000)
    assert ragged.long_rows.currentData() == "widen"
    _choose(ragged.short_rows, "leave these rows out")
    qtbot.waitUntil(lambda: "41 rows, 4 columns" in found.words.text(), timeout=10_000)
    found.accept()
    assert found.choice.table.long_rows == "widen"
    dataset = load(found.choice)
    assert dataset.table.rows == 41
    assert dataset.file_rows.tolist() == list(range(2, 43))


def test_a_table_whose_rows_are_whole_says_nothing_of_ragged_ones(qtbot, opened, tmp_path):
    path = tmp_path / "whole.csv"
    path.write_text("\n".join(["size,kind", *(f"{at},{'ab'[at % 2]}" for at in range(40))]), encoding="utf-8")
    window = opened("table-mlp")
    window.files.open_path(path)
    found = next(child for child in window.children() if isinstance(child, TableDialog))
    qtbot.waitUntil(found.use.isEnabled, timeout=10_000)
    assert not found.ragged.isVisibleTo(found)


def _choose(box, words):
    box.setCurrentIndex(box.findText(words))
    box.activated.emit(box.currentIndex())
