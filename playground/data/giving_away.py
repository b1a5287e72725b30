"""Columns of a table that say the target by themselves, found before it is divided: a leak, more often than luck.

Knows numpy only. The same question of divided data, input by input, is suspicions.py's.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from playground.data.column_facts import linked
from playground.data.columns import Judged
from playground.data.suspicions import LEAKS
from playground.data.table import Column, Table

MOST_ROWS = 5000
"""Rows that are looked at: a leak shows in the first ones."""
FEWEST_ROWS = 10
ROWS_A_WORD = 5
"""Rows for each different word from which on words can be said to tell anything."""


def giving_away(table: Table, columns: Sequence[Judged], targets: Sequence[str]) -> dict[str, str]:
    """The inputs that hang together with a target as closely as it does with itself: their names, and the target's.

    Measured as in column_facts (r, η, Cramér's V), from LEAKS on, over the rows in which neither cell is empty, if
    those are at least half.
    """
    types = {column.name: column.type for column in columns}
    found: dict[str, str] = {}
    for target in targets:
        wanted = table.by_name[target]
        is_class = wanted.storage == "words" or types[target] in ("category", "yes/no")
        for column in columns:
            is_asked = column.role == "input" and column.name not in found
            if is_asked and _tells(table.by_name[column.name], wanted, is_class):
                found[column.name] = target
    return found


def _tells(column: Column, wanted: Column, is_class: bool) -> bool:
    if column.clipped or wanted.clipped:
        return False
    column, wanted = column.at(slice(MOST_ROWS)), wanted.at(slice(MOST_ROWS))
    known = ~(column.gaps | wanted.gaps)
    if known.sum() < max(FEWEST_ROWS, len(known) / 2):
        return False
    values, answers = _numbers(column, known), _numbers(wanted, known)
    is_words = column.storage == "words"
    if any(
        each.storage == "words" and len(values) < ROWS_A_WORD * len(np.unique(numbers))
        for each, numbers in ((column, values), (wanted, answers))
    ):
        return False
    return bool(abs(linked(values, answers, is_words, is_class)[0]) >= LEAKS)


def _numbers(column: Column, known: NDArray[np.bool_]) -> NDArray[np.float64]:
    return column.values[known].astype(np.float64)
