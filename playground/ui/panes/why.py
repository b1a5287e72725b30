"""Why? What stands out in the curves, the data and the layers, and experiments to try at one click.

The rules are playground.app.advice's; the layers are looked at while this pane is visible.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from playground.app.advice import advice
from playground.app.evidence import Advice, Evidence
from playground.app.experiments import Experiment
from playground.app.session import Session
from playground.data.dataset import Examples
from playground.ui.bridge import Bridge
from playground.ui.looking import Looking
from playground.ui.panes.advice_card import AdviceCard

if TYPE_CHECKING:
    from playground.data.suspicions import Suspicions
    from playground.engine.train import Training
    from playground.insight.checkup import Checkup

REST = 1000
"""Milliseconds between two judgements while epochs come fast: each goes over all of them."""


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
        self._on_cards: tuple[Advice, ...] | None = None
        """What the cards show: while the pane is hidden they wait."""
        self._cards: list[AdviceCard] = []
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
        self._rest = QTimer(self, interval=REST, singleShot=True)
        self._rest.timeout.connect(self.refresh)
        bridge.curves.connect(self._epochs_came)
        for signal in (bridge.comparison, bridge.status, bridge.document):
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
        for card in self._cards:
            self._column.removeWidget(card)
            card.deleteLater()
        self._on_cards, self._cards = None, []
        self.refresh()

    def refresh(self) -> None:
        """Judge anew, and show it if it can be seen."""
        found = advice(self._evidence())
        if found != self._shown:
            if self._shown is None or len(found) != len(self._shown):
                self.counted.emit(len(found))
            self._shown = found
        if self.isVisible():
            self._show(found)

    def _epochs_came(self) -> None:
        """A network that does a hundred epochs a second is judged once in it: nobody reads faster."""
        if self._session.status != "running" or len(self._session.epochs) < 2:
            self.refresh()
        elif not self._rest.isActive():
            self._rest.start()

    def _show(self, found: tuple[Advice, ...]) -> None:
        """The cards that still hold stay where they are, so that nothing jumps under the mouse."""
        self._calm.setVisible(not found)
        self._calm.setText(self._words_of_calm())
        if found == self._on_cards:
            return
        self._on_cards = found
        if len(found) != len(self._cards) or not all(map(AdviceCard.takes, self._cards, found)):
            for old in self._cards:
                self._column.removeWidget(old)
                old.hide()
                old.deleteLater()
            self._cards = [self._card(each) for each in found]
        for card, each in zip(self._cards, found, strict=True):
            card.show_advice(each)

    def _card(self, each: Advice) -> AdviceCard:
        card = AdviceCard(each)
        card.tried.connect(self._try)
        card.layer_wanted.connect(self.layer_wanted)
        self._column.insertWidget(self._column.count() - 2, card)
        return card

    def showEvent(self, event: object) -> None:
        self.refresh()

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
            session.epochs.copy(),
            session.ended.reason if session.ended is not None else None,
            session.comparing.comparison if session.status != "running" else None,
            suspicions,
            checkup.layers if checkup is not None and session.epochs else {},
            checkup.gradient if checkup is not None and session.epochs else 0.0,
        )

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
