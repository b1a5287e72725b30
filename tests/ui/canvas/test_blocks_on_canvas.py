"""Blocks, feedback edges and notes, by mouse and keys on the real canvas."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt

from playground.app.files import Project
from playground.app.own_blocks import own_blocks
from playground.graph.edits import layer_like
from playground.graph.folding import MARK
from playground.graph.model import Edge, Graph
from playground.graph.templates import chain
from playground.ui.main_window import MainWindow

IMAGES = chain(
    layer_like("Input", (("dims", (1, 8, 8)),)),
    layer_like("Conv2d", (("filters", 8), ("activation", "relu"))),
    layer_like("GlobalAvgPool2d"),
    layer_like("Dense", (("units", 10),)),
    layer_like("Output", (("units", 10),)),
)
"""A small network for digits."""


def at(window: MainWindow, card: str, x: float = 75, y: float = 20) -> QPoint:
    """A point of a card, in the viewport's pixels."""
    canvas = window.canvas
    return canvas.mapFromScene(canvas.network.nodes[card].pos().x() + x, canvas.network.nodes[card].pos().y() + y)


def graph_of(window: MainWindow) -> Graph:
    return window.session.document.graph


@pytest.fixture
def opened_with(opened):
    """Open a window on a template's data, with another network."""

    def open_on(template: str, graph: Graph) -> MainWindow:
        window = opened(template)
        document = replace(window.session.document, graph=graph, positions={}).placed()
        window.session.start(Project(document))
        window.canvas.fit()
        return window

    return open_on


@pytest.fixture
def window(opened_with):
    return opened_with("digits-cnn", IMAGES)


def click(qtbot, window, card, *, double: bool = False) -> None:
    press = qtbot.mouseDClick if double else qtbot.mouseClick
    press(window.canvas.viewport(), Qt.MouseButton.LeftButton, pos=at(window, card))


def test_a_residual_block_takes_four_actions(qtbot, window):
    click(qtbot, window, "conv1")
    qtbot.keyClick(window.canvas, Qt.Key.Key_A)
    palette = window.offers.palette
    qtbot.keyClicks(palette.field, "residual")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)

    graph = graph_of(window)
    assert [block.title for block in graph.blocks.values()] == ["Residual"]
    assert Edge("conv1", "add1", "inputs") in graph.edges
    assert window.session.report.problems == ()
    assert f"{MARK}block1" in window.canvas.network.nodes
    assert window.canvas.network.nodes[f"{MARK}block1"].layer.summary == "7 layers · filters 8"


def test_a_double_click_unfolds_and_one_on_the_name_folds(qtbot, window):
    window.canvas.add_layer("block:residual")
    click(qtbot, window, f"{MARK}block1", double=True)
    assert "add1" in window.canvas.network.nodes
    frame = window.canvas.network.frames["block1"]
    middle = window.canvas.mapFromScene(frame.title_box().center())

    qtbot.mouseDClick(window.canvas.viewport(), Qt.MouseButton.LeftButton, pos=middle)

    assert graph_of(window).blocks["block1"].folded
    assert window.canvas.network.frames == {}
    window.session.undo()
    assert not graph_of(window).blocks["block1"].folded


def test_grouping_naming_and_repeating_by_keys(qtbot, window):
    window.canvas.select(("conv1",))
    qtbot.keyClick(window.canvas, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    window.canvas.select(("conv1",))
    assert graph_of(window).block_of == {"conv1": "block1"}
    qtbot.keyClick(window.canvas, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert graph_of(window).blocks == {}


def test_the_blocks_form_repeats_renames_and_sets_all_filters(qtbot, window):
    window.canvas.add_layer("block:plain")
    form = window.form
    form.block.repeat.setValue(3)
    form.block.title.setText("Trunk")
    form.block.title.setModified(True)
    form.block.title.editingFinished.emit()
    assert form.form is not None
    assert list(form.form.editors) == ["filters"]

    form.form.editors["filters"].setValue(8)

    assert graph_of(window).blocks["block1"].repeat == 3
    assert window.canvas.network.nodes[f"{MARK}block1"].layer.heading == "Trunk ×3"
    assert "a unit sees 3×3 pixels of the input before, 15×15 behind" in form._figures.text()
    assert window.session.report.problems == ()


def test_a_folded_block_is_moved_copied_and_deleted_whole(qtbot, window):
    window.canvas.add_layer("block:residual")
    before = dict(window.session.document.positions)
    window.canvas.nudge(50, 0)
    moved = window.session.document.positions
    members = graph_of(window).blocks["block1"].members
    assert {moved[id][0] - before[id][0] for id in members} == {50}
    window.canvas.editing.copy()
    window.canvas.editing.paste()
    assert len(graph_of(window).blocks) == 2
    window.canvas.delete_selection()
    assert list(graph_of(window).blocks) == ["block1"]


def test_a_wire_to_a_folded_block_feeds_all_its_entries(qtbot, window):
    window.canvas.add_layer("block:residual")
    for edge in [e for e in graph_of(window).edges if e.source == "conv1"]:
        window.canvas.editing.cut_edges((edge,))
    window.canvas.network.sync()
    canvas, viewport = window.canvas, window.canvas.viewport()
    start, end = at(window, "conv1", 150, 32), at(window, f"{MARK}block1", 0, 32)
    qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(viewport, (start + end) / 2)
    qtbot.mouseMove(viewport, end)
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=end)

    assert Edge("conv1", "conv2", "image") in graph_of(window).edges
    assert canvas.gesture is None


def test_a_block_of_ones_own_is_kept_and_put_in_again(qtbot, window, monkeypatch):
    window.canvas.add_layer("block:residual")
    monkeypatch.setattr("playground.ui.canvas.blocks.QInputDialog.getText", lambda *_a, **_k: ("Mine", True))
    window.canvas.blocks.keep()
    assert [own.title for own in own_blocks()] == ["Mine"]

    window.canvas.add_layer("own:Mine")

    assert len(graph_of(window).blocks) == 2
    assert window.session.report.problems == ()


def test_a_damaged_block_of_ones_own_is_told(window):
    window.canvas.add_layer("block:plain")
    from playground.app.settings import config_folder

    folder = config_folder() / "blocks"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Broken.nnblock").write_text('{"entries": [["x", "y"]], "layers": "nothing"}')
    window.canvas.add_layer("own:Broken")

    assert window.session.message == "The block Broken cannot be read. Keep it anew."


def test_a_wire_drawn_backwards_carries_the_previous_step(qtbot, opened_with):
    waves = chain(
        layer_like("Input", (("dims", (40, 1)),)),
        layer_like("Dense", (("units", 4), ("activation", "tanh"))),
        layer_like("Flatten"),
        layer_like("Dense", (("units", 4),)),
        layer_like("Output", (("units", 4),)),
    )
    window = opened_with("frequency-lstm", waves)
    viewport = window.canvas.viewport()
    start, end = at(window, "dense1", 150, 32), at(window, "dense1", 0, 32)
    qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(viewport, start + QPoint(30, 60))
    qtbot.mouseMove(viewport, end)
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=end)

    assert Edge("dense1", "dense1", "values", feedback=True) in graph_of(window).edges
    assert window.session.report.problems == ()
    assert str(window.session.report.given["dense1"][0]) == "5"


def test_a_note_is_written_moved_and_undone(qtbot, window):
    window.canvas.add_note((300.0, 300.0))
    (note,) = window.canvas.network.notes.values()
    note.setPlainText("Rose napa")
    window.canvas.network.setFocusItem(None)
    note.focusOutEvent(_left())
    assert [n.text for n in window.session.document.notes.values()] == ["Rose napa"]
    window.session.undo()
    window.session.undo()
    assert window.canvas.network.notes == {}


def _left():
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QFocusEvent

    return QFocusEvent(QEvent.Type.FocusOut)
