"""All validation examples with the network's answers: mistakes, sure and unsure ones, or one cell of the confusion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel

from playground.ui.looking import Look
from playground.ui.views.focus import Focus
from playground.ui.views.picture_grid import PictureGrid, Tile
from playground.ui.views.pictured import Pictured, told
from playground.ui.views.view import View

if TYPE_CHECKING:
    from playground.engine.train import Training
    from playground.insight.gallery import Answers, Residuals

MOST_TILES = 120
SIDE = 58


class Gallery(View):
    """Clicking an example chooses it for all views."""

    name = "gallery"
    title = "Answers and mistakes"
    group = "Everything"
    about = (
        "The validation examples with what the network answers and how sure it is: the largest of its probabilities. "
        "Mistakes it is sure of come first: they tell most, of the network or of the labels. Click an example to look "
        "at it everywhere. The test part is not shown: it is kept for the final exam."
    )
    every = 0.8

    def __init__(self, focus: Focus) -> None:
        super().__init__(focus)
        self._found: Answers | Residuals | None = None
        self._cell: tuple[int, int] | None = None
        self._picked: tuple[NDArray[np.int64], str] | None = None
        """Rows chosen elsewhere, and what they are."""
        self._rows: list[int] = []
        self.which, self.order = QComboBox(), QComboBox()
        self.which.setAccessibleName(self.tr("Which examples"))
        self.order.setAccessibleName(self.tr("In which order"))
        for name, words in (("mistakes", "Mistakes"), ("all", "All"), ("right", "Right answers")):
            self.which.addItem(self.tr(words), name)
        for name, words in (("sure", "Surest first"), ("unsure", "Unsurest first")):
            self.order.addItem(self.tr(words), name)
        row = QHBoxLayout()
        for box in (self.which, self.order):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.activated.connect(self._chosen)
            row.addWidget(box, 1)
        self.column.addLayout(row)
        self.words = QLabel(wordWrap=True)
        self.words.setProperty("role", "note")
        self.grid = PictureGrid(self.tr("Examples"))
        self.column.addWidget(self.words)
        self.column.addWidget(self.grid)
        self.column.addStretch(1)
        self.grid.clicked.connect(lambda number: focus.choose_example(self._rows[number]))
        focus.bridge.data.connect(self._forget_cell)

    def show_cell(self, truth: int, answer: int) -> None:
        """Only the examples of one class that were taken for another, or for itself."""
        self._cell, self._picked = (truth, answer), None
        self._show()
        self.ask_again()

    def show_rows(self, rows: NDArray[np.int64], words: str) -> None:
        """Only these examples of the validation part, in their order."""
        self._cell, self._picked = None, (rows, words)
        self._show()
        self.ask_again()

    def _chosen(self) -> None:
        self._cell = self._picked = None
        self._show()

    def _forget_cell(self) -> None:
        self._cell = self._found = self._picked = None
        self.grid.show_tiles([])

    @classmethod
    def misfit(cls, focus: Focus) -> str:
        examples = focus.session.examples
        if examples is None:
            return ""
        if examples.is_rebuilding or (examples.targets is None and examples.valid.targets.ndim > 1):
            return focus.tr("Here each example has many answers: there is no single one to show.")
        return ""

    def look(self) -> Look | None:
        def look(training: Training) -> Any:
            from playground.insight.gallery import answers

            return answers(training)

        return look

    def show_answer(self, answer: Any) -> None:
        self._found = answer
        self._show()

    def numbers(self) -> dict[str, NDArray[Any]]:
        found = self._found
        if found is None:
            return {}
        if hasattr(found, "size"):
            return {"residual": np.asarray(found.size)}
        return {"row, truth, answer, confidence": np.column_stack([
            np.arange(len(found.truth)), found.truth, found.answer, found.confidence
        ])}  # fmt: skip

    def in_words(self) -> str:
        return self.words.text()

    # Showing

    def _show(self) -> None:
        found, examples = self._found, self.focus.session.examples
        if found is None or examples is None:
            return
        is_numbers = hasattr(found, "size")
        self.which.setVisible(not is_numbers)
        self._rows = [int(row) for row in (self._by_residual() if is_numbers else self._by_confidence())]
        pictured = Pictured(examples.dataset, SIDE)
        tiles = [self._tile(row, pictured.of(int(examples.valid.rows[row]))) for row in self._rows[:MOST_TILES]]
        self.grid.show_tiles(tiles, pictured.side)
        self.words.setText(self._words(len(self._rows)))

    def _by_residual(self) -> NDArray[np.int64]:
        if self._picked is not None:
            return self._picked[0]
        order = np.argsort(-self._found.size, kind="stable")  # type: ignore[union-attr]
        return order[::-1] if self.order.currentData() == "unsure" else order

    def _by_confidence(self) -> NDArray[np.int64]:
        found: Answers = self._found  # type: ignore[assignment]
        if self._picked is not None:
            return self._picked[0]
        if self._cell is not None:
            rows = np.flatnonzero((found.truth == self._cell[0]) & (found.answer == self._cell[1]))
        else:
            which = self.which.currentData()
            keep = (
                found.right if which == "right" else ~found.right if which == "mistakes" else np.ones(len(found.truth))
            )
            rows = np.flatnonzero(keep)
        sign = 1 if self.order.currentData() == "unsure" else -1
        return rows[np.argsort(sign * found.confidence[rows], kind="stable")]

    def _words(self, count: int) -> str:
        found, examples = self._found, self.focus.session.examples
        if examples is None or found is None:
            return ""
        if self._picked is not None and count == 1:
            return self.tr("%1: 1 example.").replace("%1", self._picked[1])
        if self._picked is not None:
            return self.tr("%1: %2 examples.").replace("%2", f"{count:,}").replace("%1", self._picked[1])
        if hasattr(found, "size"):
            return self.tr("Largest errors first; below each how far the answer is off.")
        names, total = examples.dataset.class_names, len(found.truth)
        if self._cell is not None:
            words = self.tr("%1 examples of “%2” answered “%3”.")
            words = self.tr("1 example of “%2” answered “%3”.") if count == 1 else words
            words = words.replace("%2", names[self._cell[0]])
            return words.replace("%1", f"{count:,}").replace("%3", names[self._cell[1]])
        wrong = int((~found.right).sum())
        words = self.tr("%1 of %2 are wrong.").replace("%1", f"{wrong:,}").replace("%2", f"{total:,}")
        return words + (
            self.tr(" The first %1 are shown.").replace("%1", str(MOST_TILES)) if count > MOST_TILES else ""
        )

    def _tile(self, row: int, image: QImage) -> Tile:
        examples, found = self.focus.session.examples, self._found
        assert examples is not None
        if hasattr(found, "size"):
            off = float(found.size[row])  # type: ignore[union-attr]
            words = self.tr("validation example %1").replace("%1", str(row + 1))
            return Tile(
                image, f"{off:.3g}", f"{words}\n{told(examples.dataset, int(examples.valid.rows[row]))}".strip()
            )
        names = examples.dataset.class_names
        truth, answer = int(found.truth[row]), int(found.answer[row])  # type: ignore[union-attr]
        sure = f"{float(found.confidence[row]):.0%}"  # type: ignore[union-attr]
        is_right = truth == answer
        tip = f"“{names[answer]}” {sure}" + ("" if is_right else self.tr(", truly “%1”").replace("%1", names[truth]))
        tip = f"{tip}\n{told(examples.dataset, int(examples.valid.rows[row]))}".strip()
        words = f"{names[answer]} {sure}" if is_right else f"{names[truth]}→{names[answer]} {sure}"
        return Tile(image, words, tip, edge="positive" if is_right else "negative")
