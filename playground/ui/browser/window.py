"""The window of the data browser: its pages, made when they are first looked at."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QByteArray, QEvent, Qt
from PySide6.QtGui import QCloseEvent, QIcon, QKeySequence, QShortcut
from PySide6.QtWidgets import QLabel, QTabWidget, QVBoxLayout, QWidget

from playground.app.assets import asset
from playground.app.browsing import Browsing
from playground.app.session import Session
from playground.ui.bridge import Bridge
from playground.ui.browser.classes import ClassesPage
from playground.ui.browser.columns import ColumnsPage
from playground.ui.browser.correlations import CorrelationsPage
from playground.ui.browser.examples import ExamplesPage
from playground.ui.preferences import preferences

PLACE = "data_browser"


class DataBrowser(QWidget):
    """Follows the session's data; may stay open beside the main window."""

    def __init__(self, session: Session, bridge: Bridge, owner: QWidget) -> None:
        super().__init__(owner, Qt.WindowType.Window)
        self.setObjectName("place")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowIcon(QIcon(str(asset("icons", "playground.svg"))))
        self._session = session
        self.browsing = Browsing(session)
        self.examples = ExamplesPage(self.browsing, session, bridge)
        self.columns = ColumnsPage(self.browsing)
        self.classes = ClassesPage(self.browsing)
        self.tabs = QTabWidget(documentMode=True)
        self.tabs.addTab(self.examples, self.tr("Examples"))
        self.tabs.addTab(self.columns, self.tr("Columns"))
        self.tabs.addTab(self.classes, self.tr("Classes and means"))
        self.correlations = CorrelationsPage(self.browsing)
        self.tabs.addTab(self.correlations, self.tr("Correlations"))
        self.tabs.currentChanged.connect(self.refresh)
        self._empty = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self._empty.setProperty("role", "note")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.addWidget(self.tabs, 1)
        column.addWidget(self._empty, 1)
        bridge.data.connect(self.refresh)
        bridge.document.connect(self._follow)
        for keys in (QKeySequence(Qt.Key.Key_Escape), QKeySequence(QKeySequence.StandardKey.Close)):
            QShortcut(keys, self).activated.connect(self.close)
        self._settings = preferences()
        stored = self._settings.value(PLACE)
        if not (isinstance(stored, QByteArray) and self.restoreGeometry(stored)):
            screen = owner.screen().availableGeometry()
            self.resize(min(1100, screen.width()), min(680, screen.height()))
        self.refresh()

    def refresh(self) -> None:
        """Show the session's data as they are now."""
        self._last = examples = self.browsing.examples
        self.tabs.setVisible(examples is not None)
        self._empty.setVisible(examples is None)
        if examples is None:
            self._empty.setText(self._session.data_problem or self.tr("The data are still being read."))
            return
        self.setWindowTitle(self.tr("Data: %1").replace("%1", examples.dataset.title))
        self.tabs.setTabVisible(1, self.columns.has_any(examples))
        self.tabs.setTabVisible(2, self.classes.has_any(examples))
        self.tabs.setTabVisible(3, self.correlations.has_any(examples))
        pages: dict[QWidget, Callable[[], None]] = {
            self.examples: self.examples.refresh, self.columns: self.columns.refresh,
            self.classes: self.classes.refresh, self.correlations: self.correlations.refresh,
        }  # fmt: skip
        pages[self.tabs.currentWidget()]()

    def _follow(self) -> None:
        """Undo brings back data that are still at hand."""
        if self.browsing.examples is not self._last:
            self.refresh()

    def restyle(self) -> None:
        """Take the type and colours of the present theme."""
        self.examples.restyle()
        self.columns.restyle()
        self.correlations.restyle()
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "correlations"):
            self.restyle()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.browsing.stop()
        self._settings.setValue(PLACE, self.saveGeometry())
        super().closeEvent(event)
