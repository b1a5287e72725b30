"""What the File and Help menus do: projects, data, pictures; dropped files; keeping work that was not saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox

from playground import __version__
from playground.app.bringing_in import is_brought
from playground.app.document import Document, make_project
from playground.app.files import SUFFIX, Project
from playground.app.journal import Journal
from playground.app.open_file import OpenFile
from playground.app.recovery import lost_work
from playground.app.session import Session
from playground.app.settings import is_kept_session, recovery_folder, remember_project
from playground.data.catalogue import is_table
from playground.data.dataset import DataChoice, DataProblem
from playground.ui.bringing import Imports
from playground.ui.data_files import DataFiles
from playground.ui.handing import Exports
from playground.ui.keeping import Keeping
from playground.ui.keys_dialog import KeysDialog
from playground.ui.panes.data_pane import AS_UNDERSTOOD
from playground.ui.recovery import recover
from playground.ui.report_dialog import ReportDialog
from playground.ui.table_dialog import ask_table
from playground.ui.whole_name import whole_name

if TYPE_CHECKING:
    from playground.ui.browser.window import DataBrowser
    from playground.ui.main_window import MainWindow


class FileCommands(QObject):
    """Owned by the window; asks for names and tells the session."""

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._window, self._session = window, session
        self.exports = Exports(window, session, window.bridge)
        self._open_file, self._is_saving = OpenFile(), False
        self.keeping = Keeping(window, session, self._open_file)
        self.imports = Imports(window, session, self.keeping.keep)
        self.data = DataFiles(window, session, self.open_path)
        self.journal = Journal(session, open_file=self._open_file)
        self._waiting: list[Path] = []
        """Projects that will stand beside the one that is being opened."""
        window.bridge.file.connect(self._project_opened)
        window.bridge.tick.connect(self.journal.poll)
        window.bridge.message.connect(self._saving_is_over)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """What the actions do."""
        return {
            **self.exports.handlers(),
            "import": self.imports.ask,
            "open": self.open,
            **self.data.handlers(),
            "browse": self.browse_data,
            "follow": self.ask_followed,
            "save": self.save,
            "save_as": self.save_as,
            "picture": self.save_picture,
            "keys": self.show_keys,
            "report": self.show_report,
            "about": self.show_about,
        }

    def new_from(self, template: str) -> None:
        """A new project from a template."""
        try:
            document, _ = make_project(template)
        except DataProblem as problem:
            self._session.say(str(problem))
            return
        self.keeping.keep()
        self._session.start(Project(document))
        self._window.go_to_canvas()

    def new_empty(self) -> None:
        """A project without any layer."""
        self.keeping.keep()
        self._session.start(Project(Document()))
        self._window.go_to_canvas()

    def open(self) -> None:
        """Ask for a project file."""
        name, _ = QFileDialog.getOpenFileName(
            self._window, self.tr("Open a project"), self._folder(), self.tr("Projects (*.nnplay)")
        )
        if name:
            self.open_path(Path(name))

    def open_path(self, path: Path) -> None:
        """Open a project, unsaved work, another tool's model or weights, or a file or folder of data."""
        if path.parent == recovery_folder():
            for lost in lost_work():
                if lost.folder == path:
                    recover(self._window, lost)
            return
        if is_kept_session(path):
            self.keeping.open(path)
            return
        if path.suffix.lower() == SUFFIX:
            self.keeping.keep()
            self._session.open(path)
            return
        if is_brought(path):
            self.imports.take(path)
            return
        choice = self._session.document.data.model_copy(update={"source": str(path)} | AS_UNDERSTOOD)
        is_new = self._window.pages.currentWidget() is self._window.welcome
        take = self._begin_with if is_new else self._session.choose_data

        def use(chosen: DataChoice) -> None:
            self._window.go_to_canvas()
            take(chosen)

        if is_table(path):  # whoever cancels there stays where they were
            ask_table(self._session, choice, self._window, use)
        else:
            use(choice)

    def _begin_with(self, choice: DataChoice) -> None:
        """A new project on data that came on the first page: the template that fits is a step that can be undone."""
        if self._session.document.graph.nodes:
            self.keeping.keep()
            self._session.start(Project(Document()))
        self._session.choose_data(choice)

    def ask_table(self) -> None:
        """How the present table is read."""
        ask_table(self._session, self._session.document.data, self._window, self._session.choose_data)

    def show_pad(self) -> None:
        """Bring the sheet forward that points are drawn on."""
        self._window.build_plots()
        self._window.show_place("draw")

    def browse_data(self) -> DataBrowser:
        """Look through the data, in a window of their own; the same one again if it is open."""
        from playground.ui.browser.window import DataBrowser

        window = self._window
        window.build_plots()
        found = window.findChild(DataBrowser)
        if found is None:
            found = DataBrowser(self._session, window.bridge, window)
        found.refresh()
        found.show()
        found.raise_()
        found.activateWindow()
        return found

    def restore(self, project: Project) -> None:
        """A project that is in no file; what was being worked on is kept."""
        self.keeping.keep()
        self._session.start(project)
        self._window.go_to_canvas()

    def restore_run(self, project: Project) -> None:
        """A project out of the run history, which keeps it."""
        self.restore(project)
        self.keeping.have()

    def compare(self) -> None:
        """Ask for projects to set beside the network."""
        names, _ = QFileDialog.getOpenFileNames(
            self._window, self.tr("Compare with projects"), self._folder(), self.tr("Projects (*.nnplay)")
        )
        self._session.comparing.contenders.add(*(f"file:{name}" for name in names))

    def save(self) -> None:
        """Save to the project's file; ask for one if there is none."""
        if self._session.path is None:
            self.save_as()
        elif self._open_file.has_changed and not self._is_saving:
            self._ask_over()
        else:
            self._is_saving = True
            self._session.save()

    def _ask_over(self) -> None:
        """Another window or program has written the file: which of the two is to stay?"""
        assert self._session.path is not None
        words = self.tr("“%1” was changed by another window or program since you opened or saved it here.")
        box = QMessageBox(
            QMessageBox.Icon.Warning, self.tr("Save"), words.replace("%1", self._session.path.name), parent=self._window
        )
        aside = box.addButton(self.tr("Save under another name…"), QMessageBox.ButtonRole.AcceptRole)
        over = box.addButton(self.tr("Overwrite it"), QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        aside.clicked.connect(self.save_as)
        over.clicked.connect(lambda: self._session.save())
        box.setDefaultButton(aside)
        _shown_once(box)

    def _saving_is_over(self, words: str) -> None:
        if words:
            self._is_saving = False

    def save_as(self) -> None:
        """Ask for a file and save to it."""
        suggested = str(Path(self._folder(), self._session.document.name + SUFFIX))
        name, _ = QFileDialog.getSaveFileName(
            self._window, self.tr("Save the project"), suggested, self.tr("Projects (*.nnplay)")
        )
        if path := whole_name(name, SUFFIX, self._session.say, (SUFFIX,)):
            self._session.save(path)

    def save_picture(self) -> None:
        """The window as it is, as a PNG file."""
        picture = self._window.grab()
        name, _ = QFileDialog.getSaveFileName(self._window, self.tr("Save a picture"), "", self.tr("Pictures (*.png)"))
        if path := whole_name(name, ".png", self._session.say, (".png",)):
            saved = picture.save(str(path))
            words = self.tr("Saved %1.") if saved else self.tr("%1 cannot be written. Choose another folder.")
            self._session.say(words.replace("%1", str(path)), is_complaint=not saved)

    def remember(self) -> None:
        """Put the project's file at the head of the recent ones."""
        path, self._is_saving = self._session.path, False
        if not self._open_file.take(path) and path is not None:
            words = self.tr("%1 is open in another window too. Save under another name to keep both.")
            self._session.say(words.replace("%1", path.name))
        elif path is not None:
            self.keeping.tell_newer(path)
        if path is None:
            return
        remember_project(path)
        if not self.keeping.is_taking:
            QTimer.singleShot(0, self, lambda: self.keeping.draw(path))  # when the canvas has heard of it too

    def close(self) -> None:
        """The window closes: what is not in a file is kept, at worst where the journal has it."""
        self.exports.close()
        self.journal.close(self.keeping.keep())
        self._open_file.release()

    def show_keys(self) -> None:
        """The keys and what they do."""
        _shown_once(KeysDialog(self._window))

    def show_report(self) -> None:
        """What happened last, to be sent to whoever helps."""
        _shown_once(ReportDialog(self._session, self._window))

    def show_about(self) -> None:
        """Version, licence, what it is made of."""
        words = self.tr(
            "<p><b>Neural Network Playground %1</b></p><p>Build neural networks by pointing, watch them learn, and see "
            "whether they beat a simple model.</p><p>MIT licence. Made with Qt (PySide6, LGPL), PyTorch, scikit-learn, "
            "pyqtgraph and Lucide's icons (ISC).</p>"
        )
        box = QMessageBox(
            QMessageBox.Icon.NoIcon, self.tr("About"), words.replace("%1", __version__), parent=self._window
        )
        _shown_once(box)

    def ask_followed(self) -> None:
        """Choose a run elsewhere to look on at."""
        title, kinds = self.tr("Follow a run"), self.tr("Events of a run (*.jsonl);;All files (*)")
        path, _ = QFileDialog.getOpenFileName(self._window, title, self._folder(), kinds)
        if path:
            self.follow(Path(path))

    def follow(self, path: Path) -> None:
        """Show the curves of a run elsewhere while they grow."""
        self._window.build_plots()
        self._window.go_to_canvas()
        self._session.elsewhere.follow(path)
        self._window.show_place("loss")

    def _compare_all(self, projects: list[Path]) -> None:
        """Set them beside the network; where there is none, the first is opened and the others stand beside it."""
        is_new = self._window.pages.currentWidget() is self._window.welcome
        if is_new or not self._session.document.graph.nodes:
            self.open_path(projects[0])
            self._waiting = projects[1:]
            return
        self.set_beside(projects)

    def set_beside(self, projects: Sequence[Path]) -> None:
        """Have them stand in the comparison, a row each."""
        self._window.build_plots()
        self._session.comparing.contenders.add(*(f"file:{path}" for path in projects))
        self._window.go_to_canvas()
        self._window.show_place("models")

    def _project_opened(self) -> None:
        """Those that wait for a project can stand beside it now."""
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            self.set_beside(waiting)

    def drag_entered(self, event: Any) -> None:
        """Take files that can be opened."""
        if isinstance(event, QDragEnterEvent) and event.mimeData().hasUrls():
            take_as_copy(event)

    def dropped(self, event: Any) -> None:
        """Open the first dropped file or folder; several projects are set beside the network instead."""
        if isinstance(event, QDropEvent) and event.mimeData().hasUrls():
            self.open_all([Path(url.toLocalFile()) for url in event.mimeData().urls()])
            take_as_copy(event)

    def open_all(self, paths: Sequence[Path]) -> None:
        """Open the first of them; several projects are set beside the network instead."""
        projects = [path for path in paths if path.suffix.lower() == SUFFIX]
        if len(projects) > 1:
            self._compare_all(projects)
        else:
            self.open_path(paths[0])

    def _folder(self) -> str:
        return str(self._session.path.parent if self._session.path is not None else Path.home())


def take_as_copy(event: QDropEvent) -> None:
    """Accept what is dropped, and say that the originals stay: who offers to move them would delete them."""
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()


def _shown_once(dialog: QDialog) -> None:
    """Shown until it is closed, and then gone: a window would keep it as long as it lives."""
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
