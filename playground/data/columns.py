"""What each column of a table is and what is best done with it: type, role, treatment, each with its reason.

Proposals from the whole table's form, which a person overrules by a TableReading. Nothing is fitted here, see
preparing.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from playground.data.cells import date_like
from playground.data.dataset import DataProblem
from playground.data.reading import ColumnReading, ColumnScaling, ColumnType, Missing, Role, TableReading
from playground.data.table import Column, Table

MOST_KINDS = 20
"""Categories that get an input each; the rarer ones share one."""
TEXT_LENGTH = 50
"""Mean characters of a column's different words from which on it is text."""
MOSTLY_EMPTY = 0.5
FEWEST_NAMES = 10
"""Rows from which on words that are all different name the rows."""
YES = frozenset({"yes", "true", "y", "t", "on", "ja", "oui", "si", "sí"})
_PAIRS = tuple(
    frozenset(pair.split("/"))
    for pair in ("yes/no", "true/false", "y/n", "t/f", "on/off", "ja/nein", "oui/non", "si/no", "sí/no", "j/n")
)
_ID_NAME = re.compile(
    r"(.*[ _.-])?(id|uuid|guid|index|nr|no|row|rownames|unnamed: ?\d+|column 1)|.*[a-z]I[dD]", re.ASCII
)


@dataclass(frozen=True)
class Judged:
    """One column, and what is done with it."""

    name: str
    type: ColumnType
    role: Role
    why: str
    """Why it has this role, in a few words; empty for an ordinary input."""
    missing: Missing
    """What an empty cell becomes."""
    scaling: ColumnScaling | None = None
    """None: as DataChoice.scaling says."""
    indicator: bool | None = None
    """Whether one more input says that the cell was empty; None: if the training part has enough such cells."""
    kinds: int = MOST_KINDS


def judged(table: Table, reading: TableReading, targets: Sequence[str]) -> tuple[Judged, ...]:
    """Each column's type, role and treatment: as was said, else as it looks."""
    said = {column.name: column for column in reading.columns}
    return tuple(
        _judged(column, said.get(column.name, ColumnReading(name=column.name)), column.name in targets)
        for column in table.columns
    )


def _judged(column: Column, said: ColumnReading, is_target: bool) -> Judged:
    type, why = type_of(column)
    if said.type == "date" and type != "date" and not column.format:
        why = "its cells are no dates"
    else:
        type = said.type or type
    role, reason = _role(column, type)
    if said.role is not None:
        role, reason = said.role, "as was said"
    if is_target:
        role, reason = "target", "what is predicted"
    elif role == "target":
        role, reason = "left out", "another column is predicted"
    missing = said.missing or usual_missing(type)
    return Judged(
        column.name, type, role, reason if role != "input" else why, missing, said.scaling, said.indicator,
        said.kinds or MOST_KINDS,
    )  # fmt: skip


def usual_missing(type: ColumnType) -> Missing:
    """Empty cells of words are a category of their own, of yes and no the more frequent, of numbers the median."""
    if type in ("category", "text", "id"):
        return "own"
    return "most frequent" if type == "yes/no" else "median"


def type_of(column: Column) -> tuple[ColumnType, str]:
    """What its cells are, and what gave it away where that is not plain."""
    if column.clipped:
        return "text", "so many different words that each is nearly alone"
    present = int((~column.gaps).sum())
    if not present:
        return "constant", "empty"
    if column.storage == "words":
        return _type_of_words(column, present)
    low, high = np.nanmin(column.values), np.nanmax(column.values)
    if low == high and column.storage != "date":
        return "constant", "always the same"
    if column.storage == "date":
        return "date", f"written like {date_like(column.format)}"
    kept = column.values[~column.gaps]
    if not (np.floor(kept) == kept).all():
        return "number", ""
    if _ID_NAME.fullmatch(column.name.strip().lower() if column.name.isupper() else column.name.strip()) and (
        len(np.unique(kept)) == len(kept) >= FEWEST_NAMES
    ):
        return "id", "a whole number of its own in each row"
    return ("yes/no", "0 and 1") if low == 0 and high == 1 else ("whole number", "")


def _type_of_words(column: Column, present: int) -> tuple[ColumnType, str]:
    words = column.words
    if len(words) == 1:  # where some cells are empty, that is what the column says
        return ("category", "one word or none") if present < len(column.values) else ("constant", "always the same")
    if frozenset(word.casefold() for word in words) in _PAIRS:
        return "yes/no", " and ".join(words[:4])
    length = sum(map(len, words)) / len(words)
    if len(words) == present >= FEWEST_NAMES:
        spaced = sum(word.count(" ") >= 3 for word in words) > len(words) / 2
        return ("text" if spaced or length > TEXT_LENGTH else "id"), "different words in each row"
    if len(words) > MOST_KINDS and (len(words) > present / 2 or length > TEXT_LENGTH):
        return "text", f"{len(words):,} different words in {present:,} rows"
    return "category", f"{len(words):,} different words"


def _role(column: Column, type: ColumnType) -> tuple[Role, str]:
    if type == "constant":
        return "left out", type_of(column)[1]
    if type in ("id", "text"):
        return "left out", type_of(column)[1]
    if column.gaps.mean() > MOSTLY_EMPTY:
        return "left out", "more than half empty"
    return "input", ""


def listed(names: Sequence[str], most: int = 12) -> str:
    """Names in a sentence, the first dozen of them."""
    shown = ", ".join(name if len(name) <= 60 else f"{name[:57]}…" for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most:,} more"


def left_out_notes(columns: Sequence[Judged]) -> list[str]:
    """A sentence for each reason why columns were left out."""
    reasons: dict[str, list[str]] = {}
    for column in columns:
        if column.role == "left out":
            reasons.setdefault(
                re.sub(r"[\d,]+ different words in.*", "nearly as many words as rows", column.why), []
            ).append(column.name)
    return [f"Left out, {why}: {listed(names)}." for why, names in reasons.items()]


def one(columns: Sequence[Judged], role: Role, file: str) -> str | None:
    """The column of that role, if there is one. Raises DataProblem for two."""
    names = [column.name for column in columns if column.role == role]
    if len(names) > 1:
        raise DataProblem(f"{file} has two columns for the {role}: {listed(names)}. Choose one of them.")
    return names[0] if names else None
