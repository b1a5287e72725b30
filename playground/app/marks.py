"""Edits made while a network learned, as places on its curves; and how a project's file keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, Any

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

MOST = 1000
"""Marks that are kept in a file, the newest ones, and read from one."""
LONGEST = 400
"""Letters of one."""


@dataclass(frozen=True)
class Mark:
    """An edit that was made while a network learned."""

    epoch: float
    """Where it stands on the curves."""
    words: str
    """What the undo menu calls it."""


class _Row(BaseModel, extra="forbid", strict=True):
    epoch: Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
    words: Annotated[str, Field(max_length=LONGEST)]


_ROWS = TypeAdapter(Annotated[list[_Row], Field(max_length=MOST)])


def rows(marks: Sequence[Mark]) -> list[dict[str, Any]]:
    """As a file keeps them."""
    return [{**asdict(mark), "words": mark.words[:LONGEST]} for mark in marks[-MOST:]]


def read_marks(values: Any) -> tuple[Mark, ...]:
    """What rows() made. Raises ValueError if it is anything else."""
    try:
        return tuple(Mark(row.epoch, row.words) for row in _ROWS.validate_python(values))
    except ValidationError as error:
        raise ValueError("These are no marks.") from error
