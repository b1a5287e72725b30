"""Offers back what a crash left, at the next start; what is not taken then stays on the first page."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QMessageBox

from playground.app.files import Project
from playground.app.recovery import Lost, lost_work

if TYPE_CHECKING:
    from playground.ui.main_window import MainWindow


def offer_lost_work(window: MainWindow) -> QMessageBox | None:
    """Ask whether to go on with the newest, if there is any; the box, which waits for an answer without stopping."""
    found = lost_work()
    if not found:
        return None
    lost = found[0]
    box = QMessageBox(QMessageBox.Icon.NoIcon, _words("Go on where you were?"), told(lost), parent=window)
    box.setInformativeText(_words("“Later” keeps it on the first page."))
    go_on = box.addButton(_words("Go on with it"), QMessageBox.ButtonRole.AcceptRole)
    box.addButton(_words("Later"), QMessageBox.ButtonRole.RejectRole)
    away = box.addButton(_words("Throw it away"), QMessageBox.ButtonRole.DestructiveRole)
    go_on.clicked.connect(partial(recover, window, lost))
    away.clicked.connect(lost.discard)
    away.clicked.connect(window.welcome.refresh)
    box.setDefaultButton(go_on)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
    return box


def told(lost: Lost) -> str:
    """What it is, in a sentence."""
    count = _words(", 1 epoch learned") if lost.epochs == 1 else _words(", %1 epochs learned")
    learned = count.replace("%1", f"{lost.epochs:,}") if lost.epochs else ""
    words = _words("The program ended before “%1” was saved. It is here as it was on %2%3.")
    return words.replace("%1", lost.name).replace("%2", f"{lost.when:%d.%m. at %H:%M:%S}").replace("%3", learned)


def recover(window: MainWindow, lost: Lost) -> None:
    """Read it beside the window and put it in the place of what is there, which is kept."""
    session, files = window.session, window.files

    def take(project: Project) -> None:
        files.keeping.take(project, lost.origin)
        if not files.journal.adopt(lost.folder):
            session.say(_words("Another window has taken this work too. Save one of them under another name."))

    session.beside.run(lost.read, take, lambda error: session.say(str(error)))


def _words(text: str) -> str:
    return QCoreApplication.translate("recovery", text)
