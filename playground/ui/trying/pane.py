"""Try: something new in, the network's answer out, live while you draw and while it learns; and files of it.

What is done is playground.app.trying's business; the parts are the modules beside this one.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QHideEvent, QImage
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from playground.app.predicting import Answer
from playground.app.session import Session
from playground.app.trying import Tried, Trying
from playground.data.dataset import DataProblem
from playground.data.fresh import Fresh
from playground.data.intake import Intake
from playground.ui.bridge import Bridge
from playground.ui.drawing import example_image
from playground.ui.looking import Look, Looking
from playground.ui.trying.answer_view import AnswerView
from playground.ui.trying.form import RowForm
from playground.ui.trying.pad import BRUSH
from playground.ui.trying.paper import Paper
from playground.ui.trying.picture_sources import picture_in, pixels_of
from playground.ui.trying.results import Results
from playground.ui.trying.text_entry import TextEntry
from playground.ui.views.picture_grid import Tile
from playground.ui.whole_name import whole_name

PAD, FORM, TEXT, NONE = range(4)
COARSE, COARSE_BRUSH = 16, 32
"""Up to how many pixels a side images show strokes as thick as that brush."""
SETTLE = 120
"""Milliseconds without a key before what was typed is read."""


class TryPane(QWidget):
    """Reads the session through app.trying; keeps only what a person has put in."""

    def __init__(self, session: Session, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.trying = Trying(session, self.refresh)
        self._shown: Intake | None = None
        self._some: Fresh | None = None
        self.tried: Tried | None = None
        self._paths: list[Path] = []
        self.setAcceptDrops(True)
        self.answer = AnswerView()
        self._make_entry()
        self._make_files()
        self._lay_out()
        self._looking = Looking(session, bridge, self, self._look, self._show_answer, 0.05, self.answer.show_problem)
        self._settled = QTimer(self, interval=SETTLE, singleShot=True)
        self._settled.timeout.connect(self._read_entry)
        for signal in (bridge.data, bridge.run, bridge.status, bridge.curves):
            signal.connect(self.refresh)
        bridge.tick.connect(self._tell_progress)
        self.restyle()
        self.refresh()

    # Building

    def _make_entry(self) -> None:
        self.paper = paper = Paper(self)
        self.pad, self.erase, self.clear, self.brush, self.seen = (
            paper.pad, paper.erase, paper.clear, paper.brush, paper.seen
        )  # fmt: skip
        self.pictures = paper.pictures
        self.pad.drawn.connect(self._read_entry)
        self.pictures.taken.connect(self.take_picture)
        self.pictures.failed.connect(self._failed)
        paper.paste.activated.connect(self._paste)
        self.form = RowForm()
        self.form.changed.connect(lambda: self._settled.start())
        self.writing = TextEntry()
        self.text = self.writing.text
        self.writing.changed.connect(lambda: self._settled.start())
        self.writing.warmed.connect(self._warm)
        self.entry = QStackedWidget()
        for page in (self.paper, self.form, self.writing, QWidget()):
            self.entry.addWidget(page)

    def _make_files(self) -> None:
        self.open_button = QPushButton(self.tr("Open files…"))
        self.open_button.setToolTip(self.tr("New examples of the data's kind. They can be dropped here too."))
        self.open_button.clicked.connect(self._ask_files)
        self.again = QPushButton(self.tr("Answer again"))
        self.again.setToolTip(self.tr("Ask the network as it is now about the same files"))
        self.again.clicked.connect(lambda: self.open(self._paths))
        self.save_button = QPushButton(self.tr("Save CSV…"))
        self.save_button.setToolTip(self.tr("Every answer with the probability of each class, and the warnings"))
        self.save_button.clicked.connect(self._ask_where)
        self.stop_button = QPushButton(self.tr("Cancel"))
        self.stop_button.clicked.connect(self.trying.stop)
        self.note = QLabel(wordWrap=True)
        self.note.setProperty("role", "note")
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.results = Results()
        self.results.chosen.connect(self._show_chosen)
        self.drop_here = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self.drop_here.setProperty("role", "note")
        self.drop_here.setText(self.tr("Files and folders of new examples, dropped here, are answered one by one."))
        self._filled = QStackedWidget()
        self._filled.addWidget(self.drop_here)
        self._filled.addWidget(self.results)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        for button in (self.open_button, self.again, self.save_button, self.stop_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        files = QVBoxLayout()
        files.setSpacing(4)
        files.addLayout(buttons)
        files.addWidget(self.note)
        files.addWidget(self._filled, 1)
        content = QWidget()
        row = QHBoxLayout(content)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(16)
        row.addWidget(self.entry, 4)
        row.addWidget(self.answer, 5)
        row.addLayout(files, 6)
        empty = QWidget()
        self.empty = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self.empty.setProperty("role", "note")
        self.train = QPushButton(self.tr("Train it first"))
        self.train.setProperty("role", "primary")
        self.train.clicked.connect(lambda: self._session.play())
        column = QVBoxLayout(empty)
        column.addStretch(1)
        column.addWidget(self.empty)
        column.addWidget(self.train, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self._pages = QStackedWidget()
        self._pages.addWidget(empty)
        self._pages.addWidget(content)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)

    def restyle(self) -> None:
        """Take the type and colours of the present theme."""
        self.answer.restyle()
        self.results.restyle()
        self.pad.update()

    # What there is to try

    def refresh(self) -> None:
        """Show the entry that suits the data, or why there is none."""
        intake = self.trying.intake
        is_ready = intake is not None and self.trying.is_ready
        self._pages.setCurrentIndex(1 if is_ready else 0)
        if not is_ready or intake is None:
            self.empty.setText(self._why_empty(intake))
            self.train.setVisible(self._session.status in ("ready", "paused"))
        elif intake is not self._shown:
            self._shown = intake
            self._begin(intake)
        self._show_buttons()

    def _why_empty(self, intake: Intake | None) -> str:
        if self._session.examples is None:
            return self._session.data_problem or self.tr("The data are still being read.")
        if self.trying.are_films:
            return self.tr("Films are tried in a terminal: “playground predict PROJECT FILE.npz”.")
        return self.tr(
            "Here you try the network on something new: draw it, fill it in, write it or drop files, and read the "
            "answer, how sure the network is, and whether it looks like the data at all.\nIt has not learned anything "
            "yet."
        )

    def _begin(self, intake: Intake) -> None:
        """An empty entry for these data."""
        self._some, self.tried, self._paths = None, None, []
        self._filled.setCurrentIndex(0)
        self.note.setText("")
        can_draw = intake.kind == "image" and intake.shape[0] in (1, 3)
        is_series = intake.kind == "sequence" and len(intake.shape) == 2
        places = {"table": FORM, "points": FORM, "text": TEXT, "image": PAD if can_draw else NONE}
        places["sequence"] = TEXT if is_series else NONE
        self.entry.setCurrentIndex(places.get(intake.kind, NONE))
        self.entry.setVisible(self.entry.currentIndex() != NONE)
        self.answer.clear(self.tr("Draw something.") if can_draw else "")
        if self.entry.currentIndex() == FORM:
            self.form.show_columns(intake)
        self.brush.setValue(COARSE_BRUSH if can_draw and max(intake.shape[1:]) <= COARSE else BRUSH)
        self.pad.clear()
        self.writing.begin(intake, self.trying.recent_values() if is_series else "")
        self._read_entry()

    def _warm(self, temperature: float) -> None:
        self.trying.temperature = temperature
        self._settled.start()

    def _read_entry(self) -> None:
        """What is drawn, filled in or written, as the network's input."""
        intake = self._shown
        if intake is None:
            return
        try:
            self._some = self._entered(intake)
        except DataProblem as problem:
            self._some = None
            self.answer.show_problem(str(problem))
            return
        if self._some is None:
            self.answer.clear(self.tr("Draw something.") if self.entry.currentIndex() == PAD else "")
            self.seen.show_tiles([])
            return
        self._show_seen(self._some)

    def _entered(self, intake: Intake) -> Fresh | None:
        from playground.data import fresh_images, fresh_series, fresh_tables, fresh_text

        place = self.entry.currentIndex()
        if place == PAD:
            return None if self.pad.is_empty else fresh_images.of_drawing(intake, self.pad.ink())
        if place == FORM:
            return fresh_tables.of_cells(intake, self.form.cells())
        text = self.text.toPlainText()
        if intake.kind == "sequence":
            return fresh_series.of_values(intake, text) if text.strip() else None
        return fresh_text.of_text(intake, text) if place == TEXT and text.strip() else None

    def take_picture(self, image: QImage, name: str) -> None:
        """A picture from elsewhere takes the drawing's place."""
        from playground.data import fresh_images

        if self._shown is None or self.entry.currentIndex() != PAD:
            self._failed(self.tr("A picture can be tried by networks that read images."))
            return
        if not self.pad.is_empty:
            self.pad.clear()
        self.note.setText("")
        try:
            self._some = fresh_images.of_picture(self._shown, pixels_of(image), name)
        except DataProblem as problem:
            self._some = None
            self.answer.show_problem(str(problem))
            return
        self._show_seen(self._some)

    def _paste(self) -> None:
        mime = QGuiApplication.clipboard().mimeData()
        paths = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()] if mime is not None else []
        self.open(paths) if paths else self.pictures.paste()

    def _show_seen(self, some: Fresh) -> None:
        if some.pictures is not None:
            picture = example_image(some.pictures[0])
            self.seen.show_tiles([Tile(_larger(picture), self.tr("it sees this"))], 72)
        if self.trying.is_stored:
            self.trying.ask_stored(some, partial(self._show_stored, some), self.answer.show_problem)
        else:
            self._looking.refresh()

    def _show_stored(self, some: Fresh, answer: Answer) -> None:
        if some is self._some:
            self._show_answer(answer)

    def hideEvent(self, event: QHideEvent) -> None:
        """A webcam that nobody looks at is off."""
        self.pictures.stop()
        super().hideEvent(event)

    def _look(self) -> Look | None:
        is_of_these_data = self._shown is not None and self.trying.intake is self._shown
        if self.trying.is_stored:
            return None
        return self.trying.look(self._some) if self._some is not None and is_of_these_data else None

    def _show_answer(self, answer: Answer) -> None:
        if self._some is not None and self._shown is not None:
            self.answer.show_answer(answer, self._shown, self._epoch_words(), self._some)

    def _epoch_words(self) -> str:
        if self.trying.is_stored:
            return self.tr("as the project holds it; its data are not here")
        done = self._session.epochs[-1].epoch if self._session.epochs else 0
        if not done:
            return self.tr("the network in its first epoch")
        words = self.tr("the network after %1 epochs") if done != 1 else self.tr("the network after one epoch")
        return words.replace("%1", f"{done:,}")

    # Files

    def open(self, paths: list[Path]) -> None:
        """Have the network answer for files and folders."""
        if paths and self.trying.progress is None:
            self._paths = paths
            self.trying.open(paths, self._show_tried, self._failed)
            self._show_buttons()

    def _show_tried(self, tried: Tried) -> None:
        assert self._shown is not None
        self.tried = tried
        strange = sum(bool(answer.warnings) for answer in tried.answers)
        unread = sum(answer.problem is not None for answer in tried.answers)
        words = self.tr("%1 examples; %2 do not look like the training data.")
        words = words.replace("%1", f"{len(tried.answers):,}").replace("%2", f"{strange:,}")
        if unread:
            words += self.tr(" %1 could not be read.").replace("%1", f"{unread:,}")
        shown = len(tried.pictures)
        if shown and shown < len(tried.answers):
            words += self.tr(" The first %1 are shown.").replace("%1", f"{shown:,}")
        self.note.setText(" ".join([words, *tried.notes[:3]]))
        self._filled.setCurrentIndex(1)
        self.results.show_tried(tried, self._shown)
        self._show_buttons()

    def _failed(self, words: str) -> None:
        self.note.setText(words)
        self._show_buttons()

    def _show_chosen(self, answer: Answer) -> None:
        if self._shown is not None:
            if answer.problem is not None:
                self.answer.show_problem(answer.problem)
            else:
                self.answer.show_answer(answer, self._shown, answer.name)

    def _show_buttons(self) -> None:
        is_busy = self.trying.progress is not None
        self.open_button.setEnabled(not is_busy)
        self.stop_button.setVisible(is_busy)
        for button in (self.again, self.save_button):
            button.setVisible(self.tried is not None and not is_busy)

    def _tell_progress(self) -> None:
        progress = self.trying.progress
        if progress is not None and self.isVisible():
            done, total = progress
            of = self.tr(" of %1").replace("%1", f"{total:,}") if total else ""
            self.note.setText(self.tr("Reading … %1").replace("%1", f"{done:,}") + of)

    def _ask_files(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, self.tr("Open new examples"), str(self._folder()))
        self.open([Path(name) for name in names])

    def _ask_where(self) -> None:
        suggested = str(self._folder() / "answers.csv")
        name, _ = QFileDialog.getSaveFileName(self, self.tr("Save the answers"), suggested, self.tr("CSV (*.csv)"))
        if self.tried is not None and (path := whole_name(name, ".csv", self._session.say)):
            self.trying.save(self.tried, path)

    def _folder(self) -> Path:
        return self._paths[0].parent if self._paths else Path.home()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        mime = event.mimeData()
        if self._pages.currentIndex() == 1 and (mime.hasUrls() or mime.hasImage()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        image = picture_in(event.mimeData())
        if image is not None:
            self.take_picture(image, self.tr("the dropped picture"))
        else:
            self.open([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])
        event.setDropAction(Qt.DropAction.CopyAction)  # the originals stay where they are
        event.accept()


def _larger(picture: QImage) -> Any:
    """With pixels that can be told apart."""
    times = max(1, 72 // max(1, picture.width()))
    return picture.scaled(picture.size() * times)
