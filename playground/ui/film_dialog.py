"""The past as an animated GIF, or MP4 where there is an FFmpeg: choose what is filmed, how large and how fast.

The past is gone through as the window shows it, and written.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from playground.app import film
from playground.app.pasts import Past
from playground.app.session import Session
from playground.ui.alive import while_there
from playground.ui.bridge import Bridge
from playground.ui.looking import Looking
from playground.ui.theme import sized
from playground.ui.whole_name import whole_name

PATIENCE = 3.0
"""Seconds that pictures of one moment are waited for."""


class FilmDialog(QDialog):
    """Goes through the past as the window shows it, a moment a picture."""

    def __init__(self, session: Session, bridge: Bridge, scenes: dict[str, QWidget], parent: QWidget) -> None:
        """scenes: what can be filmed, by its name for the person."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Export the past as a film"))
        self.setMinimumWidth(sized(420))
        self._session, self._timeline, self._scenes = session, session.timeline, scenes
        self.scene, self.count, self.speed, self.width_ = QComboBox(), QSpinBox(), QSpinBox(), QSpinBox()
        self.scene.addItems(list(scenes))
        moments = len(self._timeline.moments())
        for spin, low, high, value, suffix in (
            (self.count, min(2, moments), max(2, min(200, moments)), min(60, moments), ""),
            (self.speed, 1, 25, 8, self.tr(" pictures a second")),
            (self.width_, 200, 1920, 800, self.tr(" pixels")),
        ):
            spin.setRange(low, high)
            spin.setValue(value)
            spin.setSuffix(suffix)
        self.words = QLabel(wordWrap=True)
        self.words.setProperty("role", "note")
        self.bar = QProgressBar()
        self.bar.setAccessibleName(self.tr("How much of the past is filmed"))
        self.bar.hide()
        self.start = QPushButton(self.tr("Choose a file and film …"))
        self.start.setProperty("role", "primary")
        self.start.setEnabled(moments > 1)
        self.start.clicked.connect(self._ask_file)
        self._lay_out()
        self._path: Path | None = None
        self._left: list[Past] = []
        self._pictures: list[Any] = []
        self._asked = 0
        self._since = 0.0
        self._settings_of = (0, 0)
        bridge.tick.connect(self._tick)
        if moments < 2:
            self.words.setText(self.tr("There is no past to film yet. Press Play, and come back when it has learned."))
        elif not film.can_write_mp4():
            self.words.setText(self.tr("As an animated GIF; as MP4 too once imageio-ffmpeg is installed with pip."))

    def _lay_out(self) -> None:
        form = QFormLayout()
        for words, widget in (
            (self.tr("What is filmed"), self.scene),
            (self.tr("Moments"), self.count),
            (self.tr("Speed"), self.speed),
            (self.tr("Width"), self.width_),
        ):
            form.addRow(words, widget)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.addButton(self.start, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addLayout(form)
        for part in (self.words, self.bar, buttons):
            column.addWidget(part)

    def _ask_file(self) -> None:
        suggested = f"{self._session.document.name}.gif"
        kinds = [self.tr("Animated GIF (*.gif)"), *([self.tr("MP4 (*.mp4)")] if film.can_write_mp4() else [])]
        name, kind = QFileDialog.getSaveFileName(self, self.tr("Save the film"), suggested, ";;".join(kinds))
        endings = (".gif", ".mp4")[: len(kinds)]
        usual = endings[kinds.index(kind)] if kind in kinds else ".gif"
        if path := whole_name(name, usual, self.words.setText, endings):
            self.film(path)

    def film(self, path: Path) -> None:
        """Go through the past and write it into that file."""
        moments = self._timeline.moments()
        count = min(self.count.value(), len(moments))
        if count < 2:
            return
        self._path, self._pictures, self._asked = path, [], 0
        self._left = [moments[round(at * (len(moments) - 1) / (count - 1))] for at in range(count)]
        self._settings_of = (self.width_.value(), 1000 // self.speed.value())
        self.start.setEnabled(False)
        self.bar.setRange(0, count)
        self.bar.setValue(0)
        self.bar.show()
        self.words.setText(self.tr("Leave the window in front while it is filmed."))
        self._look()

    def _look(self) -> None:
        self._since = monotonic()
        self._timeline.look_at(self._left[0])

    def _tick(self) -> None:
        """When all that can be seen is of the moment looked at: take the picture, and go on to the next."""
        if not self._left:
            return
        if self._timeline.looked_at is not self._left[0]:
            self._stop(self.tr("The film was broken off, since the past was left."))
            return
        if not self._is_shown() and monotonic() - self._since < PATIENCE:
            return
        self._take()
        del self._left[0]
        self.bar.setValue(self.bar.value() + 1)
        if self._left:
            self._look()
        else:
            self._timeline.return_to_now()

    def _is_shown(self) -> bool:
        window = self.parentWidget()
        looks = window.findChildren(Looking) if window is not None else []
        seen = [look for look in looks if _is_visible(look)]
        return self._timeline.is_settled and not any(look.is_stale for look in seen)

    def _take(self) -> None:
        scene = self._scenes[self.scene.currentText()]
        picture = scene.grab().toImage()
        wide = min(self._settings_of[0], picture.width())
        picture = picture.scaledToWidth(wide, Qt.TransformationMode.SmoothTransformation)
        picture = picture.convertToFormat(QImage.Format.Format_RGBX8888)
        still = film.Still(picture.width(), picture.height(), bytes(picture.constBits()))
        number, self._asked = self._asked, self._asked + 1
        self._pictures.append(None)
        self._session.beside.run(
            lambda: film.reduced(still),
            while_there(self, lambda made: self._made(number, made)),
            while_there(self, lambda problem: self._stop(str(problem))),
        )

    def _made(self, number: int, picture: Any) -> None:
        if number >= len(self._pictures):
            return  # broken off meanwhile
        self._pictures[number] = picture
        path, pictures = self._path, self._pictures
        if self._left or path is None or any(each is None for each in pictures):
            return
        self.words.setText(self.tr("Writing …"))
        speed = self._settings_of[1]
        failed = while_there(self, self._failed)
        self._session.beside.write(lambda: film.write_film(path, pictures, speed), self._written(path), failed)

    def _written(self, path: Path) -> Callable[[None], None]:
        saved = self.tr("Saved %1.").replace("%1", path.name)

        def done(_: None) -> None:
            self._session.say(saved, is_complaint=False)
            if isValid(self):
                self.accept()

        return done

    def _failed(self, problem: Exception) -> None:
        reason = getattr(problem, "strerror", None) or problem
        words = self.tr("The film could not be written: %1. Choose another folder.")
        self._stop(words.replace("%1", str(reason)))

    def _stop(self, words: str) -> None:
        self._left, self._pictures, self._path = [], [], None
        self.bar.hide()
        self.start.setEnabled(True)
        self.words.setText(words)

    def reject(self) -> None:
        """Cancel: what was filmed is dropped."""
        if self._left:
            self._stop("")
            self._timeline.return_to_now()
        super().reject()


def _is_visible(look: Looking) -> bool:
    owner = look.parent()
    return isinstance(owner, QWidget) and owner.isVisible()
