"""Edges go round the cards between their ends, and only there."""

from __future__ import annotations

from playground.ui.canvas.routing import Detour, Near, detour, plain, way

CARD = (200.0, -32.0, 150.0, 64.0)
START, END = (150.0, 0.0), (400.0, 0.0)


def near(*boxes) -> Near:
    made = Near()
    for number, box in enumerate(boxes):
        made.put(number, box)
    return made


def is_free(points, box) -> bool:
    return not any(box[0] < x < box[0] + box[2] and box[1] < y < box[1] + box[3] for x, y in points)


def test_an_edge_with_nothing_in_its_way_takes_no_detour():
    assert detour(START, END, near()) is None
    assert detour(START, END, near((200.0, 100.0, 150.0, 64.0))) is None


def test_an_edge_goes_round_a_card_between_its_ends():
    found = detour(START, END, near(CARD))

    assert not is_free(plain(START, END), CARD)
    assert found is not None
    assert is_free(way(START, END, found), CARD)


def test_it_takes_the_side_that_is_free():
    above = (200.0, -110.0, 150.0, 64.0)
    found = detour(START, END, near(CARD, above))

    assert found is not None
    assert found.y > 32


def test_it_passes_a_row_of_cards_at_one_height():
    cards = [(200.0 * number, -32.0, 150.0, 64.0) for number in range(1, 5)]
    found = detour((150.0, 0.0), (1000.0, 0.0), near(*cards))

    assert found is not None
    assert all(is_free(way((150.0, 0.0), (1000.0, 0.0), found), card) for card in cards)
    assert (found.x1, found.x2) == (192.0, 958.0)


def test_the_cards_at_its_ends_are_not_in_its_way():
    assert detour(START, END, near(CARD), but=(0,)) is None


def test_an_edge_to_the_left_runs_back_as_usual_where_nothing_is():
    assert detour((900.0, 0.0), (0.0, 300.0), near()) is None
    assert detour((900.0, 0.0), (0.0, 300.0), near((400.0, 200.0, 150.0, 64.0))) is None


def test_an_edge_to_the_left_runs_back_between_the_cards():
    row = [(200.0 * number, 120.0, 150.0, 64.0) for number in range(5)]
    found = detour((900.0, 0.0), (0.0, 300.0), near(*row))

    assert found is not None
    assert not 120 <= found.y <= 184
    assert 0 < found.y < 300


def test_walled_in_it_takes_the_way_that_meets_fewest():
    wall = [(250.0, 80.0 * number - 32.0, 150.0, 79.0) for number in range(-9, 10)]

    assert detour((150.0, 0.0), (600.0, 0.0), near(*wall)) is None


def test_moved_and_dropped_boxes_are_found_where_they_are():
    boxes = near(CARD)
    boxes.put(0, (1000.0, 0.0, 10.0, 10.0))

    assert boxes.within((0, -100, 900, 200)) == []
    assert boxes.within((900, -100, 900, 200)) == [(1000.0, 0.0, 10.0, 10.0)]
    boxes.drop(0)
    boxes.drop("never there")
    assert boxes.within((-1e6, -1e6, 2e6, 2e6)) == []


def test_a_detour_begins_and_ends_at_the_ports():
    points = way(START, END, Detour(190.0, 360.0, 50.0))

    assert (points[0], points[-1]) == (START, END)
