"""How much of the training thread's time all pictures together may take, whose turn it is, and who may draw now.

Knows no widgets. Each Looking (looking.py) waits here for its turn.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from time import monotonic

SHARE = 0.05
"""Of the training thread's time, at first. The person may choose another."""
SHARES = (0.01, 0.02, 0.05, 0.1, 0.2)
MEMORY = 4.0
"""Seconds at least of which the status line tells the share."""


class Budget:
    """A debt account: time goes in as it passes, at the share; each look takes out what it cost.

    While training runs a look may begin when nothing is owed and its asker has waited longest. While it does not run,
    pictures slow nothing, and every asker may.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self.share = SHARE
        self._balance, self._at = 0.0, clock()
        self._waiting: deque[object] = deque()
        self._spent: deque[tuple[float, float]] = deque()
        self._beat, self._has_drawn = 0, False
        self._drawing: dict[object, int] = {}
        """Who waits to draw, the longest first, and when each asked last."""

    def begin_beat(self) -> None:
        """The next of the frames that the window has 20 to 30 of in a second."""
        self._beat, self._has_drawn = self._beat + 1, False

    def may_draw(self, artist: object, is_running: bool) -> bool:
        """Whether this one may draw in this beat; if not, it asks again in the next.

        Beside a training thread one does in a beat, so that no event of the window takes as long as all together.
        """
        if not is_running:
            self._drawing.pop(artist, None)
            return True
        self._drawing[artist] = self._beat  # whoever asked before keeps its place
        self._drawing = {each: asked for each, asked in self._drawing.items() if asked >= self._beat - 1}
        if self._has_drawn or next(iter(self._drawing)) is not artist:
            return False
        del self._drawing[artist]
        self._has_drawn = True
        return True

    def may(self, asker: object, is_running: bool) -> bool:
        """Whether this asker's turn has come; if not, it is remembered as waiting."""
        if not is_running:
            self.leave(asker)
            return True
        if asker not in self._waiting:
            self._waiting.append(asker)
        self._pass_time()
        if self._balance < 0 or self._waiting[0] is not asker:
            return False
        self._waiting.popleft()
        return True

    def leave(self, asker: object) -> None:
        """It is no longer waiting: hidden, or it has nothing to ask."""
        if asker in self._waiting:
            self._waiting.remove(asker)

    def spend(self, seconds: float, is_running: bool) -> None:
        """A look took so long on the training thread."""
        self._pass_time()
        if is_running:
            self._balance -= seconds
            self._spent.append((self._clock(), seconds))

    def taken(self) -> float:
        """The share of the time that pictures took: of the last seconds, and of all since a look that is still owed.

        A look of ten seconds is followed by two hundred without any; measured over four it would read 250 %.
        """
        now = self._clock()
        while self._spent and now - self._spent[0][0] > max(MEMORY, self._spent[0][1] / self.share):
            self._spent.popleft()
        if not self._spent:
            return 0.0
        at, first = self._spent[0]
        return sum(seconds for _, seconds in self._spent) / max(MEMORY, now - at + first)

    def _pass_time(self) -> None:
        """What is not used is lost: pictures never come in a burst."""
        now = self._clock()
        self._balance = min(0.0, self._balance + (now - self._at) * self.share)
        self._at = now
