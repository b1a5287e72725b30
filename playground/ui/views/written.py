"""What a network that answers at every step wrote while it learned, beside what it should have written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLabel

from playground.ui.looking import Look
from playground.ui.maps import spelled
from playground.ui.theme import BODY, sized
from playground.ui.views.focus import Focus
from playground.ui.views.interlinear import Line, interlinear, letters_in
from playground.ui.views.layer_rows import ROOMY
from playground.ui.views.view import View

if TYPE_CHECKING:
    from playground.engine.train import Training

MOST_WRITTEN = 6
"""Examples whose answers are kept over the epochs."""
MOST_EPOCHS = 200
LARGER = 1.6
"""Times as large as usual is the type where there is room."""


class WrittenView(View):
    """A line an epoch, for a few validation examples."""

    name = "written"
    title = "What it wrote"
    group = "Everything"
    about = (
        "The network's own answers, letter by letter, for the first validation examples, kept while it learns. An "
        "encoder-decoder writes freely here: it reads its own last answer, not the right one as in training (teacher "
        "forcing). Right letters are bold. Source: Sutskever, Vinyals and Le 2014; Williams and Zipser 1989."
    )
    every = 0.5

    def __init__(self, focus: Focus) -> None:
        super().__init__(focus)
        self._kept: dict[int, NDArray[np.int64]] = {}
        self._truth: NDArray[np.int64] | None = None
        self.text = QLabel(wordWrap=True)
        self.text.setTextFormat(Qt.TextFormat.RichText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.column.addWidget(self.text)
        self.column.addStretch(1)
        for signal in (focus.bridge.data, focus.bridge.run):
            signal.connect(self._forget)

    def _forget(self) -> None:
        self._kept.clear()

    @classmethod
    def misfit(cls, focus: Focus) -> str:
        examples = focus.session.examples
        if examples is None or (examples.targets is None and examples.valid.targets.ndim > 1):
            return ""
        return focus.tr("This is for networks that answer at every step, such as the encoder-decoder.")

    def look(self) -> Look | None:
        return _written

    def show_answer(self, answer: Any) -> None:
        epoch, wrote, self._truth = answer
        self._kept[epoch] = wrote
        if len(self._kept) > MOST_EPOCHS:
            for old in list(self._kept)[1:-1:2]:
                del self._kept[old]
        self.text.setText(self._page())

    def _page(self) -> str:
        examples, truth = self.focus.session.examples, self._truth
        if examples is None or truth is None:
            return ""
        epochs = sorted(self._kept)
        shown = epochs if len(epochs) <= 8 else [epochs[round(at)] for at in np.linspace(0, len(epochs) - 1, 8)]
        names = {epoch: self.tr("epoch %1").replace("%1", str(epoch)) for epoch in shown}
        tables = [self._table(row, truth[row], names) for row in range(len(truth))]
        in_row = self._in_row()
        cells = [f"<td><table cellspacing=2>{table}</table></td>" for table in tables]
        rows = ("".join(cells[at : at + in_row]) for at in range(0, len(cells), in_row))
        page = "".join(f"<tr>{row}</tr>" for row in rows)
        return f"<table cellspacing={14 if in_row == 1 else 30}>{page}</table>"

    def _table(self, row: int, truth: NDArray[np.int64], names: Mapping[int, str]) -> str:
        """One example: what is read, what is wanted, and what was written after each epoch."""
        read, wanted = Line(self.tr("read"), self._read(row)), self._line(self.tr("wanted"), truth, None)
        wrote = [self._line(name, self._kept[epoch][row], truth) for epoch, name in names.items()]
        room = self._room([line.name for line in (read, wanted, *wrote)])
        return (interlinear([read], room) if read.symbols else "") + interlinear([wanted, *wrote], room)

    def _in_row(self) -> int:
        """Examples beside each other."""
        return 3 if self.width() > ROOMY else 1

    def _room(self, names: Sequence[str]) -> int:
        """Letters that fit behind the names."""
        font, in_row = self.text.font(), self._in_row()
        font.setPixelSize(round((LARGER if in_row > 1 else 1.0) * sized(BODY)))
        before = max(QFontMetrics(font).horizontalAdvance(f"{name} ") for name in names)
        margins = self.column.contentsMargins()
        whole = (self.width() - margins.left() - margins.right()) / in_row
        return letters_in(whole - before - (24 if in_row == 1 else 46), font)

    def _read(self, row: int) -> list[str]:
        """What stands in the input of a validation example; empty where it is not made of symbols or digits."""
        examples = self.focus.session.examples
        if examples is None or row >= len(examples.valid.rows):
            return []
        raw = np.asarray(examples.dataset.inputs[examples.valid.rows[row]])
        if examples.dataset.kind == "text":
            read = spelled(raw, examples.dataset.feature_names)
            is_words = any(len(symbol) > 1 for symbol in read)
            return [symbol for symbol in read if symbol.strip()] if is_words else read  # short texts are filled up
        if raw.ndim == 2 and raw.shape[1] == 1 and (raw == raw.round()).all():
            return [f"{value:g}" for value in raw[:, 0]]
        return []

    def _line(self, name: str, codes: NDArray[np.int64], truth: NDArray[np.int64] | None) -> Line:
        examples = self.focus.session.examples
        names = examples.dataset.class_names if examples is not None else ()
        bold = {at for at, code in enumerate(codes) if truth is not None and code == truth[at]}
        return Line(name, [names[int(code)] for code in codes], bold)

    def resizeEvent(self, event: object) -> None:
        larger = LARGER if self._in_row() > 1 else 1.0
        self.text.setStyleSheet(f"font-size: {round(larger * sized(BODY))}px")
        self.text.setText(self._page())

    def numbers(self) -> dict[str, NDArray[Any]]:
        return {f"epoch {epoch}": codes for epoch, codes in self._kept.items()}

    def in_words(self) -> str:
        if not self._kept or self._truth is None:
            return ""
        last = max(self._kept)
        right = float((self._kept[last] == self._truth).mean())
        return (
            self.tr("After epoch %1, %2 of the letters shown are right.")
            .replace("%1", str(last))
            .replace("%2", f"{right:.0%}")
        )


def _written(training: Training) -> Any:
    from playground.insight.unroll import written

    return training.epoch, *written(training, MOST_WRITTEN)
