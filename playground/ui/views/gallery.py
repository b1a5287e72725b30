"""All validation examples with the network's answers: mistakes, sure and unsure ones, or one cell of the confusion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel

from playground.ui.drawing import chance
from playground.ui.looking import Look
from playground.ui.views.answer_rows import AnswerColumn, AnswerRows
from playground.ui.views.focus import Focus
from playground.ui.views.naming import counted
from playground.ui.views.picture_grid import PictureGrid, Tile
from playground.ui.views.pictured import Pictured
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
        self._theirs: NDArray[Any] | None = None
        """What the model that they were chosen for answered to all; None: what the network answers now."""
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
        self.list = AnswerRows(self.tr("Examples"))
        self.list.picked.connect(self._choose_line)
        self.column.addWidget(self.list)
        self.column.addStretch(1)
        self.grid.clicked.connect(lambda number: focus.choose_example(self._rows[number]))
        focus.bridge.data.connect(self._forget_cell)

    def _choose_line(self) -> None:
        for row in self.list.chosen():
            self.focus.choose_example(int(row))

    def show_cell(self, truth: int, answer: int) -> None:
        """Only the examples of one class that were taken for another, or for itself."""
        self._cell, self._picked, self._theirs = (truth, answer), None, None
        self._show()
        self.ask_again()

    def show_rows(self, rows: NDArray[np.int64], words: str, answers: NDArray[Any] | None = None) -> None:
        """Only these examples of the validation part, in their order; answers: some model's to the whole part."""
        self._cell, self._picked, self._theirs = None, (rows, words), answers
        self._show()
        self.ask_again()

    def _chosen(self) -> None:
        self._cell = self._picked = self._theirs = None
        self._show()

    def _forget_cell(self) -> None:
        self._cell = self._found = self._picked = self._theirs = None
        self.grid.show_tiles([])
        self.list.show_rows([])

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
        examples = self.focus.session.examples
        rows = examples.dataset.file_rows if examples is not None else None
        where = {} if examples is None or rows is None else {"rows in the file": rows[examples.valid.rows]}
        if hasattr(found, "size"):
            return {"residual": np.asarray(found.size), **where}
        return {"answers: example, code of truth, code of answer, confidence": np.column_stack([
            np.arange(1, 1 + len(found.truth)), found.truth, found.answer, found.confidence
        ]), **where}  # fmt: skip

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
        is_table, origin = examples.dataset.kind == "table", examples.valid.rows
        self.grid.setVisible(not is_table)
        self.list.setVisible(is_table)
        if is_table:
            self.list.show_answers(examples.dataset, lambda row: int(origin[row]), self._told(is_numbers), self._rows)
        else:
            pictured = Pictured(examples.dataset, SIDE)
            tiles = [self._tile(row, pictured.of(int(origin[row]))) for row in self._rows[:MOST_TILES]]
            self.grid.show_tiles(tiles, pictured.side)
        self.words.setText(self._words(len(self._rows)))

    def _told(self, is_numbers: bool) -> tuple[AnswerColumn, ...]:
        """What a table says of each answer: the truth, the answer, and how sure or how far off it is."""
        found = self._place_column()
        truth = AnswerColumn("truth", self.tr("Truly"), self.tr("What is right."), self._truth_of, is_numbers)
        answer = AnswerColumn("answer", self.tr("Answer"), "", self._answer_of, is_numbers)
        if is_numbers or self._theirs is not None:
            return (*found, truth, answer)
        sure = AnswerColumn(
            "sure", self.tr("Sure"), self.tr("The largest of the network's probabilities."), self._sure_of, True, True
        )
        return (*found, truth, answer, sure)

    def _place_column(self) -> tuple[AnswerColumn, ...]:
        """Which row of the person's file an example is, if that is known."""
        examples = self.focus.session.examples
        if examples is None or examples.dataset.file_rows is None:
            return ()
        rows, origin = examples.dataset.file_rows, examples.valid.rows
        words = self.tr("Its row in %1, as a spreadsheet counts: the first row of the file is row 1")
        words = words.replace("%1", examples.dataset.name)
        return (AnswerColumn("place", self.tr("Row"), words, lambda row: str(rows[origin[row]]), True),)

    def _truth_of(self, row: int) -> str:
        examples, found = self.focus.session.examples, self._found
        assert examples is not None
        if hasattr(found, "size"):
            return _figures(examples.dataset.targets[examples.valid.rows[row]])
        return examples.dataset.class_names[int(found.truth[row])]  # type: ignore[union-attr]

    def _answer_of(self, row: int) -> str:
        examples = self.focus.session.examples
        assert examples is not None
        answer = self._answers()[row]
        return _figures(answer) if hasattr(self._found, "size") else examples.dataset.class_names[int(answer)]

    def _answers(self) -> NDArray[Any]:
        """Of the model that the examples were chosen for, or of the network."""
        if self._theirs is not None:
            return self._theirs
        found: NDArray[Any] = self._found.answer  # type: ignore[union-attr]
        return found

    def _sure_of(self, row: int) -> str:
        return chance(float(self._found.confidence[row]))  # type: ignore[union-attr]

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
        if self._picked is not None:
            words = self.tr("%1 (%2 examples).") if count != 1 else self.tr("%1 (1 example).")
            words += self.tr(" The answers are its own.") if self._theirs is not None else ""
            return words.replace("%2", f"{count:,}").replace("%1", self._picked[1])
        if hasattr(found, "size"):
            return self.tr("Largest errors first.")
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
            wanted = np.asarray(examples.dataset.targets[examples.valid.rows[row]], np.float64)
            off = float(np.sqrt(((np.asarray(self._answers()[row]) - wanted) ** 2).mean()))
            tip = self.tr("validation example %1").replace("%1", counted(row))
            return Tile(image, f"{off:.3g}", _with(tip, self.focus.place(row)))
        names = examples.dataset.class_names
        truth, answer = int(found.truth[row]), int(self._answers()[row])  # type: ignore[union-attr]
        sure = self._sure_of(row) if self._theirs is None else ""
        is_right = truth == answer
        tip = f"“{names[answer]}” {sure}".rstrip()
        tip += "" if is_right else self.tr(", truly “%1”").replace("%1", names[truth])
        brief = f"{names[answer]} {sure}" if is_right else f"{names[truth]}→{names[answer]} {sure}"
        words = self.tr("answered %2") if is_right else self.tr("truly %1, answered %2")
        words = words.replace("%1", names[truth]).replace("%2", names[answer]) + (f", {sure}" if sure else "")
        edge = "positive" if is_right else "negative"
        return Tile(image, words, _with(tip, self.focus.place(row)), edge=edge, brief=brief.rstrip())


def _with(words: str, place: str) -> str:
    """Words with the place in the file below them."""
    return f"{words}\n{place}" if place else words


def _figures(values: Any) -> str:
    """One number, or a few, as they are told."""
    return ", ".join(f"{float(value):.4g}" for value in np.ravel(values)).replace("-", "−")
