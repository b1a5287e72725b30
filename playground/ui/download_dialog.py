"""Asking before anything is downloaded: what it is, how large, whose, where to; then how far it is, and stopping it."""

from __future__ import annotations

from urllib.parse import urlsplit

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from playground.app.downloading import Download
from playground.data.published import Published, megabytes

WIDTH = 600
EVERY = 100
"""Milliseconds between two looks at how far it is."""


class DownloadDialog(QDialog):
    """Not modal: a person can go on working while it loads."""

    got = Signal(str)
    """The name of the data set, when it is on this computer."""

    def __init__(self, published: Published, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.setWindowTitle(self.tr("Download %1").replace("%1", published.title))
        self.published = published
        self.download: Download | None = None
        self._timer = QTimer(self, interval=EVERY)
        self._timer.timeout.connect(self._look)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        title = QLabel(published.title)
        title.setProperty("role", "title")
        column.addWidget(title)
        column.addLayout(self._terms())
        self.bar = QProgressBar(minimum=0, maximum=1000)
        self.bar.setAccessibleName(self.tr("How much has come"))
        self.bar.hide()
        self.words = QLabel(self._by_hand(), wordWrap=True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self.bar)
        column.addWidget(self.words)
        column.addStretch(1)
        column.addWidget(self._buttons())
        self.setFixedWidth(WIDTH)
        self._fit()

    def _fit(self) -> None:
        """As high as its words are: they wrap."""
        layout = self.layout()
        assert layout is not None
        self.setFixedHeight(layout.totalHeightForWidth(WIDTH))

    def _terms(self) -> QFormLayout:
        published = self.published
        form = QFormLayout()
        link = f'<a href="{published.page}">{published.page}</a>'
        for name, value in (
            (self.tr("Images"), f"{published.examples:,}. {published.summary}"),
            (self.tr("Size"), megabytes(published.size)),
            (self.tr("Licence"), published.licence),
            (self.tr("Published by"), published.source),
            (self.tr("About"), link),
            (self.tr("From"), published.addresses[0]),
            (self.tr("Into the folder"), str(published.folder)),
        ):
            label = QLabel(value, wordWrap=True, openExternalLinks=True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
            form.addRow(QLabel(f"{name}:"), label)
        return form

    def _by_hand(self) -> str:
        words = self.tr("No network? Put %1 into that folder by hand, and choose the data set again.")
        return words.replace("%1", self.published.by_hand)

    def _buttons(self) -> QWidget:
        row = QDialogButtonBox()
        self.begin = QPushButton(self.tr("Download"))
        self.begin.setProperty("role", "primary")
        self.begin.setDefault(True)
        self.begin.clicked.connect(self.start)
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.clicked.connect(self.close)
        row.addButton(self.begin, QDialogButtonBox.ButtonRole.ActionRole)
        row.addButton(self.cancel, QDialogButtonBox.ButtonRole.RejectRole)
        return row

    def start(self) -> None:
        """The person has agreed."""
        self.download = Download(self.published)
        self.begin.setEnabled(False)
        self.bar.show()
        self._fit()
        self._timer.start()
        self._look()

    def _look(self) -> None:
        download = self.download
        if download is None:
            return
        share = download.done / self.published.size
        self.bar.setValue(round(1000 * share))
        if download.state == "running":
            if download.done:
                words = self.tr("%1 of %2. If you cancel, the next download goes on from here.")
            else:
                words = self.tr("Asking %3, which may take half a minute. Nothing has come of %2 yet.")
            words = words.replace("%1", megabytes(download.done)).replace("%2", megabytes(self.published.size))
            words = words.replace("%3", str(urlsplit(self.published.addresses[0]).hostname))
            self.words.setText(words)
            return
        self._timer.stop()
        if download.state == "done":
            self.got.emit(self.published.name)
            self.close()
        elif download.state == "failed":
            self.words.setText(download.problem)
            self._fit()
            self.begin.setText(self.tr("Try again"))
            self.begin.setEnabled(True)

    def reject(self) -> None:
        """Esc ends it as Cancel does."""
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Whoever closes it does not want it any more."""
        self._timer.stop()
        if self.download is not None:
            self.download.stop()
        super().closeEvent(event)


def ask_download(published: Published, parent: QWidget) -> DownloadDialog:
    """The dialog for a data set, shown; the same one again if it is open."""
    for found in parent.findChildren(DownloadDialog):
        if found.published is published and found.isVisible():
            found.raise_()
            found.activateWindow()
            return found
    made = DownloadDialog(published, parent)
    made.show()
    return made
