"""Ways for edges around the cards that lie between: where a curve must bend, found among the cards near by.

Plain numbers in scene units; how the way is drawn is in edge_item.py.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Set
from dataclasses import dataclass
from itertools import islice

from playground.graph.alignment import Box
from playground.graph.arrange import COLUMN, ROW

Point = tuple[float, float]
AIR = 16.0
"""Between an edge and the card it passes."""
TOUCH = 4.0
"""How near an edge may come to a card before it counts as running into it."""
LEAST = 34.0
"""Length in which a curve goes up or down."""
MOST_TRIES = 10
AHEAD = 20.0
"""How far to the right an edge must lead to be one curve; else it runs out, round and back."""
FALL = 14.0
"""Room below a card from which on an edge may lead straight down."""
OUT, CORNER = 26.0, 22.0
"""How far one that runs back goes out, and how round its corners are."""


class Near:
    """Boxes by where they are, so that those near a place are found without asking all."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], set[Hashable]] = {}
        self.boxes: dict[Hashable, Box] = {}

    def keys(self) -> Set[Hashable]:
        return self.boxes.keys()

    def put(self, key: Hashable, box: Box) -> tuple[Box, ...]:
        """A new box, or one that moved or grew; what it covered and covers, if that changed."""
        before = self.boxes.get(key)
        if before == box:
            return ()
        self.drop(key)
        self.boxes[key] = box
        for cell in _cells(box):
            self._cells.setdefault(cell, set()).add(key)
        return (box,) if before is None else (before, box)

    def drop(self, key: Hashable) -> None:
        box = self.boxes.pop(key, None)
        for cell in _cells(box) if box is not None else ():
            self._cells[cell].discard(key)

    def within(self, area: Box, but: Iterable[Hashable] = ()) -> list[Box]:
        """Boxes that meet an area, but some."""
        left_out = set(but)
        # One more than there are boxes is enough to know: a wide area has cells without end.
        cells = list(islice(_cells(area), len(self.boxes) + 1))
        if len(cells) > len(self.boxes):
            keys: Iterable[Hashable] = self.boxes
        else:
            keys = {key for cell in cells for key in self._cells.get(cell, ())}
        return sorted(self.boxes[key] for key in keys if key not in left_out and meets(self.boxes[key], area))


@dataclass(frozen=True, slots=True)
class Detour:
    """Level at y from x1 to x2, between an edge's two curves."""

    x1: float
    x2: float
    y: float


def detour(start: Point, end: Point, near: Near, but: Iterable[Hashable] = ()) -> Detour | None:
    """How an edge passes the cards between its ends; None if nothing is in its way, or no way is free.

    but: the cards at its ends.
    """
    if end[0] < start[0] + AHEAD:
        return _back(start, end, near)
    if end[0] < start[0] + 2 * LEAST:
        return None
    own = set(but)
    top, bottom = min(start[1], end[1]), max(start[1], end[1])
    straight = _hit(plain(start, end), near.within(_around(start[0], end[0], top, bottom), own))
    if not straight:
        return None
    around = near.within(_around(start[0], end[0], top - 2 * ROW, bottom + 2 * ROW), own)
    found: tuple[int, float, Detour] | None = None
    for number, y in enumerate(_levels(start, end, around)):
        made = _at(y, start, end, around)
        hits = len(_hit(way(start, end, made), around))
        if hits == 0:
            return made
        if hits < len(straight) and (found is None or hits < found[0]):
            found = (hits, y, made)
        if number >= MOST_TRIES:
            break
    return found[2] if found is not None else None


def falls(source: Box, target: Box, near: Near, but: Iterable[Hashable] = ()) -> bool:
    """Whether an edge leads straight down: its target stands below, nearly in line, and nothing is between.

    but: the cards at its ends.
    """
    drop = target[1] - (source[1] + source[3])
    if drop < FALL or abs(target[0] - source[0]) >= min(source[2], target[2]):
        return False
    left, right = min(source[0], target[0]) + source[2] / 2, max(source[0], target[0]) + source[2] / 2
    strip = (left - TOUCH, source[1] + source[3], right - left + 2 * TOUCH, drop)
    return not near.within(strip, set(but))


def turning(start: Point, end: Point) -> float:
    """The height at which an edge to the left runs back when nothing is in its way."""
    is_apart = abs(end[1] - start[1]) > 70
    return (start[1] + end[1]) / 2 if is_apart else max(start[1], end[1]) + 60


def _back(start: Point, end: Point, near: Near) -> Detour | None:
    """The height at which an edge that runs back meets fewest cards, its own among them, if not the usual one."""
    usual, left, right = turning(start, end), end[0] - OUT, start[0] + OUT
    low, high = min(start[1], end[1], usual), max(start[1], end[1], usual)
    cards = near.within((left - TOUCH, low - 2 * ROW, right - left + 2 * TOUCH, high - low + 4 * ROW))

    def hits(y: float) -> int:
        """How many cards its level and its two upright parts run into."""
        parts = (_between(left, y, right, y), _between(right, start[1], right, y), _between(left, y, left, end[1]))
        return sum(any(meets(box, part) for part in parts) for box in cards)

    fewest = hits(usual)
    if fewest == 0:
        return None
    levels = {y for box in cards for y in (box[1] - AIR, box[1] + box[3] + AIR)}
    # Nearer than its corners are round, it could not turn.
    roomy = [y for y in levels if min(abs(y - start[1]), abs(y - end[1])) >= 2 * CORNER]
    best = min(((hits(y), abs(y - usual), y) for y in roomy), default=(fewest, 0.0, usual))
    return Detour(right, left, best[2]) if best[0] < fewest else None


def _between(x1: float, y1: float, x2: float, y2: float) -> Box:
    """The strip that a straight part of an edge keeps free."""
    left, top = min(x1, x2) - TOUCH, min(y1, y2) - TOUCH
    return (left, top, abs(x2 - x1) + 2 * TOUCH, abs(y2 - y1) + 2 * TOUCH)


def reach_of(start: Point, end: Point, around: Detour | None) -> Box:
    """Where a card that comes or goes may change an edge's way."""
    is_back = end[0] < start[0] + AHEAD
    spare = TOUCH + 1 if around is None and not is_back else 2 * ROW
    top, bottom = min(start[1], end[1]) - spare, max(start[1], end[1]) + spare
    left, right = min(start[0], end[0] - OUT), max(start[0] + OUT, end[0])
    return (left, top, right - left, bottom - top)


def plain(start: Point, end: Point) -> list[Point]:
    """Points of the curve that an edge takes when nothing is in its way."""
    bend = max(20.0, min(90.0, (end[0] - start[0]) / 2))
    return list(_cubic(start, (start[0] + bend, start[1]), (end[0] - bend, end[1]), end))


def way(start: Point, end: Point, around: Detour) -> list[Point]:
    """Points of the curve with a detour."""
    first, last = (around.x1, around.y), (around.x2, around.y)
    level = (first[0] + (last[0] - first[0]) * step / 8 for step in range(9))
    up = _bend(start, first)
    down = _bend(last, end)
    return [*_cubic(start, *up, first), *((x, around.y) for x in level), *_cubic(last, *down, end)]


def _bend(start: Point, end: Point) -> tuple[Point, Point]:
    half = (end[0] - start[0]) / 2
    return (start[0] + half, start[1]), (end[0] - half, end[1])


def _at(y: float, start: Point, end: Point, cards: list[Box]) -> Detour:
    """Level as long as the cards that the level passes, and no farther out than the ends allow."""
    low, high = min(start[1], end[1], y), max(start[1], end[1], y)
    passed = [box for box in cards if box[1] < high and low < box[1] + box[3]]
    x1 = min((box[0] for box in passed), default=start[0]) - AIR / 2
    x2 = max((box[0] + box[2] for box in passed), default=end[0]) + AIR / 2
    x1 = min(max(x1, start[0] + LEAST), end[0] - LEAST)
    return Detour(x1, max(min(x2, end[0] - LEAST), x1), y)


def _levels(start: Point, end: Point, cards: list[Box]) -> list[float]:
    """Heights at which there may be a gap: above and below each card, the least detour first."""
    levels = {box[1] - AIR for box in cards} | {box[1] + box[3] + AIR for box in cards}
    return sorted(levels, key=lambda y: (abs(y - start[1]) + abs(y - end[1]), y))


def _hit(points: list[Point], cards: list[Box]) -> set[Box]:
    """The cards that a row of points runs into."""
    return {
        box
        for box in cards
        for x, y in points
        if box[0] - TOUCH < x < box[0] + box[2] + TOUCH and box[1] - TOUCH < y < box[1] + box[3] + TOUCH
    }


def _cubic(start: Point, first: Point, second: Point, end: Point) -> Iterator[Point]:
    steps = max(8, min(60, int(abs(end[0] - start[0]) / 25)))
    for number in range(steps + 1):
        t = number / steps
        a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
        yield (
            a * start[0] + b * first[0] + c * second[0] + d * end[0],
            a * start[1] + b * first[1] + c * second[1] + d * end[1],
        )


def meets(one: Box, other: Box) -> bool:
    """Whether two boxes have a point in common."""
    return (
        one[0] < other[0] + other[2]
        and other[0] < one[0] + one[2]
        and one[1] < other[1] + other[3]
        and other[1] < one[1] + one[3]
    )


def _around(left: float, right: float, top: float, bottom: float) -> Box:
    return (left, top - TOUCH - 1, right - left, bottom - top + 2 * TOUCH + 2)


def _cells(box: Box) -> Iterator[tuple[int, int]]:
    left, top, width, height = box
    for column in range(int(left // COLUMN), int((left + width) // COLUMN) + 1):
        for row in range(int(top // ROW), int((top + height) // ROW) + 1):
            yield column, row
