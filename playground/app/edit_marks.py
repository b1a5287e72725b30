"""Edits that were made while a network learned, for its curves; and how a file keeps them. Files are files.py's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BaseModel, Field

from playground.app.document import Document

MOST_MARKS = 1000
"""Edits that a file keeps: the latest."""
MOST_LETTERS = 300
"""Of one edit's words."""


@dataclass(frozen=True)
class Mark:
    """An edit that was made while a network learned."""

    epoch: float
    """Where it stands on the curves."""
    words: str
    """What the undo menu calls it."""
    left: Document | None = field(default=None, compare=False, repr=False)
    """What was edited; None where that was in an earlier session."""


class _Mark(BaseModel, extra="forbid", strict=True):
    epoch: Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
    words: Annotated[str, Field(max_length=MOST_LETTERS)]


def written(marks: Iterable[Mark]) -> list[dict[str, Any]]:
    """As JSON values."""
    return [{"epoch": mark.epoch, "words": mark.words[:MOST_LETTERS]} for mark in marks][-MOST_MARKS:]


def read(values: Any) -> tuple[Mark, ...]:
    """What written() gave. Raises ValueError."""
    if not isinstance(values, list) or len(values) > MOST_MARKS:
        raise ValueError("no list of edits, or too long a one")
    found = (_Mark.model_validate(each) for each in values)
    return tuple(Mark(each.epoch, each.words) for each in found)
