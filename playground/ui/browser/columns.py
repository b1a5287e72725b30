"""The page of columns: what each holds, and how strongly it hangs together with the target."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from typing import Any

from PySide6.QtWidgets import QLabel, QScrollArea, QSplitter, QVBoxLayout, QWidget

from playground.app.browsing import Browsing
from playground.data.column_facts import ColumnFacts, column_facts
from playground.data.dataset import Examples
from playground.ui.browser.parts_bars import PartsBars
from playground.ui.table import Table

NOTHING = "–"
MEASURES = {
    "r": "r = %1: Pearson's correlation with the target.",
    "η": "η = %1: the correlation ratio. Its square is the share of the variance that lies between the classes.",
    "V": "V = %1: Cramér's V, from 0, nothing to do with the target, to 1, the same as the target.",
}


@dataclass(frozen=True)
class _Column:
    name: str
    title: str
    explained: str
    text: Callable[[ColumnFacts], str]
    value: Callable[[ColumnFacts], Any]
    is_number: bool = True
    is_high_good: bool = False


def _figure(value: float) -> str:
    return f"{value:.4g}".replace("-", "−") if isfinite(value) else NOTHING


COLUMNS = (
    _Column("name", "Column", "", lambda each: each.name, lambda each: each.name, is_number=False),
    _Column("use", "Use", "What the network does with it.", lambda each: each.use, lambda each: each.use,
            is_number=False),
    _Column("link", "Link to target", "Pearson's r of numbers, the correlation ratio η of numbers and classes, "
            "Cramér's V of words and classes.", lambda each: f"{each.measure} {_figure(each.link)}".strip(),
            lambda each: abs(each.link)),
    _Column("missing", "Empty", "Cells without a value.", lambda each: f"{each.missing:,}", lambda each: each.missing),
    _Column("kinds", "Different", "Different values.", lambda each: f"{each.kinds:,}", lambda each: each.kinds),
    _Column("mean", "Mean", "", lambda each: _figure(each.mean), lambda each: each.mean),
    _Column("sd", "SD", "Standard deviation.", lambda each: _figure(each.sd), lambda each: each.sd),
    _Column("least", "Least", "", lambda each: _figure(each.least), lambda each: each.least),
    _Column("median", "Median", "", lambda each: _figure(each.quartiles[1]), lambda each: each.quartiles[1]),
    _Column("most", "Most", "", lambda each: _figure(each.most), lambda each: each.most),
    _Column("outside", "Far out", "Values more than 1.5 times the distance of the quartiles beyond them (Tukey 1977).",
            lambda each: f"{each.outside:,}", lambda each: each.outside),
)  # fmt: skip


class ColumnsPage(QWidget):
    """A table of columns, and the chosen one drawn."""

    def __init__(self, browsing: Browsing) -> None:
        super().__init__()
        self._browsing = browsing
        self._shown_for: Examples | None = None
        self.facts: dict[str, ColumnFacts] = {}
        self.table = Table(COLUMNS, lambda each: each.name, self.tr("Columns"), many=False)
        self.table.picked.connect(self._show_chosen)
        self.words = QLabel(wordWrap=True)
        self.bars = PartsBars(self.tr("How often values occur"), (self.tr("training"), self.tr("validation")))
        inside = QWidget()
        inside.setObjectName("place")
        column = QVBoxLayout(inside)
        column.setContentsMargins(14, 8, 14, 12)
        column.addWidget(self.words)
        column.addWidget(self.bars)
        column.addStretch(1)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(inside)
        split = QSplitter()
        split.addWidget(self.table)
        split.addWidget(scroll)
        split.setSizes([600, 460])
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(split)
        self.restyle()

    @staticmethod
    def has_any(examples: Examples) -> bool:
        """Whether these data have columns."""
        return examples.dataset.kind in ("table", "points")

    def restyle(self) -> None:
        """Take the type and colours of the present theme."""
        self.table.restyle()

    def refresh(self) -> None:
        """Show the data there are now."""
        examples = self._browsing.examples
        if examples is None or examples is self._shown_for:
            return
        self._shown_for = examples
        self.facts = {each.name: each for each in column_facts(examples)}
        self.table.show_rows(list(self.facts.values()))
        if not self.table.chosen() and self.facts:
            self.table.choose(next(iter(self.facts)))
        self._show_chosen()

    def _show_chosen(self) -> None:
        facts = self.facts.get(next(iter(self.table.chosen()), ""))
        if facts is None:
            return
        words = f"<b>{_escaped(facts.name)}</b><br>"
        if facts.measure:
            words += self.tr(MEASURES[facts.measure]).replace("%1", _figure(facts.link))
        elif facts.use != "target":
            words += self.tr("It has nothing to do with the target, or never changes.")
        self.words.setText(words)
        if facts.edges is not None:
            self.bars.show_bins(facts.counts, facts.edges)
        else:
            self.bars.show_words(facts.counts, facts.words)


def _escaped(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;")
