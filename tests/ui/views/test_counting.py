"""The same unit is called the same in every view, on the cards and under the mouse: counted from 1."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QLabel, QSpinBox

from playground.ui.views.bars import Bars
from playground.ui.views.map import Map
from playground.ui.views.naming import counted, place_words
from playground.ui.views.picture_grid import PictureGrid

CHANNEL, ROW, COLUMN = UNIT = (2, 4, 5)
"""Indices of a unit of conv1: the third channel, the fifth row, the sixth column."""


def said(view) -> str:
    """All words that a view shows now."""
    found = [label.text() for label in view.findChildren(QLabel) if label.text()]
    for shown in view.findChildren(Map):
        at = shown.cursor_at
        found += [shown._words, shown.told(at) if at is not None and shown.values is not None else ""]
    for grid in view.findChildren(PictureGrid):
        found += [words for tile in grid.tiles for words in (tile.words, tile.tip)]
    found += [name for bars in view.findChildren(Bars) for name, _ in bars._bars]
    return "\n".join([*found, view.in_words()])


def numbers_after(word: str, words: str) -> set[int]:
    return {int(number) for number in re.findall(rf"\b{word}s? (\d+)", words)}


def test_a_place_is_counted_from_one():
    assert [counted(at) for at in (0, 1, 999)] == ["1", "2", "1,000"]
    assert place_words(UNIT) == "channel 3, row 5, column 6"
    assert place_words((0, 7)) == "step 1, unit 8"
    assert place_words((0,)) == "unit 1"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("arithmetic", {"channel": {3}, "row": {5}, "column": {6}}),
        ("receptive_field", {"channel": {3}, "row": {5}, "column": {6}}),
        ("exciting", {"unit": {3}}),
    ],
)
def test_a_unit_of_an_image_has_one_name_in_every_view(on, qtbot, name, expected):
    window, view = on("digits-cnn", "conv1", name)
    window.focus.choose_unit(UNIT)
    qtbot.waitUntil(lambda: not view.is_stale and place_words(UNIT[:1]).split()[1] in said(view), timeout=20_000)
    if name == "exciting":
        view.begin_search()
        qtbot.waitUntil(lambda: len(view._rows) == 9, timeout=20_000)
    for word, numbers in expected.items():
        # what arrives is the image itself, whose one channel is the first
        assert numbers_after(word, said(view)) - {1} == numbers, word


def test_pictures_of_all_channels_are_numbered_from_one_to_the_last(on):
    for name, words in (("filters", "words"), ("feature_maps", "words")):
        _, view = on("digits-cnn", "conv1", name)
        tiles = [tile for grid in view.findChildren(PictureGrid) for tile in grid.tiles]
        assert [re.sub("dead ", "", getattr(tile, words)) for tile in tiles] == [str(at) for at in range(1, 17)], name


def test_what_is_under_the_mouse_is_counted_from_one_everywhere(on, qtbot):
    window, view = on("digits-cnn", "conv1", "all_layers")
    x, y = (COLUMN + 0.5) / 8, (ROW + 0.5) / 8
    grid = view.rows._parts[1][1]
    assert grid.told(CHANNEL, x, y).startswith("conv1, channel 3, row 5, column 6: ")
    qtbot.waitUntil(lambda: "conv1" in window.cards._seen, timeout=20_000)
    item = window.canvas.network.nodes["conv1"]
    window.cards._point(item, (CHANNEL, x, y))
    assert item.toolTip().startswith("conv1, channel 3, row 5, column 6: ")
    _, maps = on("digits-cnn", "conv1", "feature_maps")
    own = maps.rows._parts[0][1]
    assert own.told(CHANNEL, x, y).startswith("conv1, channel 3, row 5, column 6: ")


def test_boxes_for_channels_and_heads_begin_at_one(on):
    _, view = on("digits-cnn", "conv2", "filters")
    assert [(box.minimum(), box.maximum()) for box in view.findChildren(QSpinBox)] == [(1, 16)]


def test_a_unit_of_a_dense_layer_has_one_name_in_every_view(on, qtbot):
    for name in ("arithmetic", "receptive_field", "exciting", "links", "overview"):
        window, view = on("xor-mlp", "dense1", name)
        window.focus.choose_unit((2,))
        qtbot.waitUntil(lambda view=view: not view.is_stale, timeout=20_000)
        words = said(view)
        if name in ("links", "overview"):
            shown = view.plane if name == "links" else view.surface
            assert shown.field.words.startswith("dense1, unit 3: "), name
        if name != "overview":
            assert 3 in numbers_after("unit", words), name
            assert 2 not in numbers_after("unit", words), name
    window, view = on("xor-mlp", "dense1", "all_layers")
    place = view.rows._parts[1][1]
    assert place.told(0, 2.5 / 8, 0.5).startswith("dense1, unit 3: ")


def test_a_map_of_steps_is_counted_from_one(on, qtbot):
    _, view = on("frequency-lstm", "lstm1", "unrolled")
    assert view.words.text().startswith("step 1 of ")
    assert view.hidden.told((4, 9)).startswith("step 10, unit 5: ")
    _, view = on("frequency-lstm", "lstm1", "all_layers")
    assert view.rows._parts[0][1].tile_at(QPointF(5, 5)) is not None
    assert view.rows._parts[0][1].told(0, 0.0, 0.5).startswith("input1, step 1, unit 1: ")
