"""Places of cards in line with one another: aligning, distributing, and the guides while one is dragged.

Plain numbers in scene units, y downwards; knows nothing of the window. Layouts of whole networks are in arrange.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from playground.graph.arrange import CARD, Place
from playground.graph.model import NodeId

Side = Literal["left", "right", "top", "bottom", "centre", "middle"]
"""centre: one above the other; middle: side by side."""
Box = tuple[float, float, float, float]
"""Left, top, width, height."""
Line = tuple[float, float, float, float]
"""From x, y to x, y."""


def aligned(places: Mapping[NodeId, Place], side: Side) -> dict[NodeId, Place]:
    """Those of the cards that must move, to stand in line; cards are all of one size.

    >>> aligned({"a": (0, 0), "b": (30, 100)}, "left")
    {'b': (0, 100)}
    """
    if len(places) < 2:
        return {}
    axis = 0 if side in ("left", "right", "centre") else 1
    along = [place[axis] for place in places.values()]
    low, high = min(along), max(along)
    line = {"left": low, "top": low, "right": high, "bottom": high}.get(side, (low + high) / 2)
    moved = {id: (line, y) if axis == 0 else (x, line) for id, (x, y) in places.items()}
    return {id: place for id, place in moved.items() if place != places[id]}


def distributed(places: Mapping[NodeId, Place], axis: Literal["across", "down"]) -> dict[NodeId, Place]:
    """Those of three or more cards that must move, so that the gaps are even; the outer two stay.

    >>> distributed({"a": (0, 0), "b": (10, 5), "c": (400, 0)}, "across")
    {'b': (200.0, 5)}
    """
    number = 0 if axis == "across" else 1
    order = sorted(places, key=lambda id: (places[id][number], places[id][1 - number]))
    if len(order) < 3:
        return {}
    first, last = places[order[0]][number], places[order[-1]][number]
    step = (last - first) / (len(order) - 1)
    moved: dict[NodeId, Place] = {}
    for count, id in enumerate(order[1:-1], 1):
        x, y = places[id]
        place = (first + count * step, y) if axis == "across" else (x, first + count * step)
        if place != (x, y):
            moved[id] = place
    return moved


@dataclass(frozen=True, slots=True)
class Guides:
    """Where a dragged card comes to lie, and the lines that say with what it is in line."""

    place: Place
    lines: tuple[Line, ...] = ()


def guided(card: Box, others: Iterable[Box], reach: float, grid: float = 10.0) -> Guides:
    """Snap a card to the edges and centres of others that are nearer than reach, else to the grid, each way by itself.

    >>> guided((103, 52, 150, 64), [(100, 300, 150, 64)], reach=6)
    Guides(place=(100.0, 50.0), lines=((175.0, 50.0, 175.0, 364),))
    """
    boxes = list(others)
    x, across = _snapped(card, boxes, 0, reach, grid)
    y, down = _snapped(card, boxes, 1, reach, grid)
    placed = (x, y, card[2], card[3])
    lines = [_line(placed, box, 0) for box in across[:1]] + [_line(placed, box, 1) for box in down[:1]]
    return Guides((x, y), tuple(lines))


def _snapped(card: Box, others: list[Box], axis: int, reach: float, grid: float) -> tuple[float, list[Box]]:
    """Where it comes to lie along one axis, and those it is in line with there, the nearest first."""
    size, best = card[axis + 2], reach
    found: float | None = None
    for box in others:
        wide = box[axis + 2]
        for share in (0.5, 0.0, 1.0):
            wish = box[axis] + share * (wide - size)
            away = abs(wish - card[axis])
            if away < best or (away == best and found is None):
                best, found = away, wish
    if found is None:
        return round(card[axis] / grid) * grid, []
    side = 1 - axis
    in_line = [box for box in others if _shares(found, size, box, axis) is not None]
    return found, sorted(in_line, key=lambda box: abs(box[side] - card[side]))


def _shares(place: float, size: float, box: Box, axis: int) -> float | None:
    """Where the line through both lies; None if they are not in line."""
    for share in (0.5, 0.0, 1.0):
        line = place + share * size
        if abs(line - (box[axis] + share * box[axis + 2])) < 0.01:
            return line
    return None


def _line(card: Box, box: Box, axis: int) -> Line:
    side = 1 - axis
    low = min(card[side], box[side])
    high = max(card[side] + card[side + 2], box[side] + box[side + 2])
    at = _shares(card[axis], card[axis + 2], box, axis) or 0.0
    return (at, low, at, high) if axis == 0 else (low, at, high, at)


def bounds(places: Iterable[Place]) -> Box:
    """What cards at those places cover; nothing if there are none."""
    found = list(places)
    if not found:
        return (0.0, 0.0, 0.0, 0.0)
    left, top = min(x for x, _ in found), min(y for _, y in found)
    right, bottom = max(x for x, _ in found) + CARD[0], max(y for _, y in found) + CARD[1]
    return (left, top, right - left, bottom - top)
