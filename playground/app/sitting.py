"""A final exam that was sat, as a project keeps it: when, after which epoch, which look it was, and what was found.

Who may look, and how often it was done, is exam.py's; the scores are playground.selection.exam's. Knows neither Qt nor
torch.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from playground.selection.exam import ExamScore, RivalScore, result_words
from playground.selection.table import score_words

MOST_RIVALS = 100
"""Baselines in a file."""


@dataclass(frozen=True)
class Sitting:
    """One look at the test part, by the network of a project."""

    at: datetime
    epoch: int
    """The last one on the curves when it was sat."""
    look: int
    """How many looks at this test part there were with it, as far as the machine knew on which it was sat."""
    found: ExamScore
    valid: float | None = None
    """The network's score on the validation part then."""

    @property
    def told(self) -> str:
        """The result in a few sentences."""
        words = result_words(self.found, self.valid, self.look)
        return f"Final exam after epoch {self.epoch:,}, {self.at.astimezone():%Y-%m-%d %H:%M}. {words}"

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        """The network and the baselines: model, score, 95 % interval."""
        found = self.found
        own = RivalScore("network", "Your network", found.score, found.low, found.high)
        rows = []
        for each in (own, *found.rivals):
            score, low, high = (score_words(value, found.metric) for value in (each.score, each.low, each.high))
            rows.append((each.title, score, f"{low} to {high}"))
        return rows


_FORM = TypeAdapter(Sitting)


class SittingProblem(ValueError):
    """Values that are no sitting."""


def to_values(sitting: Sitting) -> dict[str, Any]:
    """As a project's file has it, in JSON."""
    return {**asdict(sitting), "at": sitting.at.isoformat()}


def from_values(values: Any) -> Sitting:
    """What to_values made. Raises SittingProblem."""
    try:
        sitting = _FORM.validate_python(values)
    except ValidationError as error:
        raise SittingProblem("These are not the figures of a final exam.") from error
    if len(sitting.found.rivals) > MOST_RIVALS:
        raise SittingProblem(f"More than {MOST_RIVALS} baselines stand beside it.")
    return sitting
