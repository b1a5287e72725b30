"""The File menu's Export: asks for a place, has the work done in a process, and shows how far it is.

What can be written is playground.app.handing_over's; reading other tools' files is in bringing.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QProgressDialog, QWidget

from playground.app import carried
from playground.app.errand import Failed, HandingOver, Underway
from playground.app.handing_over import (
    UNEQUAL,
    UNTRAINED,
    WAYS,
    Handed,
    Way,
    answers_otherwise,
    as_model_card,
    as_picture,
    as_report,
)
from playground.app.session import Session
from playground.ui.bridge import Bridge
from playground.ui.drawing import epoch_words
from playground.ui.whole_name import whole_name

if TYPE_CHECKING:
    from playground.ui.main_window import MainWindow

LONGEST = 180
"""Letters that the status line shows on a small screen; a longer one would widen the window."""

PICTURES = (".svg", ".pdf", ".png")


class Exports(QObject):
    """Owned by the window."""

    def __init__(self, window: MainWindow, session: Session, bridge: Bridge) -> None:
        super().__init__(window)
        self._window, self._session = window, session
        self.work: HandingOver | None = None
        self.box: ProgressBox | None = None
        self._shown: float | None = None
        """The epoch that is being written, if it is one of the past."""
        bridge.tick.connect(self._look)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """What the actions do."""
        return {f"export_{way}": partial(self.ask, way) for way in (*WAYS, "picture")}

    def ask(self, way: str) -> None:
        """Ask where to, unless something stands in the way already."""
        if self._is_busy():
            return
        session, of_network = self._session, way in ("python", "onnx")
        errors = session.report.errors
        if errors and of_network:
            session.say(f"{self.tr('The network cannot be handed over yet.')} {errors[0].text}")
            return
        if way in ("tensorboard", "curves") and not session.epochs:
            session.say(self.tr(UNTRAINED))
            return
        if answers_otherwise(way, session.examples, session.report):
            session.say(self.tr(UNEQUAL), is_complaint=False)
        place = self._folder() if way == "tensorboard" else self._file(way)
        if place is not None:
            self.begin(way, place)

    def _file(self, way: str) -> Path | None:
        kinds = {
            "python": self.tr("Python files (*.py)"),
            "onnx": self.tr("ONNX models (*.onnx)"),
            "weights": self.tr("Weights (*.safetensors)"),
            "report": self.tr("Pages (*.html)"),
            "card": self.tr("Markdown (*.md)"),
            "curves": self.tr("Tables (*.csv)"),
            "picture": ";;".join((self.tr("SVG (*.svg)"), self.tr("PDF (*.pdf)"), self.tr("PNG (*.png)"))),
        }
        endings = PICTURES if way == "picture" else (WAYS[way][0],)
        own = endings[0] if len(endings) == 1 else ""  # else the kind that is chosen in the dialog says it
        suggested = str(self._beside_project() / f"{_file_name(self._session.document.name)}{own}")
        name, kind = QFileDialog.getSaveFileName(self._window, self.tr("Export"), suggested, kinds[way])
        usual = next((each for each in endings if f"*{each}" in kind), endings[0])
        return whole_name(name, usual, self._session.say, endings)

    def _folder(self) -> Path | None:
        """A new one, whose name is given: the dialog goes into one that is there, and the name goes with it."""
        suggested = _untaken(self._beside_project() / _file_name(self._session.document.name))
        title = self.tr("Export to a new folder for TensorBoard")
        name, _ = QFileDialog.getSaveFileName(self._window, title, str(suggested), self.tr("A new folder (*)"))
        return Path(name) if name else None

    def _beside_project(self) -> Path:
        return self._session.path.parent if self._session.path is not None else Path.home()

    def begin(self, way: str, output: Path) -> None:
        """Do it beside the window, one at a time: with the weights that are shown, be they of the past."""
        if self._is_busy():  # another was begun while the dialog was open
            return
        session, past = self._session, self._session.timeline.looked_at
        document, learned = session.document, session.learned() if past is None else None
        self._shown, exam = past.epoch if past is not None else None, session.comparing.exam

        def write(path: Path) -> None:
            begun = learned if past is None else carried.stored(past.checkpoint(), document)
            offset = session.offset if past is None else past.offset
            carried.write(path, document, begun, session.epochs, offset, session.examples, exam=exam)

        self.work = HandingOver(self._doing(way), write, output)
        self.box = ProgressBox(self.tr("Export"), self._window)
        self.box.canceled.connect(self.cancel)
        self.box.show()

    def _is_busy(self) -> bool:
        """Whether an export is under way, which is then said."""
        if self.work is not None:
            self._session.say(self.tr("Something is being exported already. Wait for it, or cancel it."))
        return self.work is not None

    def _doing(self, way: str) -> Way:
        """What the process does: it is found there by its name."""
        if way == "picture":
            from playground.ui.figure_file import drawn

            return partial(as_picture, draw=drawn)
        told = {"report": as_report, "card": as_model_card}
        if way in told and self._session.path is not None:
            return partial(told[way], file=self._session.path.name)
        return WAYS[way][1]

    def cancel(self) -> None:
        """Kill the process; what stood in that place is as it was."""
        if self.work is not None:
            self.work.cancel()
            self._session.say(self.tr("The export was cancelled."), is_complaint=False)
        self._end()

    def close(self) -> None:
        """The window is closing."""
        if self.work is not None:
            self.work.cancel()
        self._end()

    def _look(self) -> None:
        if self.work is None:
            return
        for fact in self.work.mailbox.empty():
            if isinstance(fact, Underway) and self.box is not None:
                self.box.setLabelText(self.tr(fact.words))
            elif isinstance(fact, Failed):
                self._end()
                self._session.say(fact.words)
            elif isinstance(fact, Handed):
                self._end()
                names = ", ".join(path.name for path in fact.files)
                told = (self.tr("Wrote %1.").replace("%1", names), *self._of_then(), *fact.notes)
                tell_all(self._window, self._session, told)

    def _of_then(self) -> tuple[str, ...]:
        """That it is not the present which was written."""
        if self._shown is None:
            return ()
        words = self.tr("It is the network of epoch %1, as the window showed it.")
        return (words.replace("%1", epoch_words(self._shown)),)

    def _end(self) -> None:
        self.work = None
        if self.box is not None:
            self.box.canceled.disconnect()
            self.box.close()
            self.box.deleteLater()
            self.box = None


def tell_all(window: QWidget, session: Session, sentences: Sequence[str]) -> None:
    """In the status line what fits there; where there is more, all of it in a box."""
    fitting = [each for at, each in enumerate(sentences) if len(" ".join(sentences[: at + 1])) <= LONGEST]
    session.say(" ".join(fitting or sentences[:1])[:LONGEST], is_complaint=False)
    if len(fitting) < len(sentences):
        box = QMessageBox(window)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle(sentences[0][:60])
        box.setText(sentences[0])
        box.setInformativeText("\n\n".join(sentences[1:]))
        box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()


class ProgressBox(QProgressDialog):
    """Says what is being done, and lets it be cancelled; the window stays usable."""

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setLabelText(self.tr("Beginning…"))
        self.setRange(0, 0)
        self.setMinimumWidth(360)
        self.setMinimumDuration(10**8)  # it is shown by hand
        self.setAutoClose(False)
        self.setModal(False)


def _untaken(path: Path) -> Path:
    """The path, or the first of path-2, path-3, … at which nothing stands."""
    numbered = (path.with_name(f"{path.name}-{number}") for number in count(2))
    return path if not path.exists() else next(each for each in numbered if not each.exists())


def _file_name(name: str) -> str:
    """A project's name as a file's.

    >>> _file_name("Digits, convolutional / 2")
    'digits-convolutional-2'
    """
    words = "".join(sign if sign.isalnum() and sign.isascii() else " " for sign in name.lower()).split()
    return "-".join(words)[:60] or "network"
