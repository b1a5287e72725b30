"""The pictures in the cards: the unit under the mouse says what it is, and what it sees is framed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF

from playground.data.dataset import DataChoice


@pytest.fixture
def pictured(qtbot, opened):
    """A window whose cards have pictures, and a way to point at a share of a card's picture."""

    def open_on(template):
        window = opened(template, epochs=1)
        window.session.play()
        qtbot.waitUntil(lambda: window.session.status == "ended", timeout=30_000)
        qtbot.waitUntil(lambda: len(window.cards._seen) > 2, timeout=10_000)
        return window

    return open_on


def point(qtbot, window, id, number, x, y):
    """The mouse over that place of a picture of a card."""
    item = window.canvas.network.nodes[id]
    place = item._places()[number]
    at = item.mapToScene(QPointF(place.left() + x * place.width(), place.top() + y * place.height()))
    window.canvas.reveal((id,))
    qtbot.mouseMove(window.canvas.viewport(), QPoint(2, 2))
    qtbot.mouseMove(window.canvas.viewport(), window.canvas.mapFromScene(at))
    window.cards._point(item, item.picture_at(item.mapFromScene(at)))
    return item


def test_a_unit_on_a_card_tells_its_value_and_frames_what_it_sees(qtbot, pictured):
    window = pictured("digits-cnn")
    item = point(qtbot, window, "conv2", 2, 0.9, 0.3)
    value = float(
        window.cards._seen["conv2"].values[2, 1, 3]
    )  # after pointing: the last epoch's pictures may just have come
    assert item.toolTip().startswith(f"conv2, channel 3, row 2, column 4: {value:.3g}".replace("-", "−"))
    # 3 × 3 over 4 × 4 cells of 2 × 2: rows 0 to 2 and columns 2 to 3 of pool1, which see 0 to 5 and 4 to 7 of conv1,
    # which see rows 0 to 6 and columns 3 to 7 of the input.
    assert "It sees 7 × 5 of the 8 × 8 of the input." in item.toolTip()
    nodes = window.canvas.network.nodes
    assert nodes["input1"].field == QRectF(3 / 8, 0, 5 / 8, 7 / 8)
    assert nodes["pool1"].field == QRectF(2 / 4, 0, 2 / 4, 3 / 4)
    assert nodes["conv2"].field == QRectF(3 / 4, 1 / 4, 1 / 4, 1 / 4)
    assert nodes["dense1"].field is None
    window.cards._point(item, None)
    assert all(node.field is None for node in nodes.values())


def test_a_picture_that_comes_late_and_is_of_other_data_frames_nothing(qtbot, pictured):
    window = pictured("digits-cnn")
    item, seen = window.canvas.network.nodes["input1"], dict(window.cards._seen)
    pictures = item.pictures
    window.bridge.stop()
    window.session.choose_data(DataChoice(source="iris"))
    qtbot.waitUntil(lambda: window.session.poll() or window.session.document.data.source == "iris")
    window.cards._seen = seen
    item.show_pictures(pictures)
    window.cards._point(item, item.picture_at(item._places()[0].center()))
    assert item.toolTip().startswith("input1, channel 1, row 5, column 5: ")
    assert all(node.field is None for node in window.canvas.network.nodes.values())


def test_a_step_of_a_sequence_is_framed_up_to_itself(qtbot, pictured):
    window = pictured("frequency-lstm")
    item = point(qtbot, window, "input1", 0, 0.26, 0.5)
    assert item.toolTip().startswith("input1, step 11, unit 1: ")
    assert window.canvas.network.nodes["input1"].field == QRectF(10 / 40, 0, 1 / 40, 1)


def test_beside_the_pictures_a_card_says_what_the_layer_does(qtbot, pictured):
    window = pictured("digits-cnn")
    item = window.canvas.network.nodes["conv2"]
    assert item.picture_at(QPointF(30, 10)) is None
    words = item.toolTip()
    point(qtbot, window, "conv2", 0, 0.5, 0.5)
    assert item.toolTip() != words
    window.cards._point(item, None)
    assert "parameters" in item.toolTip()


def test_letters_and_what_is_made_of_them_stand_on_the_cards(qtbot, opened):
    window = opened("encoder-decoder")
    nodes = window.canvas.network.nodes
    qtbot.waitUntil(lambda: all(node.pictures for node in nodes.values() if node.layer.gives_output), timeout=60_000)
    item = point(qtbot, window, "source", 0, 0.01, 0.5)
    examples = window.session.examples
    letter = examples.dataset.feature_names[int(window.focus.raw()[0])]
    assert item.toolTip().startswith(f"source, step 1: {letter}.")


def test_a_folded_block_shows_what_it_ends_in(qtbot, opened):
    window = opened("cifar-resnet-20")
    nodes = window.canvas.network.nodes
    qtbot.waitUntil(lambda: len(window.cards._seen) > 5, timeout=60_000)
    block = next(id for id in nodes if id.startswith("#") and id in window.cards._seen)
    last = window.cards._shown_by[block]
    assert last.partition(".")[0] in window.canvas.network.view.folded[block]
    assert nodes[block].pictures
    assert window.cards._seen[block].values.shape[1:] == window.session.report.shapes[last].dims[1:]
