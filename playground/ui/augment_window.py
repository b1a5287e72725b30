"""How training examples are changed at random: the settings that suit the data, and some examples before and after.

Follows the session's recipe; a setting that moves is shown at once and becomes an edit when it rests. The figures and
pictures come from playground.app.augmenting, beside the window's thread.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QIcon
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from playground.app.assets import asset
from playground.app.augmenting import Changed, SetAugmentation, changed
from playground.app.session import Session
from playground.engine.augmentation import Augmentation, misfits, offered
from playground.ui.before_after import BeforeAfter
from playground.ui.bridge import Bridge
from playground.ui.form import Number
from playground.ui.theme import sized, theme_of

REST = 300
"""Milliseconds until a setting that was moved becomes an edit."""
REACH = {"rotate": 45.0, "noise": 1.0, "mixup": 1.0, "contrast": 1.0, "erase": 0.8, "warp": 0.9, "crop": 0.8}
"""How far a slider goes; more can be typed."""
USUAL_REACH = 0.5
FLIPS = ("none", "across", "down", "both")


class Shares(QWidget):
    """One setting: a slider and its figure; of flip a choice."""

    def __init__(self, window: AugmentWindow, name: str) -> None:
        super().__init__()
        self._window, self._name = window, name
        field = Augmentation.model_fields[name]
        self._reach = REACH.get(name, USUAL_REACH)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        # Those that this setting does not need are its children too: without a parent they would outlive it.
        self.slider, self.number, self.choice = QSlider(Qt.Orientation.Horizontal, self), Number(self), QComboBox(self)
        self.slider.setRange(0, 100)
        self.slider.valueChanged.connect(lambda at: window.set_value(name, round(at / 100 * self._reach, 4)))
        self.number.setFixedWidth(sized(64))
        self.number.edited.connect(partial(window.set_value, name))
        for value, words in zip(FLIPS, window.flips(), strict=True):
            self.choice.addItem(words, value)
        self.choice.activated.connect(lambda at: window.set_value(name, self.choice.itemData(at)))
        widgets: list[QWidget] = [self.choice] if name == "flip" else [self.slider, self.number]
        for widget in widgets:
            widget.setObjectName(name)
            widget.setAccessibleName(field.title or name)
            widget.setToolTip(f"<p>{field.description}</p>")
            line.addWidget(widget, 1 if widget is self.slider else 0)
        for unused in {self.slider, self.number, self.choice} - set(widgets):
            unused.hide()
        self.setFocusProxy(widgets[0])

    def show_value(self, value: float | str) -> None:
        """Show it, and tell nobody."""
        if isinstance(value, str):
            self.choice.setCurrentIndex(self.choice.findData(value))
            return
        blocked = self.slider.blockSignals(True)
        self.slider.setValue(round(100 * min(value / self._reach, 1)))
        self.slider.blockSignals(blocked)
        self.number.show_value(value)


class AugmentWindow(QWidget):
    """May stay open beside the main window."""

    def __init__(self, session: Session, bridge: Bridge, owner: QWidget) -> None:
        super().__init__(owner, Qt.WindowType.Window)
        self.setObjectName("place")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowIcon(QIcon(str(asset("icons", "playground.svg"))))
        self.setWindowTitle(self.tr("Augmentation"))
        self._session = session
        self.wanted = session.document.recipe.augment
        self._moved = ""
        self._first = 0
        self._asked = self._is_asking = False
        self._rest = QTimer(self, interval=REST, singleShot=True)
        self._rest.timeout.connect(self.take)
        self.rows: dict[str, Shares] = {}
        self._words = QLabel(wordWrap=True)
        self._words.setProperty("role", "note")
        self.problem = QLabel(wordWrap=True)
        self.preview = BeforeAfter()
        self._make_buttons()
        self._lay_out()
        for signal in (bridge.document, bridge.data):
            signal.connect(self.refresh)
        self.resize(sized(860), sized(520))
        self.refresh()

    def flips(self) -> tuple[str, ...]:
        """How the ways of mirroring are called."""
        return self.tr("none"), self.tr("left and right"), self.tr("top and bottom"), self.tr("both")

    def _make_buttons(self) -> None:
        self.again = QPushButton(self.tr("Others"))
        self.again.setToolTip(self.tr("As the same examples come in other epochs"))
        self.again.clicked.connect(self._draw_others)
        self.none = QPushButton(self.tr("Change nothing"))
        self.none.setToolTip(self.tr("All settings to zero; Undo brings them back"))
        self.none.clicked.connect(lambda: self._set(Augmentation()))
        self.fit = QPushButton(self.tr("Take away what does not suit"))
        self.fit.clicked.connect(self._take_away)

    def _lay_out(self) -> None:
        self._grid = QGridLayout()
        self._grid.setColumnStretch(1, 1)
        left = QVBoxLayout()
        left.setSpacing(10)
        left.addLayout(self._grid)
        for widget in (self.problem, self.fit):
            left.addWidget(widget)
        left.addStretch(1)
        left.addWidget(self._words)
        buttons = QHBoxLayout()
        for button in (self.again, self.none):
            buttons.addWidget(button)
        buttons.addStretch(1)
        left.addLayout(buttons)
        side = QWidget()
        side.setLayout(left)
        side.setFixedWidth(sized(330))
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 12, 14, 12)
        row.setSpacing(14)
        row.addWidget(side)
        row.addWidget(self.preview, 1)

    # What is shown

    def refresh(self) -> None:
        """Show the session's recipe and examples."""
        if not self._rest.isActive():
            self.wanted = self._session.document.recipe.augment
        examples = self._session.examples
        names = offered(examples.dataset) if examples is not None else ()
        if tuple(self.rows) != names:
            self._offer(names)
        for name, row in self.rows.items():
            row.show_value(getattr(self.wanted, name))
        problem = misfits(self.wanted, examples.dataset) if examples is not None else ""
        self.problem.setText(problem)
        self.problem.setStyleSheet(f"color: {theme_of().error}")
        self.problem.setVisible(bool(problem))
        self.fit.setVisible(bool(problem))
        self.none.setEnabled(self.wanted.is_on)
        self._words.setText(self._explained(names))
        self._ask()

    def _explained(self, names: tuple[str, ...]) -> str:
        if self._session.examples is None:
            return self._session.data_problem or self.tr("The data are still being read.")
        if not names:
            return self.tr("Text is not changed at random here: its symbols have no values between them.")
        return self.tr(
            "Training examples alone are changed, anew in each epoch; validation and test stay as they are. So the "
            "training loss may well lie above the validation loss. Same seed, same changes."
        )

    def _offer(self, names: tuple[str, ...]) -> None:
        while self._grid.count():
            item = self._grid.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        self.rows = {name: Shares(self, name) for name in names}
        for at, (name, row) in enumerate(self.rows.items()):
            label = QLabel(Augmentation.model_fields[name].title or name)
            label.setToolTip(f"<p>{Augmentation.model_fields[name].description}</p>")
            label.setBuddy(row)
            self._grid.addWidget(label, at, 0)
            self._grid.addWidget(row, at, 1)

    def _ask(self) -> None:
        """Have examples changed; while that is being done, only the newest wish is remembered."""
        examples, wanted = self._session.examples, self.wanted
        if examples is None or not self.isVisible():
            self.preview.show_changed(None)
            return
        if self._is_asking:
            self._asked = True
            return
        self._is_asking, self._asked = True, False
        if misfits(wanted, examples.dataset):
            wanted = Augmentation()
        work = partial(changed, examples, wanted, 6, 3, self._first)
        self._session.beside.run(work, self._show, self._fail)

    def _show(self, found: Changed) -> None:
        self.preview.show_changed(found)
        self._go_on()

    def _fail(self, error: Exception) -> None:
        self.preview.show_changed(None)
        self.problem.setText(str(error))
        self.problem.show()
        self._go_on()

    def _go_on(self) -> None:
        self._is_asking = False
        if self._asked:
            self._ask()

    # What is changed

    def set_value(self, name: str, value: float | str) -> None:
        """One setting is elsewhere: shown at once, an edit when it rests."""
        if self._rest.isActive() and self._moved != name:
            self.take()
        if name not in self.rows:  # its row is about to go: other data came, which are not changed that way
            return
        try:
            self.wanted = Augmentation.model_validate({**self.wanted.model_dump(), name: value})
        except ValueError:
            words = self.tr("%1 cannot be %2.")
            title = Augmentation.model_fields[name].title or name
            self._session.say(words.replace("%1", title).replace("%2", str(value)))
            self.refresh()
            return
        self._moved = name
        self.rows[name].show_value(getattr(self.wanted, name))
        self._rest.start()
        self._ask()

    def take(self) -> None:
        """Make an edit of what was moved."""
        self._rest.stop()
        self._session.do(SetAugmentation(self.wanted, self._moved))

    def _set(self, wanted: Augmentation) -> None:
        self._rest.stop()
        self._session.do(SetAugmentation(wanted))

    def _take_away(self) -> None:
        self._set(Augmentation.model_validate({name: getattr(self.wanted, name) for name in self.rows}))

    def _draw_others(self) -> None:
        self._first += 3
        self._ask()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_grid"):
            self.refresh()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._rest.isActive():
            self.take()
        super().closeEvent(event)


def open_augmentation(session: Session, bridge: Bridge, owner: QWidget) -> AugmentWindow:
    """The window on that; the same one again if it is open."""
    found = owner.findChild(AugmentWindow) or AugmentWindow(session, bridge, owner)
    found.show()
    found.refresh()
    found.raise_()
    found.activateWindow()
    return found
