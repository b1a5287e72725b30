"""Data of one's own, from a file or a folder: asked for, shown anew where they were moved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from playground.app.carried_data import CarryingProblem, content_of
from playground.app.files import SUFFIX
from playground.app.saving import save_with_data
from playground.app.session import Session
from playground.data.catalogue import FILES
from playground.ui.preferences import preferences
from playground.ui.whole_name import whole_name

LAST = "data/folder"


class DataFiles(QObject):
    """Asks where data are, beginning where the last were."""

    def __init__(self, window: QWidget, session: Session, open_path: Callable[[Path], None]) -> None:
        super().__init__(window)
        self._window, self._session, self._open = window, session, open_path

    def handlers(self) -> dict[str, Callable[[], object]]:
        """What the actions do."""
        return {
            "open_data": self.open_file,
            "open_folder": self.open_folder,
            "save_with_data": self.save_with_data,
        }

    def open_file(self) -> None:
        """Ask for a file of data; a file of an MNIST-format folder, or an image, stands for the folder."""
        if path := self._asked_file(self.tr("Open data")):
            self._open(path if path.suffix.lower() in FILES else path.parent)

    def open_folder(self) -> None:
        """Ask for a folder: of images or texts, a folder a class, or of files in MNIST's format."""
        if path := self._asked_folder(self.tr("Open a folder of data")):
            self._open(path)

    def find(self) -> None:
        """Ask where the project's data are now; what was learned from them stays."""
        choice = self._session.document.data
        title = self.tr("Where is %1 now?").replace("%1", Path(choice.source).name)
        path = self._asked_file(title) if Path(choice.source).suffix else self._asked_folder(title)
        if path is not None:
            words = self.tr("Find %1").replace("%1", path.name)
            self._session.choose_data(choice.model_copy(update={"source": str(path)}), label=words)

    def save_with_data(self) -> None:
        """Save the project with its data file in it, for whoever gets it."""
        session = self._session
        try:
            content_of(session.document)
        except CarryingProblem as problem:
            session.say(str(problem))
            return
        first = session.path or Path(self._folder(), session.document.name + SUFFIX)
        name, _ = QFileDialog.getSaveFileName(
            self._window, self.tr("Save with its data"), str(first), self.tr("Projects (*.nnplay)")
        )
        if path := whole_name(name, SUFFIX, session.say, (SUFFIX,)):
            save_with_data(session, path)

    def _asked_file(self, title: str) -> Path | None:
        kinds = self.tr(
            "Data (*.csv *.tsv *.xlsx *.parquet *.npz *.ts *.txt *ubyte *ubyte.gz *.png *.jpg *.bin);;All files (*)"
        )
        name, _ = QFileDialog.getOpenFileName(self._window, title, self._folder(), kinds)
        return self._remembered(name)

    def _asked_folder(self, title: str) -> Path | None:
        return self._remembered(QFileDialog.getExistingDirectory(self._window, title, self._folder()))

    def _remembered(self, name: str) -> Path | None:
        if not name:
            return None
        preferences().setValue(LAST, str(Path(name).parent))
        return Path(name)

    def _folder(self) -> str:
        """The one that was used last, else the project's, else one's own."""
        last = str(preferences().value(LAST, ""))
        if last and Path(last).is_dir():
            return last
        return str(self._session.path.parent if self._session.path is not None else Path.home())
