from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from playground.app.changes import EditGraph, Move
from playground.graph.edits import AddLayer, Rename, SetSettings
from playground.graph.model import Edge, Graph
from playground.layers.activation import ReLU
from playground.layers.dense import Dense
from playground.layers.image import Conv2d
from playground.layers.layer import Unknown
from playground.ui import theme
from playground.ui.canvas import node_item
from playground.ui.canvas.card_type import font, title_type
from playground.ui.canvas.edge_item import two_lines
from playground.ui.canvas.node_item import WIDTH, described
from playground.ui.canvas.palette import LayerPalette
from playground.ui.canvas.scene import NetworkScene
from tests.ui.canvas.canvas_hand import CHAIN, SECOND


def edges(view) -> set[Edge]:
    return set(view.session.document.graph.edges)


def wrong(canvas) -> None:
    """Make the Output's width wrong: the canvas has a problem with fixes."""
    canvas.session.do(EditGraph(SetSettings("dense2", (("units", 5),))))


def test_an_empty_canvas_says_what_to_do(canvas_of):
    view = canvas_of(Graph())
    assert view.overlays.empty.isVisible()
    assert "Ctrl+K" in view.overlays.empty.text()

    view.add_layer("Input")

    assert not view.overlays.empty.isVisible()


def test_a_layer_added_behind_a_selected_one_goes_on_its_edge(canvas, hand):
    hand.click(hand.middle("dense1"))

    canvas.add_layer("Tanh")

    assert {Edge("dense1", "tanh1", "inputs"), Edge("tanh1", "dense2", "values")} <= edges(canvas)
    assert canvas.selected() == ("tanh1",)


def test_a_double_click_in_the_palette_adds_behind_the_selection(canvas, qtbot):
    palette = LayerPalette()
    qtbot.addWidget(palette)
    palette.chosen.connect(canvas.add_layer)
    palette.resize(230, 700)
    palette.show()
    canvas.select(("dense1",))
    item = next(i for i in map(palette.list.item, range(palette.list.count())) if i.text() == "ReLU")
    palette.list.scrollToItem(item)
    place = palette.list.visualItemRect(item).center()

    QTest.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=place)

    assert Edge("dense1", "relu1", "inputs") in edges(canvas)


def test_the_palette_finds_layers_by_other_words_and_enter_adds_the_first(qtbot):
    palette = LayerPalette()
    qtbot.addWidget(palette)
    chosen = []
    palette.chosen.connect(chosen.append)

    QTest.keyClicks(palette.search, "fully connected")
    QTest.keyClick(palette.search, Qt.Key.Key_Return)

    assert chosen == ["Dense"]


def test_tab_walks_along_the_edges_and_back(canvas, hand):
    canvas.select(("input1",))

    hand.key(Qt.Key.Key_Tab)
    hand.key(Qt.Key.Key_Tab)
    assert canvas.selected() == ("dense2",)

    hand.key(Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert canvas.selected() == ("dense1",)


def test_control_and_arrows_nudge_the_selection(canvas, hand):
    canvas.select(("dense1",))
    x, y = canvas.session.document.positions["dense1"]

    hand.key(Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    hand.key(Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)

    assert canvas.session.document.positions["dense1"] == (x + 10, y + 10)


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Right])
def test_keys_of_the_run_are_left_to_the_window(canvas, qtbot, key):
    heard = []
    canvas.parentWidget().keyPressEvent = lambda event: heard.append(event.key())

    QTest.keyClick(canvas, key)

    assert heard == [key]


def test_a_wire_can_be_drawn_with_keys_alone(canvas_of, loose, hand):
    view = canvas_of(loose)
    view.select(("dense1",))
    QTest.keyClick(view, Qt.Key.Key_W)
    while view.network.nodes["relu1"].lit_port is None:
        QTest.keyClick(view, Qt.Key.Key_Tab)

    QTest.keyClick(view, Qt.Key.Key_Return)

    assert Edge("dense1", "relu1", "inputs") in edges(view)
    assert view.gesture is None


def test_escape_drops_a_wire_drawn_with_keys_and_tab_walks_again(canvas, hand):
    canvas.select(("input1",))
    hand.key(Qt.Key.Key_W)
    hand.key(Qt.Key.Key_Escape)

    hand.key(Qt.Key.Key_Tab)

    assert edges(canvas) == set(CHAIN.edges)
    assert canvas.selected() == ("dense1",)


def test_control_a_selects_every_layer(canvas, hand):
    hand.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)

    assert set(canvas.selected()) == set(CHAIN.nodes)


def test_the_bubble_repairs_the_selected_layer_in_one_step(canvas):
    wrong(canvas)
    broken = canvas.session.document
    canvas.select(("output1",))
    assert canvas.overlays.bubble.isVisible()
    assert canvas.overlays.bubble.problem.text == "Output needs 2 values, one for each class, but gets 5."
    button = canvas.overlays.bubble.buttons()[0]
    assert button.text() == "Set units of dense2 to 2"

    QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    assert canvas.session.report.ok
    assert not canvas.overlays.bubble.isVisible()
    canvas.session.undo()
    assert canvas.session.document == broken


def test_the_bubble_stays_within_the_canvas_and_beside_its_card(canvas):
    wrong(canvas)
    bubble = canvas.overlays.bubble.geometry()

    assert canvas.viewport().rect().contains(bubble)
    assert not canvas.overlays.on_screen(canvas.network.nodes["output1"]).intersects(bubble)


def test_buttons_of_a_note_stand_below_one_another_where_it_is_narrow(canvas):
    wrong(canvas)
    note = canvas.overlays.bubble
    note.setFixedWidth(180)
    note._turn_buttons(180)
    note.layout().activate()

    first, second = note.buttons()
    assert second.y() > first.y()
    assert note.minimumSizeHint().width() < 290


def test_a_renamed_layer_stays_selected_and_keeps_its_pictures(canvas):
    picture = QImage(4, 4, QImage.Format.Format_RGB888)
    canvas.set_pictures("dense1", [picture])
    canvas.select(("dense1",))

    canvas.session.do(EditGraph(Rename("dense1", "hidden")))

    assert canvas.selected() == ("hidden",)
    assert list(canvas.network.nodes["hidden"].pictures) == [picture]
    canvas.session.undo()
    assert canvas.selected() == ("dense1",)


def test_only_what_differs_is_made_anew(canvas):
    items, wires = dict(canvas.network.nodes), dict(canvas.network.edges)

    canvas.session.do(EditGraph(SetSettings("dense1", (("units", 9),))))

    assert all(canvas.network.nodes[id] is item for id, item in items.items())
    assert all(canvas.network.edges[edge] is item for edge, item in wires.items())
    assert canvas.network.edges[SECOND].label == "9"


def test_pictures_make_a_card_taller_and_none_makes_it_small_again(canvas):
    item = canvas.network.nodes["dense1"]
    low = item.height

    canvas.set_pictures("dense1", [QImage(8, 8, QImage.Format.Format_RGB888)])
    assert item.height > low
    canvas.set_pictures("dense1", [])

    assert item.height == low


def test_the_wheel_zooms_around_the_cursor(canvas, qtbot):
    place = canvas.mapFromScene(canvas.network.nodes["dense2"].pos())
    before, scale = canvas.mapToScene(place), canvas.transform().m11()

    canvas.zoom(1.5, place)

    assert canvas.transform().m11() == pytest.approx(1.5 * scale)
    assert (canvas.mapToScene(place) - before).manhattanLength() < 3


def test_fit_shows_every_layer(canvas):
    canvas.zoom(3.0, canvas.viewport().rect().bottomRight())

    canvas.fit()

    assert set(canvas.visible_nodes()) == set(CHAIN.nodes)


def test_a_fitted_canvas_is_fitted_again_when_a_card_comes_and_not_when_one_moves(canvas):
    fits: list[str] = []
    canvas.fit()
    canvas.fit = lambda: fits.append("again")

    canvas.session.do(Move({"dense1": (4000.0, 3000.0)}))
    assert fits == []
    canvas.session.do(EditGraph(AddLayer("relu1", ReLU())))
    assert fits == ["again"]


def test_the_canvas_says_in_words_what_is_selected(canvas):
    assert canvas.accessibleDescription() == "4 layers, 0 selected"
    wrong(canvas)

    canvas.select(("output1",))

    words = canvas.accessibleDescription()
    assert "output1" in words
    assert "from dense2 to nothing" in words
    assert "Output needs 2 values" in words


def test_another_theme_draws_another_ground(canvas):
    def ground() -> QColor:
        return canvas.grab().toImage().pixelColor(3, 3)

    light = ground()
    theme.apply(QApplication.instance(), theme.DARK)
    canvas.restyle()

    assert light.lightness() > 200 > 60 > ground().lightness()


def test_a_layer_nobody_knows_is_drawn_and_its_name_is_not_read_as_html(canvas_of):
    strange = Unknown(type_name="<img src=x>", kept={})
    view = canvas_of(Graph({"a": strange, "conv1": Conv2d()}, (Edge("a", "conv1", "image"),)))

    view.grab()

    item = view.network.nodes["a"]
    assert "<img" not in described(item.id, item.layer, 0, item.problems)


def test_a_tooltip_says_what_the_layer_does_and_computes():
    words = described("conv1", Conv2d(), 160, ())

    assert "Slides small filters over the image" in words
    assert "Formula:" in words
    assert "160 parameters" in words


def test_a_long_shape_on_a_short_edge_takes_two_lines():
    assert two_lines("128×128×16") == "128×128\n×16"
    assert two_lines("512") == "512"


def test_a_network_of_two_hundred_layers_has_a_card_for_each(canvas_of):
    ids = [f"dense{number}" for number in range(200)]
    graph = Graph({id: Dense() for id in ids}, tuple(Edge(a, b, "values") for a, b in pairwise(ids)))
    view = canvas_of(graph)
    assert len(NetworkScene(view.session, view).nodes) == 200


def test_a_drag_keeps_edges_at_their_cards(canvas, hand):
    start = hand.middle("dense1")
    hand.press(start)
    hand.to(start + QPointF(0, 100))

    wire = canvas.network.edges[SECOND]._path
    assert wire.pointAtPercent(0) == hand.output("dense1")
    hand.key(Qt.Key.Key_Escape)


def test_in_large_type_a_long_title_is_narrower_than_a_short_one_and_not_much_smaller(qapp):
    short, _ = title_type("Conv 3×3", 1.6, WIDTH - 28)
    size, narrow = title_type("Max pool 2×2", 1.6, WIDTH - 28)
    assert size >= 0.85 * short
    assert narrow < 100
    assert QFontMetricsF(font(size, True, narrow)).horizontalAdvance("Max pool 2×2") <= WIDTH - 28 + 4
    assert title_type("Max pool 2×2", 1.0, WIDTH - 34)[1] == 100


def test_in_large_type_the_second_line_of_settings_is_whole(qapp, monkeypatch):
    monkeypatch.setattr(node_item, "enlargement", lambda: 1.6)
    item = node_item.NodeItem("output1", Dense())

    def lowest_ink(words: str) -> float:
        item.layer = SimpleNamespace(summary=words)
        image = QImage(4 * int(WIDTH), 400, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        painter.scale(4, 4)
        item._paint_summary(painter)
        painter.end()
        is_ink = np.frombuffer(image.constBits(), np.uint8).reshape(400, -1, 4)[..., :3] < 128
        return float(np.flatnonzero(is_ink.any(axis=(1, 2))).max()) / 4

    hanging, standing = lowest_ink("10 classes · cross-entropy"), lowest_ink("10 classes · cross-entroam")

    metrics = QFontMetricsF(font(11 * node_item.TWO_LINES))
    assert hanging - standing == pytest.approx(metrics.tightBoundingRect("py").bottom(), abs=0.8)
    assert hanging < item.height - 2
