"""The row on top that runs it: play, step, reset, where the run is, the recipe, device and speed."""

from __future__ import annotations

from collections.abc import Collection

from pydantic import ValidationError
from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
    QWidgetAction,
)

from playground.app.changes import SetRecipe
from playground.app.session import Session
from playground.engine.recipe import PLAIN, Recipe
from playground.layers.refusal import refusal
from playground.ui.bridge import Bridge
from playground.ui.drawing import compact, epoch_words, icon
from playground.ui.form import Editor, SettingsForm, editor_for
from playground.ui.theme import sized, theme_of

SHOWN = ("learning_rate", "batch", "optimiser", "schedule", "epochs", "l2", "seed")
"""Recipe fields in the row; the others are behind "More"."""
WHEN_PRESENTING = ("learning_rate", "batch")
"""Those that stay when type is large."""
GOING = ("seed", "l2", "schedule", "optimiser", "epochs", "batch", "learning_rate")
"""Which of them go behind "More" where the window is too narrow for all, the first one first."""
FASTEST = 888_800.0
"""Examples a second whose figure has room, so that the row does not change with the speed."""
HEIGHT = 28
"""Of everything in the row's lower line, so that it stands on one line."""
BUTTONS = 30
"""Pixels of a whole number's field beside its figure."""
REST = 150
"""Milliseconds between two showings of the speed."""
WIDTHS = {"learning_rate": 74, "batch": 72, "optimiser": 92, "schedule": 116, "epochs": 76, "l2": 64, "seed": 64}


class RunBar(QWidget):
    """Reads the session; each field is an edit of the recipe."""

    def __init__(
        self, session: Session, bridge: Bridge, actions: dict[str, QAction], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self.editors: dict[str, Editor] = {}
        self._columns: dict[str, QWidget] = {}
        self._is_presenting = False
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(8)
        self.play = QPushButton()
        self.play.setProperty("role", "primary")
        self.play.setObjectName("play")
        self.play.setFixedWidth(96)
        self.play.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.play.clicked.connect(actions["play"].trigger)
        row.addWidget(self.play)
        row.addWidget(self._step_button(actions))
        row.addWidget(self._plain_button(actions["reset"]))
        self._epoch, self._target = QLabel("0"), 0
        self._epoch.setProperty("role", "title")
        row.addSpacing(4)
        place, self._when = _labelled(self.tr("EPOCH"), self._epoch)
        row.addWidget(place)
        for name in SHOWN:
            self._columns[name] = self._field(name)
            row.addWidget(self._columns[name])
        self._columns["more"], _ = _labelled("", self._more_button(actions["augment"]))
        row.addWidget(self._columns["more"])
        row.addStretch(1)
        self._add_speed(row)
        bridge.document.connect(self._show_recipe)
        bridge.status.connect(self.show_status)
        bridge.past.connect(self._show_progress)
        self._rest = QTimer(self, interval=REST, singleShot=True)
        self._rest.timeout.connect(self._show_progress)
        for signal in (bridge.progress, bridge.curves):
            signal.connect(self._progress_came)
        self._show_recipe()
        self.show_status()

    def _add_speed(self, row: QHBoxLayout) -> None:
        self._device = QLabel("CPU")
        self._device.setProperty("role", "chip")
        self._device.setToolTip(self.tr("Where the network is trained"))
        self._device.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row.addWidget(self._device)
        self._speed = QLabel()
        self._speed.setProperty("role", "note")
        self._speed.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._speed)

    def _plain_button(self, action: QAction) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setMinimumHeight(30)
        return button

    def _step_button(self, actions: dict[str, QAction]) -> QToolButton:
        button = self._plain_button(actions["step_batch"])
        menu = QMenu(button)
        menu.addAction(actions["step_batch"])
        menu.addAction(actions["step_epoch"])
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        return button

    def _field(self, name: str) -> QWidget:
        field = Recipe.model_fields[name]
        editor = editor_for(field)
        editor.setFixedWidth(WIDTHS[name])
        editor.setObjectName(name)
        editor.edited.connect(lambda value: self._set(name, value))
        self.editors[name] = editor
        return _labelled((field.title or name).upper(), editor)[0]

    def _more_button(self, augment: QAction) -> QToolButton:
        self._more = button = QToolButton()
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        self._others = SettingsForm(Recipe, [*SHOWN, *(name for name in PLAIN if name not in SHOWN)])
        self._others.setContentsMargins(12, 10, 12, 10)
        self._others.edited.connect(self._set)
        action = QWidgetAction(menu)
        action.setDefaultWidget(self._others)
        menu.addAction(action)
        menu.addSeparator()
        menu.addAction(augment)
        button.setMenu(menu)
        return button

    def _set(self, name: str, value: object) -> None:
        try:
            self._session.do(SetRecipe(name, value))
        except ValidationError as error:
            self._session.say(refusal(Recipe, error))
            self._show_recipe()

    def _show_recipe(self) -> None:
        values = self._session.document.recipe.model_dump()
        for name, editor in self.editors.items():
            editor.show_value(values[name])
        self._widen()
        self._others.show_values(values)
        self._name_more()
        self._show_progress()
        self._make_room()

    def _widen(self) -> None:
        """Fields stand still, but for one whose figure would be cut."""
        for name, editor in self.editors.items():
            wide = sized(WIDTHS[name])
            if isinstance(editor, QSpinBox):
                wide = max(wide, editor.fontMetrics().horizontalAdvance(editor.text()) + BUTTONS)
            editor.setFixedWidth(wide)

    def _name_more(self) -> None:
        """A dot where more is set than the row shows: training examples that are changed."""
        told = self._session.document.recipe.augment.told()
        self._more.setText(self.tr("More •") if told else self.tr("More"))
        words = self.tr("Momentum, penalties, clipping, early stopping and the rest of the recipe.")
        changed = self.tr("Training examples are changed at random: %1.").replace("%1", told)
        self._more.setToolTip(f"<p>{words}</p><p>{changed}</p>" if told else words)

    def restyle(self, is_presenting: bool = False) -> None:
        """Take the present theme's colours and size of type; what stays when presenting fits into the row."""
        self._widen()
        self.play.setFixedWidth(sized(96))
        for widget in (self._epoch, self._more, *self.editors.values()):
            widget.setFixedHeight(sized(HEIGHT))
        self._speed.setFixedSize(self._width_of(self._speed, self._speed_words(FASTEST)), sized(HEIGHT))
        self._is_presenting = is_presenting
        self.show_status()  # the figure gives room back before what was hidden asks for it
        self._make_room()

    def show_status(self) -> None:
        """Play or pause, by what the session does now."""
        is_running = self._session.status == "running"
        self.play.setText(self.tr("Pause") if is_running else self.tr("Play"))
        self.play.setIcon(icon("pause" if is_running else "play", theme_of().on_accent))
        self.play.setToolTip(self.tr("Train, or pause (Space)"))
        self._show_progress()

    def _progress_came(self) -> None:
        """Figures that change more often than this cannot be read."""
        if not self._rest.isActive():
            self._rest.start()

    def _show_progress(self) -> None:
        session = self._session
        done, past = session.epochs[-1].epoch if session.epochs else 0, session.timeline.looked_at
        self._target = max(session.goal or self._target, done)
        self._when.setText(self.tr("EPOCH") if past is None else self.tr("PAST EPOCH"))
        self._epoch.setText(f"{done if past is None else epoch_words(past.epoch)} / {self._target}")
        self._keep_room(len(str(self._target)))
        if session.started is not None:
            self._device.setText(session.started.device.upper())
        self._device.setVisible(session.started is not None)
        speed = session.epochs[-1].samples_per_second if session.epochs else None
        if session.progress is not None and session.status == "running":
            speed = session.progress.samples_per_second
        words = self._speed_words(speed) if speed is not None else ""
        if session.status == "running" and speed is None:
            words = self.tr("Starting …")
        self._speed.setText(words)

    def _speed_words(self, speed: float) -> str:
        return self.tr("%1 examples/s").replace("%1", compact(speed))

    def _keep_room(self, digits: int) -> None:
        """The figure grows up to so many digits: the settings beside it stand still meanwhile.

        What has no fixed size asks for the whole window to be laid out whenever its words change.
        """
        widest = max(
            self._width_of(self._epoch, words) for words in (f"{'8' * digits} / {'8' * digits}", self._epoch.text())
        )
        if (wide := max(sized(86), widest)) != self._epoch.minimumWidth():
            self._epoch.setFixedWidth(wide)
            self._make_room()

    @staticmethod
    def _width_of(label: QLabel, words: str) -> int:
        label.ensurePolished()
        return label.fontMetrics().horizontalAdvance(words) + 4

    # What there is room for

    def _make_room(self) -> None:
        """Fields that do not fit go behind "More": the row must not make the window wider than its screen."""
        wanted = [name for name in SHOWN if not self._is_presenting or name in WHEN_PRESENTING]
        for name in GOING:
            if name in wanted and self._wide(wanted) > self.width():
                wanted.remove(name)
        for name, column in self._columns.items():
            column.setVisible(name in wanted if name != "more" else not self._is_presenting)
        for name in SHOWN:
            self._others.show_row(name, name not in wanted)

    def _wide(self, fields: Collection[str]) -> int:
        """Pixels that the row takes with those fields, also while it says how fast it is."""
        wanted = {*fields} if self._is_presenting else {*fields, "more"}
        away = [column for name, column in self._columns.items() if name not in wanted]
        own = (each for each in self.children() if isinstance(each, QWidget))
        shown = [each for each in own if each not in away]
        margins = self._row.contentsMargins()
        room = sum(max(each.sizeHint().width(), each.minimumWidth()) for each in shown)
        return room + self._row.spacing() * (len(shown) + 1) + margins.left() + margins.right()

    def minimumSizeHint(self) -> QSize:
        """All but what cannot go."""
        return QSize(self._wide(()), super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        return QSize(self._wide(SHOWN), super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()


def _labelled(text: str, widget: QWidget) -> tuple[QWidget, QLabel]:
    """A widget under a heading; and the heading."""
    place = QWidget()
    column = QVBoxLayout(place)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    label = QLabel(text)
    label.setProperty("role", "heading")
    label.setBuddy(widget)
    column.addWidget(label)
    column.addWidget(widget)
    return place, label
