"""The run history: every run, found again, compared, restored to its exact project, marked, deleted and brought back.

What the history holds: playground.app.runs. It is read beside the window's thread, and only while it can be seen.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from playground.app.run_columns import RUN_COLUMNS
from playground.app.runs import RunHistory
from playground.app.runs_file import HistoryProblem
from playground.app.session import Session
from playground.app.stored_run import StoredRun
from playground.ui.bridge import Bridge
from playground.ui.drawing import icon
from playground.ui.table import Table
from playground.ui.theme import sized

REST = 1000
"""Milliseconds between two readings while runs are being written."""


class RunsPane(QWidget):
    """Reads session.recording.runs."""

    project_wanted = Signal(object)
    """A project from the history, to be worked on."""
    compared = Signal()
    """Runs were put beside the network."""

    def __init__(self, session: Session, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._runs = session, session.recording.runs
        self._deleted: tuple[str, ...] = ()
        self.table = Table(RUN_COLUMNS, lambda run: run.id, self.tr("Runs"))
        self.table.picked.connect(self._allow)
        self.table.opened.connect(self._open)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._show_menu)
        self._make_filters()
        self.count = QLabel()
        self.count.setProperty("role", "note")
        self.buttons = {
            name: self._button(words, explained, then)
            for name, words, explained, then in (
                ("open", self.tr("Open"), self.tr("The project exactly as it was trained (Enter)"), self._open),
                ("compare", self.tr("Compare"), self.tr("Beside the network, and on the curves"), self._compare),
                ("star", self.tr("Star"), self.tr("Keeps its weights for good"), self._star),
                (
                    "delete",
                    self.tr("Delete"),
                    self.tr("Gone when the program closes; until then Undo (Del)"),
                    self._delete,
                ),
            )
        }
        self.more = QPushButton(self.tr("More"))
        self.more.setMenu(QMenu(self.more))
        self.more.menu().aboutToShow.connect(lambda: self._fill(self.more.menu()))
        self.undelete = QPushButton(self.tr("Undo"))
        self.undelete.clicked.connect(self._undelete)
        self.undelete.hide()
        delete = QKeySequence(QKeySequence.StandardKey.Delete)
        QShortcut(delete, self.table, context=Qt.ShortcutContext.WidgetShortcut).activated.connect(self._delete)
        self.empty = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self.empty.setProperty("role", "note")
        self._rest = QTimer(self, interval=REST, singleShot=True)
        self._rest.timeout.connect(self.refresh)
        self._lay_out()
        bridge.runs.connect(self._stirred)
        self.restyle()

    def _make_filters(self) -> None:
        self.search = QLineEdit(placeholderText=self.tr("Find a run: name, data, layer, tag, note"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._soon)
        self.only_starred = QToolButton()
        self.only_starred.setText("★")
        self.only_starred.setCheckable(True)
        self.only_starred.setToolTip(self.tr("Only runs with a star"))
        self.only_starred.toggled.connect(self._soon)
        self.tags = QComboBox()
        self.tags.setToolTip(self.tr("Only runs with this tag"))
        self.tags.activated.connect(self._soon)

    def _button(self, words: str, explained: str, then: Callable[[], None]) -> QPushButton:
        made = QPushButton(words)
        made.setToolTip(explained)
        made.clicked.connect(lambda: then())
        return made

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(12, 5, 12, 5)
        for filtering in (self.search, self.only_starred, self.tags, self.count):
            top.addWidget(filtering)
        top.addStretch(1)
        for button in (self.undelete, *self.buttons.values(), self.more):
            top.addWidget(button)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self._pages, 1)

    def restyle(self) -> None:
        """Take the type and colours of the present theme."""
        self.table.restyle()
        self.search.setFixedWidth(sized(250))
        self.buttons["delete"].setIcon(icon("trash-2"))

    # Reading

    def _stirred(self) -> None:
        if self.isVisible() and not self._rest.isActive():
            self._rest.start()

    def _soon(self) -> None:
        self._rest.start(120)
        self._rest.setInterval(REST)

    def refresh(self) -> None:
        """Read the history anew, if it can be seen."""
        if not self.isVisible():
            return
        words, starred = self.search.text(), self.only_starred.isChecked()
        tag = self.tags.currentData()
        runs = self._runs

        def read() -> tuple[tuple[StoredRun, ...], tuple[str, ...]]:
            return runs.search(words, tag=tag, starred=starred), runs.tags()

        self._session.beside.run(read, lambda found: self._show(*found), self._complain)

    def _show(self, found: tuple[StoredRun, ...], tags: tuple[str, ...]) -> None:
        self.table.show_rows(found)
        self._show_tags(tags)
        is_filtered = bool(self.search.text() or self.only_starred.isChecked() or self.tags.currentData())
        self._pages.setCurrentIndex(1 if found else 0)
        self.empty.setText(
            self.tr("No run is like that. Search for other words, or take the filters away.")
            if is_filtered
            else self.tr(
                "Every run will be written down here as it happens: project, data, curves, scores and weights.\n"
                "Press Play (Space) to begin the first."
            )
        )
        self.count.setText(self.tr("%1 runs").replace("%1", f"{len(found):,}") if len(found) != 1 else self.tr("1 run"))
        self._allow()

    def _show_tags(self, tags: tuple[str, ...]) -> None:
        names = [self.tags.itemData(at) for at in range(1, self.tags.count())]
        if names != list(tags) or not self.tags.count():
            chosen = self.tags.currentData()
            self.tags.clear()
            self.tags.addItem(self.tr("any tag"), None)
            for tag in tags:
                self.tags.addItem(tag, tag)
            self.tags.setCurrentIndex(max(self.tags.findData(chosen), 0))
        self.tags.setVisible(bool(tags))

    def _complain(self, error: Exception) -> None:
        self._session.say(str(error))

    def _allow(self) -> None:
        chosen = self._chosen()
        for name, button in self.buttons.items():
            button.setEnabled(bool(chosen) and (name != "open" or len(chosen) == 1))
        self.more.setEnabled(bool(chosen))
        is_all = bool(chosen) and all(run.starred for run in chosen)
        self.buttons["star"].setText(self.tr("Unstar") if is_all else self.tr("Star"))

    def _chosen(self) -> list[StoredRun]:
        wanted = set(self.table.chosen())
        return [run for run in self.table.values.rows if run.id in wanted]

    # Doing

    def _do(self, work: Callable[[], None]) -> None:
        """Change the history beside this thread, and read it anew."""
        self._session.beside.run(work, lambda _: self.refresh(), self._complain)

    def _do_each(self, chosen: list[StoredRun], work: Callable[[StoredRun], None]) -> None:
        def all_of_them() -> None:
            for run in chosen:
                work(run)

        self._do(all_of_them)

    def _open(self, id: str | None = None) -> None:
        chosen = [id] if id is not None else [run.id for run in self._chosen()]
        if len(chosen) == 1:
            found = chosen[0]
            self._session.beside.run(lambda: self._runs.project(found), self.project_wanted.emit, self._complain)

    def _compare(self) -> None:
        self._session.comparing.contenders.add(*(f"run:{run.id}" for run in self._chosen()))
        self.compared.emit()

    def _star(self) -> None:
        chosen = self._chosen()
        wanted = not all(run.starred for run in chosen)
        self._do_each(chosen, lambda run: self._runs.star(run.id, wanted))

    def _delete(self) -> None:
        self._deleted = tuple(run.id for run in self._chosen())
        if self._deleted:
            gone = self._deleted
            self._session.comparing.contenders.remove(*(f"run:{id}" for id in gone))
            self._do(lambda: self._runs.delete(*gone))
            self.undelete.setText(self.tr("Bring back %1").replace("%1", str(len(gone))))
            self.undelete.show()

    def _undelete(self) -> None:
        back, self._deleted = self._deleted, ()
        self.undelete.hide()
        self._do(lambda: self._runs.undelete(*back))

    def _show_menu(self, place: QPoint) -> None:
        if self._chosen():
            menu = QMenu(self)
            menu.aboutToHide.connect(menu.deleteLater)
            for name in ("open", "compare", "star", "delete"):
                button = self.buttons[name]
                menu.addAction(button.text(), button.click).setEnabled(button.isEnabled())
            menu.addSeparator()
            self._fill(menu, is_new=False)
            menu.popup(self.table.viewport().mapToGlobal(place))

    def _fill(self, menu: QMenu, is_new: bool = True) -> None:
        chosen = self._chosen()
        if is_new:
            menu.clear()
        if len(chosen) == 1:
            run = chosen[0]
            menu.addAction(self.tr("Rename …"), lambda: self._ask_name(run))
            menu.addAction(self.tr("Note …"), lambda: self._ask_note(run))
        menu.addAction(self.tr("Add a tag …"), lambda: self._ask_tag(chosen))
        for tag in sorted({tag for run in chosen for tag in run.tags}):
            words = self.tr("Take away the tag “%1”").replace("%1", tag)
            menu.addAction(words, partial(self._do_each, chosen, partial(_untag, self._runs, tag)))
        if len(chosen) == 1:
            menu.addSeparator()
            menu.addAction(self.tr("What it was made with …"), lambda: self._show_facts(chosen[0]))

    def _ask_name(self, run: StoredRun) -> None:
        name, is_ok = QInputDialog.getText(self, self.tr("Rename the run"), self.tr("Name"), text=run.name)
        if is_ok:
            self._do(lambda: self._runs.rename(run.id, name))

    def _ask_note(self, run: StoredRun) -> None:
        title = self.tr("Note on “%1”").replace("%1", run.name)
        note, is_ok = QInputDialog.getMultiLineText(self, title, self.tr("Remark"), run.note)
        if is_ok:
            self._do(lambda: self._runs.set_note(run.id, note))

    def _ask_tag(self, chosen: list[StoredRun]) -> None:
        try:
            known = self._runs.tags()
        except HistoryProblem as problem:
            self._complain(problem)
            return
        tag, is_ok = QInputDialog.getItem(self, self.tr("Add a tag"), self.tr("Tag"), ["", *known], 0, True)
        if is_ok and tag.strip():
            self._do_each(chosen, lambda run: self._runs.tag(run.id, tag))

    def _show_facts(self, run: StoredRun) -> None:
        from PySide6.QtWidgets import QMessageBox

        recipe = ", ".join(
            f"{name.replace('_', ' ')} {value}" for name, value in run.recipe.items() if value is not None
        )
        versions = ", ".join(f"{name} {version}" for name, version in run.versions.items())
        facts = (
            (self.tr("Run"), run.id),
            (self.tr("Data"), f"{run.data_name}, {self.tr('fingerprint')} {run.data[:12]}"),
            (self.tr("Split"), f"{self.tr('fingerprint')} {run.split[:12]}"),
            (self.tr("Recipe"), recipe),
            (self.tr("Device"), run.device),
            (self.tr("Versions"), versions),
            (self.tr("Machine"), run.machine),
            (self.tr("Ended"), run.message or run.reason or self.tr("running")),
        )
        rows = "".join(f"<tr><td><b>{name}</b>&nbsp;&nbsp;</td><td>{_plain(value)}</td></tr>" for name, value in facts)
        box = QMessageBox(QMessageBox.Icon.NoIcon, run.name, f"<table>{rows}</table>", parent=self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
        self.table.fit_columns()


def _untag(runs: RunHistory, tag: str, run: StoredRun) -> None:
    runs.untag(run.id, tag)


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
