"""Answers to examples that have no picture, as lines of a table: what is true, what was answered, and the values.

Which examples, and whose answers, is the gallery's business.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from playground.data.dataset import Dataset
from playground.ui.example_pictures import cells
from playground.ui.table import Table
from playground.ui.theme import sized

MOST_COLUMNS = 40
"""Values of an example that are listed."""
LINES = 14
"""Lines seen without scrolling."""
MOST_LINES = 500


@dataclass(frozen=True)
class AnswerColumn:
    """One column; a row is a number of the validation part."""

    name: str
    title: str
    explained: str
    text: Callable[[int], str]
    is_number: bool = False
    is_high_good: bool = False

    @property
    def value(self) -> Callable[[int], object]:
        return (lambda row: _figure(self.text(row))) if self.is_number else self.text


class AnswerRows(Table):
    """As many lines as are seen at once without holding the pane."""

    def __init__(self, title: str) -> None:
        super().__init__((), str, title, many=False)
        self._told: tuple[object, ...] = ()

    def show_answers(
        self, dataset: Dataset, origin: Callable[[int], int], told: tuple[AnswerColumn, ...], rows: list[int]
    ) -> None:
        """told: the columns about the answers, before the example's own values. origin: a row of the data set."""
        names = [name for name, _ in cells(dataset, origin(rows[0]))][:MOST_COLUMNS] if rows else []
        key = (dataset, *(each.name for each in told), *names)
        if key != self._told:
            self._told = key
            self.restyle()
            readers = [partial(_value, dataset, origin, at) for at in range(len(names))]
            values = zip(names, readers, strict=True)
            own = (AnswerColumn(name, name, "", read, _is_number(read, rows)) for name, read in values)
            self.set_columns((*told, *own))
        else:
            self.values.columns = (*told, *self.values.columns[len(told) :])
        self.show_rows(rows[:MOST_LINES])
        height = self.verticalHeader().defaultSectionSize()
        lines = min(max(len(rows), 1), LINES)
        self.setFixedHeight(lines * height + self.horizontalHeader().sizeHint().height() + sized(14))


def _value(dataset: Dataset, origin: Callable[[int], int], at: int, row: int) -> str:
    return cells(dataset, origin(row))[at][1]


def _is_number(read: Callable[[int], str], rows: list[int]) -> bool:
    """Whether the column's first values spell numbers."""
    found = [read(row) for row in rows[:20]]
    return any(found) and all(not words or _figure(words) == _figure(words) for words in found)


def _figure(words: str) -> float:
    try:
        return float(words.strip("<>% ").replace("−", "-").replace("\u202f", ""))
    except ValueError:
        return float("nan")
