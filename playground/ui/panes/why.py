"""Why? What stands out in the curves, the data and the layers, and experiments to try at one click.

The rules are playground.app.advice's; the layers are looked at while this pane is visible.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from playground.app.advice import advice
from playground.app.evidence import Advice, Evidence
from playground.app.experiments import Experiment
from playground.app.session import Session
from playground.data.dataset import Examples
from playground.ui.bridge import Bridge
from playground.ui.looking import Looking
from playground.ui.theme import theme_of

if TYPE_CHECKING:
    from playground.data.suspicions import Suspicions
    from playground.engine.train import Training
    from playground.insight.checkup import Checkup

ROW = 44
"""Letters of the buttons that stand side by side."""


class WhyPane(QScrollArea):
    """A card for each thing that stands out."""

    layer_wanted = Signal(str)
    """A layer that an advice is about is to be selected."""
    view_wanted = Signal(str)
    """A view or panel is to be shown."""
    counted = Signal(int)
    """How many things stand out."""

    def __init__(self, session: Session, bridge: Bridge) -> None:
        super().__init__()
        self._session = session
        self._checkup: Checkup | None = None
        self._suspicions: tuple[Examples, Suspicions] | None = None
        self._shown: tuple[Advice, ...] | None = None
        self.setWidgetResizable(True)
        self.setAccessibleName(self.tr("Why?"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        page = QWidget()
        page.setObjectName("place")
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(12, 8, 12, 8)
        self._column.setSpacing(8)
        self._calm = QLabel(wordWrap=True)
        self._calm.setProperty("role", "note")
        self._column.addWidget(self._calm)
        self._column.addStretch(1)
        self.setWidget(page)
        self._looking = Looking(session, bridge, self, lambda: _checkup, self._checked, every=2.0)
        for signal in (bridge.curves, bridge.comparison, bridge.status, bridge.document):
            signal.connect(self.refresh)
        bridge.run.connect(self._forget)
        bridge.data.connect(self._data_changed)
        self._data_changed()

    @property
    def shown(self) -> tuple[Advice, ...]:
        """What stands out now."""
        return self._shown or ()

    def restyle(self) -> None:
        """Take the colours of the present theme."""
        self._shown = None
        self.refresh()

    def refresh(self) -> None:
        """Judge anew; the cards are made again only if something else stands out."""
        found = advice(self._evidence())
        if found == self._shown:
            return
        if self._shown is None or len(found) != len(self._shown):
            self.counted.emit(len(found))
        self._shown = found
        while self._column.count() > 2:
            item = self._column.takeAt(0)
            if item is not None and (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for number, each in enumerate(found):
            self._column.insertWidget(number, self._card(each))
        self._calm.setVisible(not found)
        self._calm.setText(self._words_of_calm())

    def _words_of_calm(self) -> str:
        if not self._session.epochs:
            return self.tr(
                "Press Play. Here stands what keeps the network from learning better, with figures and something to "
                "try: over- and under-fitting, the learning rate, dead units, gradients, and the data themselves."
            )
        return self.tr("Nothing stands out: no rule finds fault with the curves, the layers or the data.")

    def _evidence(self) -> Evidence:
        session, checkup = self._session, self._checkup
        suspicions = self._suspicions[1] if self._suspicions and self._suspicions[0] is session.examples else None
        return Evidence(
            session.document,
            session.examples,
            tuple(session.epochs),
            session.ended.reason if session.ended is not None else None,
            session.comparing.comparison if session.status != "running" else None,
            suspicions,
            checkup.layers if checkup is not None and session.epochs else {},
            checkup.gradient if checkup is not None and session.epochs else 0.0,
        )

    def _card(self, each: Advice) -> QFrame:
        card = QFrame()
        card.setObjectName("advice")
        card.setStyleSheet(f"#advice {{ background: {theme_of().button}; border-radius: 8px; }}")
        card.setAccessibleName(f"{each.kind}. {each.seen} {each.why}")
        inner = QVBoxLayout(card)
        inner.setContentsMargins(12, 8, 12, 10)
        inner.setSpacing(4)
        kind = QLabel(self.tr(each.kind)[0].upper() + self.tr(each.kind)[1:])
        kind.setStyleSheet(f"color: {theme_of().warning}; font-weight: 600")
        inner.addWidget(kind)
        seen, why = QLabel(self.tr(each.seen), wordWrap=True), QLabel(self.tr(each.why), wordWrap=True)
        why.setProperty("role", "note")
        for label in (seen, why):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            inner.addWidget(label)
        inner.addLayout(self._buttons(each))
        return card

    def _buttons(self, each: Advice) -> QVBoxLayout:
        """As many in a row as their words allow."""
        buttons: list[QPushButton] = []
        for experiment in each.experiments:
            button = QPushButton(self.tr(experiment.label))
            button.setToolTip(self.tr("Try it now; one step back undoes it") if experiment.changes else "")
            button.clicked.connect(lambda _=False, experiment=experiment: self._try(experiment))
            buttons.append(button)
        if each.layer is not None:
            show = QPushButton(self.tr("Show %1").replace("%1", each.layer))
            show.clicked.connect(lambda _=False, layer=each.layer: self.layer_wanted.emit(layer))
            buttons.append(show)
        rows, row, letters = QVBoxLayout(), QHBoxLayout(), 0
        for button in buttons:
            letters += len(button.text())
            if row.count() and letters > ROW:
                row, letters = QHBoxLayout(), len(button.text())
            if not row.count():
                rows.addLayout(row)
            else:
                row.takeAt(row.count() - 1)
            row.addWidget(button)
            row.addStretch(1)
        return rows

    def _try(self, experiment: Experiment) -> None:
        if experiment.view:
            self.view_wanted.emit(experiment.view)
        if experiment.changes and self._session.do(experiment):
            words = self.tr("Tried: %1. Undo takes it back.").replace("%1", experiment.label)
            self._session.say(words, is_complaint=False)

    # What is measured

    def _checked(self, checkup: Checkup) -> None:
        self._checkup = checkup
        self.refresh()

    def _forget(self) -> None:
        self._checkup = None

    def _data_changed(self) -> None:
        examples = self._session.examples
        if examples is None or (self._suspicions is not None and self._suspicions[0] is examples):
            self.refresh()
            return

        def look() -> Suspicions:
            from playground.data.suspicions import suspicions

            return suspicions(examples)

        def take(found: Suspicions) -> None:
            self._suspicions = (examples, found)
            self.refresh()

        self._session.beside.run(look, take, lambda error: self._session.say(str(error)))
        self.refresh()


def _checkup(training: Training) -> Any:
    from playground.insight.checkup import checkup

    return checkup(training)
