"""Points of the plane drawn by hand, as edits of the project: each stroke is one step of Undo.

A network that learns goes on with the points there are now (session.py). Knows neither Qt nor torch.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from playground.app.changes import ChooseData
from playground.data.choices import DrawnPoints
from playground.data.dataset import DataChoice
from playground.data.drawn import SOURCE, added, erased, signature, taken_over

if TYPE_CHECKING:
    from playground.app.session import Session

OWN_WAY = {"target": None, "images": None, "series": None, "text": None, "table": None, "corrections": None}
"""What was said about other data does not hold for points."""


def is_redrawn(before: DataChoice, after: DataChoice) -> bool:
    """Whether two choices differ in nothing but the points that were drawn."""
    if before.drawn == after.drawn or not before.source == after.source == SOURCE:
        return False
    return before.model_copy(update={"drawn": after.drawn}) == after


class Drawing:
    """What is drawn in one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def is_chosen(self) -> bool:
        """Whether the session learns from drawn points."""
        return self._session.document.data.source == SOURCE

    @property
    def points(self) -> DrawnPoints:
        """Those of the project, also while it learns from other data."""
        return self._session.document.data.drawn or DrawnPoints()

    def choose(self) -> None:
        """Learn from the points that were drawn."""
        self._take(self.points, "Use drawn points")

    def take_over(self) -> bool:
        """Go on from the points of the present set of the plane; False if it has none with classes."""
        examples = self._session.examples
        found = taken_over(examples.dataset) if examples is not None and not self.is_chosen else None
        if found is not None:
            self._take(found, "Take over the points")
        return found is not None

    def stroke(self, places: Iterable[tuple[float, float]], label: int) -> None:
        """More points of a class, from 1."""
        self._take(added(self.points, places, label), "Draw points")

    def erase(self, places: Iterable[tuple[float, float]], radius: float) -> None:
        """Take away what lies within a circle around any of those places."""
        self._take(erased(self.points, places, radius), "Erase points")

    def clear(self) -> None:
        """Take all points away."""
        self._take(DrawnPoints(), "Clear the points")

    def _take(self, points: DrawnPoints, label: str) -> None:
        before = self._session.document.data
        choice = before.model_copy(update={"source": SOURCE, "drawn": points} | ({} if self.is_chosen else OWN_WAY))
        if choice != before:
            self._session.do(ChooseData(choice, signature(choice), words=label))
