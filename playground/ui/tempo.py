"""How often the window looks into its mailboxes: as long as it takes a tenth of the time at most, 30 times a second.

While the window is at work, the threads which train wait (app/turn.py). Knows no Qt.
"""

from __future__ import annotations

from math import ceil

FRAME, SLOWEST = 33, 50
"""Milliseconds between two looks. Training tells what is new 20 times a second."""
SHARE = 0.1
"""Of the time, which the window takes while something trains, at most, unless it would look even less often."""
NEW = 0.2
"""Weight of the last beat in what one is expected to take."""


class Tempo:
    """Learns what a beat takes from what all have taken."""

    def __init__(self) -> None:
        self._spent = 0.0
        self._beat = 0.0
        """Milliseconds that one takes."""

    def interval(self, spent: float, is_training: bool) -> int:
        """Milliseconds until the next beat. spent: seconds that the window was at work since the program began."""
        self._beat += NEW * (1000 * (spent - self._spent) - self._beat)
        self._spent = spent
        return min(max(FRAME, ceil(self._beat / SHARE)), SLOWEST) if is_training else FRAME
