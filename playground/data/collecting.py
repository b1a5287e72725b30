"""Cells become columns, chunk by chunk: numbers, dates and words, each distinct word kept once.

Takes pandas' columns as they come from text_rows.py, excel_rows.py and parquet_rows.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from playground.data.cells import ENOUGH, dates, is_infinite, numbers
from playground.data.table import Column
from playground.data.table_plan import ColumnPlan, TablePlan, is_missing

if TYPE_CHECKING:
    import pandas as pd

MOST_KINDS = 200_000
"""Different words from which on a column is no longer kept: it is text or a name of each row."""
LARGEST = 1e30
"""A number above it counts as empty: its square and what is summed of it still have to be numbers of 32 bits."""
MOST_CHARACTERS = 100_000_000
"""Of all different words of a column together."""


class Collector:
    """One column that grows."""

    def __init__(self, plan: ColumnPlan, file: TablePlan, keeps_all: bool) -> None:
        self._plan, self._file, self._keeps_all = plan, file, keeps_all
        self._pieces: list[NDArray[Any]] = []
        self._places: dict[str, int] = {}
        self._characters = 0
        self._clipped = False
        self.present = self.failed = self.infinite = self.large = 0
        self.odd: list[str] = []
        """A few cells that are not what the column holds."""

    def add(self, cells: pd.Series) -> None:
        """The next rows."""
        if self._clipped:
            return
        kind = cells.dtype.kind if isinstance(cells.dtype, np.dtype) else "O"
        if kind == "M" and self._plan.storage == "date":
            stamps = cells.to_numpy("datetime64[us]")
            self._keep(np.where(np.isnat(stamps), np.nan, stamps.astype(np.int64) / 1e6))
        elif kind in "iuf" and self._plan.storage == "number":
            values = cells.to_numpy(np.float64)
            self._keep(np.where(self._wild(values, np.ones(len(values), np.int64)), np.nan, values))
        else:
            self._add_words(cells)

    def _keep(self, values: NDArray[np.float64]) -> None:
        self.present += int((~np.isnan(values)).sum())
        self._pieces.append(values)

    def _wild(self, values: NDArray[np.float64], counts: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of them are infinite, or so large that 32 bits cannot hold what is computed with them; counted."""
        infinite = np.isinf(values)
        large = (np.abs(values) > LARGEST) & ~infinite
        self.infinite += int(counts[infinite].sum())
        self.large += int(counts[large].sum())
        return infinite | large

    def _add_words(self, cells: pd.Series) -> None:
        import pandas as pd

        codes, kinds = pd.factorize(cells.astype(object).to_numpy())
        words = [str(kind).replace("\0", "").strip() for kind in kinds]
        gone = np.array([is_missing(word, self._file.missing) for word in words], bool)
        counts = np.bincount(codes[codes >= 0], minlength=len(words))
        self.present += int(counts[~gone].sum())
        if self._plan.storage == "words":
            self._pieces.append(np.append(self._coded(words, gone), -1).astype(np.int32)[codes])
            return
        values = (
            dates(words, self._plan.format)
            if self._plan.storage == "date"
            else numbers(words, self._file.decimal, self._file.thousands)
        )
        values[gone] = np.nan
        wild = self._wild(values, counts)
        values[wild] = np.nan
        gone |= wild
        for place in np.flatnonzero(np.isnan(values) & ~gone):
            if is_infinite(words[place]):
                self.infinite += int(counts[place])
            else:
                self.failed += int(counts[place])
                self.odd = [*self.odd, words[place]][:3]
        self._pieces.append(np.append(values, np.nan)[codes])

    def _coded(self, words: list[str], gone: NDArray[np.bool_]) -> NDArray[np.int32]:
        """Each word's place in the dictionary, which grows; -1 for those that stand for nothing."""
        found = np.full(len(words), -1, np.int32)
        for place in np.flatnonzero(~gone):
            word = words[place]
            known = self._places.get(word)
            if known is None:
                known = self._places[word] = len(self._places)
                self._characters += len(word)
            found[place] = known
        too_many = len(self._places) > MOST_KINDS and not self._keeps_all
        if too_many or self._characters > MOST_CHARACTERS:
            self._clipped = True
            self._places, self._pieces = {}, []
        return found

    @property
    def is_of_other_kind(self) -> bool:
        """Whether too many cells are not what the column was taken for."""
        return self._plan.storage != "words" and self.failed > (1 - ENOUGH) * self.present

    def column(self) -> Column:
        """What was collected; words in alphabetical order."""
        plan = self._plan
        if self._clipped:
            return Column(plan.name, "words", np.zeros(0, np.int32), clipped=True)
        values = np.concatenate(self._pieces) if self._pieces else np.zeros(0)
        self._pieces = []
        if plan.storage != "words":
            return Column(plan.name, plan.storage, values.astype(np.float64), format=plan.format)
        words = sorted(self._places)
        order = np.full(len(words) + 1, -1, np.int32)
        order[[self._places[word] for word in words]] = np.arange(len(words))
        return Column(plan.name, "words", order[values.astype(np.int32)], tuple(words))
