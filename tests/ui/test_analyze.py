from __future__ import annotations

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from playground.app.changes import EditGraph
from playground.graph.analysis import COLUMNS, as_csv, as_markdown
from playground.graph.edits import SetSettings
from playground.graph.templates import chain
from playground.layers.dense import Dense
from playground.layers.ends import Input, Output
from playground.ui.panes.layer_table import SHARE, LayerTable
from playground.ui.start import show_panel

PARAMETERS = next(place for place, column in enumerate(COLUMNS) if column.name == "parameters")


@pytest.fixture
def analyzed(opened):
    """A window on a template, its Analyze panel in front."""

    def open_on(template="digits-cnn"):
        window = opened(template)
        show_panel(window, "analyze")
        return window, window.analyze

    return open_on


def ids(pane) -> list[str]:
    return [row.id for row in pane.table.layers.rows]


def chose(pane, place: int) -> None:
    flags = QItemSelectionModel.SelectionFlag
    pane.table.selectionModel().select(pane.table.layers.index(place, 0), flags.ClearAndSelect | flags.Rows)


def test_the_panel_has_a_row_a_layer_and_the_totals(analyzed):
    window, pane = analyzed()

    assert ids(pane) == list(window.session.document.graph.order)
    assert pane.sums.text() == (
        "8 layers: 9,930 parameters, 88,064 multiply-adds, 11.6 kB of activations for one example"
    )
    assert pane.where.text() == "dense1 has 52 % of the parameters, conv2 has 84 % of the multiply-adds."
    assert not window.learning.comparison.isVisible()


def test_a_layer_that_has_most_of_both_is_named_once(analyzed):
    _, pane = analyzed("digits-mlp")

    assert pane.where.text() == "dense1 has 86 % of the parameters and 86 % of the multiply-adds."


def test_an_edit_is_in_the_table_and_a_move_does_not_make_it_anew(qtbot, analyzed):
    window, pane = analyzed()

    with qtbot.waitSignal(pane.table.layers.modelReset):
        window.session.do(EditGraph(SetSettings("conv1", (("filters", 8),))))
    assert pane.table.layers.index(1, PARAMETERS).data() == "80"
    with qtbot.assertNotEmitted(pane.table.layers.modelReset):
        window.canvas.select(("conv1",))
        window.canvas.nudge(10, 0)


def test_while_it_cannot_be_seen_nothing_is_computed_and_then_it_is_up_to_date(qtbot, analyzed):
    window, pane = analyzed()
    show_panel(window, "loss")

    with qtbot.assertNotEmitted(pane.table.layers.modelReset):
        window.session.do(EditGraph(SetSettings("conv1", (("filters", 8),))))
    show_panel(window, "analyze")

    assert pane.table.layers.index(1, PARAMETERS).data() == "80"


def test_a_row_selects_its_card_and_a_card_its_row(analyzed):
    window, pane = analyzed()

    chose(pane, 3)
    assert window.canvas.selected() == ("conv2",)
    window.canvas.select(("dense1", "pool1"))
    assert pane.table.chosen() == ("pool1", "dense1")
    window.canvas.select(())
    assert pane.table.chosen() == ()


def test_headings_sort_up_down_and_back_to_the_order_of_computing(qtbot, analyzed):
    window, pane = analyzed()
    window.canvas.select(("conv2",))
    header = pane.table.horizontalHeader()
    x = header.sectionViewportPosition(PARAMETERS) + header.sectionSize(PARAMETERS) // 2

    def click():
        qtbot.mouseClick(
            header.viewport(), Qt.MouseButton.LeftButton, pos=header.viewport().rect().center().__class__(x, 8)
        )

    click()
    assert ids(pane)[-3:] == ["conv1", "conv2", "dense1"]
    click()
    assert ids(pane)[:3] == ["dense1", "conv2", "conv1"]
    assert pane.table.chosen() == window.canvas.selected() == ("conv2",)
    click()
    assert ids(pane) == list(window.session.document.graph.order)


def test_the_order_chosen_stays_through_an_edit(analyzed):
    window, pane = analyzed()
    pane.table.sortByColumn(PARAMETERS, Qt.SortOrder.DescendingOrder)

    window.session.do(EditGraph(SetSettings("conv1", (("filters", 64),))))

    assert ids(pane)[0] == "conv2"


def test_numbers_stand_on_the_right_and_carry_their_share(analyzed):
    _, pane = analyzed()
    model = pane.table.layers
    cell = model.index(6, PARAMETERS)

    assert cell.data(Qt.ItemDataRole.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight
    assert model.index(6, 0).data(Qt.ItemDataRole.TextAlignmentRole) & Qt.AlignmentFlag.AlignLeft
    assert cell.data(SHARE) == pytest.approx(5130 / 9930)
    assert cell.data(Qt.ItemDataRole.ToolTipRole) == "51.7 % of the whole network"


def test_the_table_is_copied_whole_or_by_rows(qtbot, analyzed):
    window, pane = analyzed()
    clipboard = QGuiApplication.clipboard()

    pane.copy_csv.click()
    assert clipboard.text().replace("\r\n", "\n") == as_csv(pane.table.layers.rows).replace("\r\n", "\n")
    assert window.session.message == "The table is on the clipboard."
    pane.copy_markdown.click()
    assert clipboard.text() == as_markdown(pane.table.layers.rows)
    chose(pane, 6)
    pane.table.setFocus()
    qtbot.keyClick(pane.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert clipboard.text() == "dense1\tDense 10\t10 U\t5,130\tyes\t5,120\t40 B\t–\n"


def test_an_empty_network_says_what_would_be_here(analyzed):
    window, pane = analyzed()

    window.canvas.select_all()
    window.canvas.delete_selection()

    assert pane.empty.isVisible()
    assert pane.empty.text().startswith("Here each layer will stand in a row")


def test_a_thousand_layers_are_shown_within_a_blink(qtbot):
    from time import perf_counter

    from playground.graph.analysis import rows
    from playground.graph.check import check

    graph = chain(Input(), *(Dense(units=4, activation="relu") for _ in range(1200)), Output())
    table = LayerTable()
    qtbot.addWidget(table)
    table.resize(900, 220)
    table.show()
    found = rows(graph, check(graph))

    began = perf_counter()
    table.show_rows(found)
    table.grab()
    QApplication.processEvents()

    assert perf_counter() - began < 1.0
    assert table.layers.rowCount() == 1202
