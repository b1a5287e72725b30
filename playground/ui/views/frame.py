"""What stands around every view: the choice among all of them, what it is, saving, the empty state, progress.

A frame is the “Inside” panel (inside.py), or a window of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QIcon, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWhatsThis,
    QWidget,
)

from playground.app.assets import asset
from playground.ui.drawing import icon
from playground.ui.preferences import preferences
from playground.ui.views import view_classes
from playground.ui.views.chooser import Chooser
from playground.ui.views.empty import Empty, Way
from playground.ui.views.focus import Focus
from playground.ui.views.keeping import KeepProblem, copy_picture, save_numbers, save_picture
from playground.ui.views.lines import Lines
from playground.ui.views.painted import Painted
from playground.ui.views.view import View
from playground.ui.whole_name import whole_name

PICTURES = "PNG (*.png);;SVG (*.svg)"
PATIENCE = 300
"""Milliseconds after which a view that still has nothing to show says that it is at it."""
TITLE_BAR = 40
"""Pixels that the system's frame round a window takes, at most."""
TABLES = "CSV (*.csv);;NumPy (*.npy)"


class Frame(QWidget):
    """One view at a time, made when it is first chosen."""

    chosen = Signal(str)
    """The name of the view now shown."""

    def __init__(self, focus: Focus, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("place")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.focus = focus
        self._classes = {made.name: made for made in view_classes()}
        self._views: dict[str, View] = {}
        self.view: View | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 6, 0, 0)
        self._column.setSpacing(4)
        self._column.addLayout(self._head())
        self._column.addLayout(self._example_row())
        self._empty = Empty()
        self._scroll = _Scroll()
        self._column.addWidget(self._empty)
        self._column.addWidget(self._scroll, 1)
        self._column.addStretch(0)
        self._column.addWidget(self._progress_row())
        self._patience = QTimer(self, interval=PATIENCE, singleShot=True)
        self._patience.timeout.connect(lambda: self._view_told(self.view) if self.view is not None else None)
        focus.changed.connect(self._show_example)
        focus.bridge.data.connect(self._show_example)
        self._project = focus.session.history
        focus.bridge.data.connect(self._follow_project)
        self._show_example()

    # Building

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(10, 0, 6, 0)
        row.setSpacing(2)
        self.chooser = Chooser(self._classes.values(), self.focus)
        self.chooser.activated.connect(lambda at: self.show_view(str(self.chooser.itemData(at))))
        row.addWidget(self.chooser, 1)
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill_menu)
        self._buttons = [
            self._button(row, "info", self.tr("What is this?"), self._explain),
            self._button(row, "maximize", self.tr("Open in a window of its own"), self.open_window),
            self._button(row, "ellipsis", self.tr("Save or copy what is shown"), None),
        ]
        self._buttons[2].setMenu(self._menu)
        self._buttons[2].setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._buttons[2].setStyleSheet("QToolButton::menu-indicator { image: none; }")
        return row

    def _button(self, row: QHBoxLayout, name: str, words: str, act: object) -> QToolButton:
        button = QToolButton(autoRaise=True)
        button.setIcon(icon(name))
        button.setProperty("icon_name", name)
        button.setToolTip(words)
        button.setAccessibleName(words)
        if callable(act):
            button.clicked.connect(lambda _=False: act())
        row.addWidget(button)
        return button

    def _example_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(10, 0, 10, 0)
        self._steps = [
            self._button(row, "chevron-left", self.tr("Previous example"), partial(self._step, -1)),
            self._button(row, "chevron-right", self.tr("Next example"), partial(self._step, 1)),
        ]
        self._which = QLabel(wordWrap=True)
        self._which.setProperty("role", "note")
        row.addWidget(self._which, 1)
        return row

    def _progress_row(self) -> QWidget:
        self._work = QWidget()
        row = QHBoxLayout(self._work)
        row.setContentsMargins(14, 2, 14, 8)
        self._bar = QProgressBar(minimum=0, maximum=1000)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(8)
        cancel = QPushButton(self.tr("Cancel"))
        cancel.clicked.connect(lambda: self.view.cancel() if self.view is not None else None)
        row.addWidget(self._bar, 1)
        row.addWidget(cancel)
        self._work.hide()
        return self._work

    # Choosing

    @property
    def names(self) -> list[str]:
        """Of all views there are."""
        return list(self._classes)

    def offers(self) -> list[tuple[type[View], Callable[[], object]]]:
        """Every view there is, and what brings it forward."""
        return [(made, partial(self.show_view, made.name)) for made in self._classes.values()]

    def show_view(self, name: str) -> View:
        """Bring a view forward. Raises: KeyError: If there is none of that name."""
        if name not in self._views:
            made = self._classes[name](self.focus)
            made.setObjectName("place")
            made.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
            made.setWhatsThis(self.tr(made.about))
            made.told.connect(partial(self._view_told, made))
            made.progress.connect(partial(self._progressed, made))
            self._views[name] = made
        self.view = self._views[name]
        self._scroll.show_view(self.view)
        self.chooser.setCurrentIndex(self.chooser.findData(name))
        self.chooser.setToolTip(self.tr(self.view.about))
        self._work.setVisible(self.view.is_working)
        self._patience.start()
        self._view_told(self.view)
        self._show_example()
        self.view.ask_again()
        self.chosen.emit(name)
        return self.view

    def _follow_project(self) -> None:
        """Another project was opened: a view that has nothing to say of it gives way to the overview."""
        session = self.focus.session
        if session.history is self._project or session.examples is None:
            return
        self._project = session.history
        if self.view is not None and self.view.misfit(self.focus):
            blocked = self.blockSignals(True)  # nobody asked for it: what is in front stays there
            self.show_view("overview")
            self.blockSignals(blocked)

    def open_window(self) -> ViewWindow | None:
        """The present view once more, in a window that can be as large as the screen."""
        if self.view is None:
            return None
        made = ViewWindow(self.focus, self.view.name, self.window())
        made.show()
        return made

    def restyle(self) -> None:
        """Take the colours of the present theme."""
        self.chooser.restyle()
        for button in (*self._buttons, *self._steps):
            button.setIcon(icon(str(button.property("icon_name"))))
        for view in self._views.values():
            view.restyle()

    # What happens

    def _view_told(self, view: View) -> None:
        if view is not self.view:
            return
        lacking = view.lacks()
        words = lacking or (self.tr("This cannot be shown: %1").replace("%1", view.problem) if view.problem else "")
        if not words and view.is_stale and not view.has_answer and not self._patience.isActive():
            words = self.tr("Computing …")
        self._show_example()
        self._empty.say(words, [self._in_front(way) for way in view.ways_out()] if lacking else ())
        self._scroll.setVisible(not lacking)

    def _in_front(self, way: Way) -> Way:
        """The same, which leaves the view in front: choosing a layer may bring its settings forward."""

        def go() -> None:
            way.go()
            if self.view is not None:
                self.chosen.emit(self.view.name)

        return Way(way.words, way.tip, go)

    def _progressed(self, view: View, share: object) -> None:
        if view is self.view:
            self._work.setVisible(share is not None)
            if isinstance(share, float):
                self._bar.setValue(round(share * 1000))

    def _step(self, by: int) -> None:
        self.focus.choose_example(self.focus.example + by)

    def _show_example(self) -> None:
        view = self.view
        is_asked = view is not None and view.group in ("Example", "Layer") and not view.lacks()
        has_examples = is_asked and self.focus.count > 0 and self.focus.kind != "points"
        for widget in (*self._steps, self._which):
            widget.setVisible(has_examples)
        self._which.setText(self.focus.in_words())

    def _explain(self) -> None:
        if self.view is not None:
            below = self._buttons[0].mapToGlobal(self._buttons[0].rect().bottomLeft())
            QWhatsThis.showText(below, self.tr(self.view.about), self)

    def _fill_menu(self) -> None:
        self._menu.clear()
        if self.view is None:
            return
        can = not self.view.lacks()
        for words, act, is_possible in (
            (self.tr("Save the picture…"), self._save_picture, can),
            (self.tr("Copy the picture"), partial(copy_picture, self.view, self.tr(self.view.title)), can),
            (self.tr("Save the numbers…"), self._save_numbers, can and bool(self.view.numbers())),
        ):
            action = self._menu.addAction(words)
            action.triggered.connect(lambda _=False, act=act: act())
            action.setEnabled(is_possible)

    def _save_picture(self) -> None:
        view = self.view
        file = self._ask_file(PICTURES, ".png")
        if view is not None and file is not None:
            self._kept(lambda: save_picture(view, file, self.tr(view.title)), file.name)

    def _save_numbers(self) -> None:
        view = self.view
        file = self._ask_file(TABLES, ".csv")
        if view is not None and file is not None:
            self._kept(lambda: save_numbers(view.numbers(), file), file.name)

    def _ask_file(self, kinds: str, suffix: str) -> Path | None:
        name = self.view.name if self.view is not None else "picture"
        settings = preferences()
        there = Path(str(settings.value("saved_in", "")))
        first = there / f"{name}{suffix}" if there.is_dir() else Path(f"{name}{suffix}")
        chosen, _ = QFileDialog.getSaveFileName(self, self.tr("Save"), str(first), kinds)
        file = whole_name(chosen, suffix, self.focus.session.say)
        if file is not None:
            settings.setValue("saved_in", str(file.parent))
        return file

    def _kept(self, save: object, name: str) -> None:
        session = self.focus.session
        try:
            assert callable(save)
            save()
        except KeepProblem as problem:
            session.say(str(problem))
        else:
            session.say(self.tr("Saved %1.").replace("%1", name), is_complaint=False)


class _Scroll(QScrollArea):
    """Scrolls a view up and down; it is always as wide as there is room."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Pictures grow with the width: a bar that came and went would change it, and the height, for ever.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        bar = self.verticalScrollBar()
        bar.rangeChanged.connect(lambda low, high: bar.setEnabled(high > low))
        self._is_fitting = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """While a style sheet is set, the bar has another width already and the viewport has not: Qt takes one or the
        other, whichever the height does not suit, and a view would be resized within its own resizing for ever.
        """
        if event.type() != QEvent.Type.Resize:
            return super().eventFilter(watched, event)
        if self._is_fitting:
            return False
        self._is_fitting = True
        try:
            return super().eventFilter(watched, event)
        finally:
            self._is_fitting = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_pictures()

    def _fit_pictures(self) -> None:
        """Pictures are as high as the pane allows."""
        view = self.widget()
        if isinstance(view, View):
            view.fit_to_room()
        for part in view.findChildren(QWidget) if view is not None else ():
            if isinstance(part, (Painted, Lines)):
                part.fit_to_room()

    def show_view(self, view: View) -> None:
        """Put a view in; the one before is kept, not deleted."""
        if self.widget() is not view:
            before = self.takeWidget()
            if before is not None:
                before.hide()
                before.setParent(self)
            self.setWidget(view)
            view.show()
            self._fit_pictures()


class ViewWindow(Frame):
    """A frame in a window of its own, for a projector or a second screen."""

    def __init__(self, focus: Focus, name: str, owner: QWidget) -> None:
        super().__init__(focus, owner)
        self.setWindowFlag(Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowIcon(QIcon(str(asset("icons", "playground.svg"))))
        self._settings = preferences()
        stored = self._settings.value("view_window")
        if not (isinstance(stored, QByteArray) and self.restoreGeometry(stored)):
            self.resize(1200, 800)
        screen = owner.screen().availableGeometry()
        self.resize(min(self.width(), screen.width()), min(self.height(), screen.height() - TITLE_BAR))
        self._buttons[1].hide()
        self.show_view(name)

    def show_view(self, name: str) -> View:
        """Bring a view forward, and name the window after it."""
        view = super().show_view(name)
        self.setWindowTitle(self.tr(view.title))
        return view

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes it, unless a part of the view has a use for it."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "view"):
            self.restyle()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._settings.setValue("view_window", self.saveGeometry())
        super().closeEvent(event)
