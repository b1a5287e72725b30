"""What can be drawn over a Map, as values: frames and lines. Knows nothing of Qt or networks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mark:
    """A frame on a Map, in pixels of its array; color: a role of the theme; words: at its corner."""

    x: float
    y: float
    w: float
    h: float
    color: str = "accent"
    words: str = ""
    is_dashed: bool = False


@dataclass(frozen=True)
class Trail:
    """A line over a Map through points (x, y), in pixels of its array; its last point is a dot."""

    points: tuple[tuple[float, float], ...]
    color: str = "accent"
    is_dashed: bool = False
