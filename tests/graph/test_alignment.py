"""Cards in line: aligning and distributing move only what must move; guides snap to what is near."""

from __future__ import annotations

import pytest

from playground.graph.alignment import aligned, bounds, distributed, guided

PLACES = {"a": (0.0, 0.0), "b": (40.0, 100.0), "c": (400.0, 30.0)}


@pytest.mark.parametrize(
    ("side", "expected"),
    [
        ("left", {"b": (0, 100), "c": (0, 30)}),
        ("right", {"a": (400, 0), "b": (400, 100)}),
        ("top", {"b": (40, 0), "c": (400, 0)}),
        ("bottom", {"a": (0, 100), "c": (400, 100)}),
        ("centre", {"a": (200, 0), "b": (200, 100), "c": (200, 30)}),
        ("middle", {"a": (0, 50), "b": (40, 50), "c": (400, 50)}),
    ],
)
def test_aligning_moves_cards_to_one_line(side, expected):
    assert aligned(PLACES, side) == expected


def test_one_card_is_in_line_with_itself():
    assert aligned({"a": (3, 4)}, "left") == {}
    assert distributed({"a": (3, 4), "b": (9, 9)}, "across") == {}


def test_distributing_makes_even_gaps_between_the_outer_two():
    assert distributed(PLACES, "across") == {"b": (200, 100)}
    assert distributed(PLACES, "down") == {"c": (400, 50)}


def test_a_card_far_from_all_others_keeps_to_the_grid():
    found = guided((103, 52, 150, 64), [(900, 900, 150, 64)], reach=6)

    assert (found.place, found.lines) == ((100, 50), ())


def test_a_card_snaps_to_anothers_middle_off_the_grid_and_a_line_says_so():
    found = guided((400, 52, 150, 64), [(103, 55, 150, 64)], reach=6)

    assert found.place == (400, 55)
    assert found.lines == ((103, 87, 550, 87),)


def test_cards_of_other_heights_meet_at_the_nearest_edge():
    tall = (300.0, 0.0, 150.0, 100.0)

    assert guided((0, 2, 150, 64), [tall], reach=5).place[1] == 0
    assert guided((0, 19, 150, 64), [tall], reach=5).place[1] == 18
    assert guided((0, 35, 150, 64), [tall], reach=5).place[1] == 36


def test_bounds_cover_all_cards():
    assert bounds(PLACES.values()) == (0, 0, 550, 164)
    assert bounds([]) == (0, 0, 0, 0)
