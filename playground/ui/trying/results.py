"""Answers for files: pictures with their answers below them, or rows of a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget

from playground.app.predicting import Answer, in_digits
from playground.app.trying import Tried
from playground.data.intake import Intake
from playground.ui.drawing import example_image
from playground.ui.table import Table
from playground.ui.trying.answer_view import scrolled
from playground.ui.views.picture_grid import PictureGrid, Tile

PICTURE = 64


@dataclass(frozen=True)
class AnswerColumn:
    """What one column says of an answer."""

    name: str
    title: str
    text: Callable[[Any], str]
    value: Callable[[Any], Any]
    is_number: bool = False
    explained: str = ""
    is_high_good: bool = False


class Results(QStackedWidget):
    """Shows what was tried; a chosen example is told."""

    chosen = Signal(object)
    """The answer of a picture or row that was chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.table = Table((), lambda answer: answer.name, self.tr("Answers"), many=False)
        self.table.picked.connect(self._row_picked)
        self.gallery = PictureGrid(self.tr("Answers"), tall=0.3)
        self.gallery.clicked.connect(lambda number: self.chosen.emit(self._answers[number]))
        self.addWidget(self.table)
        self.addWidget(scrolled(self.gallery))
        self._answers: tuple[Answer, ...] = ()

    def restyle(self) -> None:
        """Take the type and colours of the present theme."""
        self.table.restyle()
        self.gallery.update()

    def show_tried(self, tried: Tried, intake: Intake) -> None:
        """Pictures where there are some, else a table."""
        self._answers = tried.answers
        has_pictures = bool(tried.pictures)
        self.setCurrentIndex(1 if has_pictures else 0)
        if has_pictures:
            pairs = zip(tried.pictures, tried.answers, strict=False)
            self.gallery.show_tiles([_tile(picture, answer) for picture, answer in pairs], PICTURE)
            self.gallery.choose(None)
        else:
            self.table.set_columns(self._columns(intake))
            self.table.show_rows(tried.answers)

    def _columns(self, intake: Intake) -> list[AnswerColumn]:
        found = [self._which()]
        if intake.task == "classes":
            found += [
                AnswerColumn("said", self.tr("Answer"), lambda answer: answer.said, lambda answer: answer.said),
                AnswerColumn(
                    "sure", self.tr("Sure"), lambda answer: _percent(answer.confidence),
                    lambda answer: answer.confidence, True, self.tr("Probability of the answer, as the network says"),
                ),
            ]  # fmt: skip
        else:
            found += [_number(place, name) for place, name in enumerate(intake.targets[:20])]
        warned = AnswerColumn("warning", self.tr("Warning"), _warning, lambda answer: _warning(answer) or None)
        found.append(replace(warned, explained=self.tr("Why it does not look like the training data")))
        return found

    def _which(self) -> AnswerColumn:
        """Which example: of a table the row of its file, where that is known."""
        if any(answer.file_row is None for answer in self._answers):
            return AnswerColumn("name", self.tr("Example"), lambda answer: answer.name, lambda answer: answer.name)
        words = self.tr("Its row in the file, as a spreadsheet counts: the first row of the file is row 1")
        return AnswerColumn(
            "name", self.tr("Row"), lambda answer: f"{answer.file_row:,}", lambda answer: answer.file_row,
            True, words,
        )  # fmt: skip

    def _row_picked(self) -> None:
        names = self.table.chosen()
        found = next((answer for answer in self._answers if names and answer.name == names[0]), None)
        if found is not None:
            self.chosen.emit(found)


def _number(place: int, name: str) -> AnswerColumn:
    def value(answer: Answer) -> float | None:
        return answer.values[place] if place < len(answer.values) else None

    def text(answer: Answer) -> str:
        found = value(answer)
        return "" if found is None else in_digits(found)

    return AnswerColumn(f"value {place}", name, text, value, True)


def _warning(answer: Answer) -> str:
    return answer.problem or " ".join(answer.warnings)


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f} %"


def _tile(picture: Any, answer: Answer) -> Tile:
    sure = f" {100 * answer.confidence:.0f} %" if answer.confidence is not None else ""
    mark = "⚠ " if answer.warnings or answer.problem else ""
    tip = "\n".join([answer.name, *([answer.problem] if answer.problem else answer.warnings)])
    words = answer.said if answer.confidence is not None else in_digits(answer.values[0]) if answer.values else ""
    said = answer.name if answer.problem else f"{words}{sure}"
    return Tile(example_image(picture), f"{mark}{said}", tip)
