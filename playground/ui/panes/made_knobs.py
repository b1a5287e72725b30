"""How many images are made, how different and how noisy they are: settings of data that the program draws itself."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from playground.app.session import Session
from playground.data.catalogue import CATALOGUE, MADE_IMAGES
from playground.data.dataset import DataChoice
from playground.data.strokes import VARIATION
from playground.ui.form import SettingsForm

FIELDS = ("samples", "variation", "noise")


class MadeKnobs(QWidget):
    """Shown only where the session's data are such images."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.form = SettingsForm(DataChoice, FIELDS)
        self.form.edited.connect(self._edit)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.form)
        self.hide()

    def show_choice(self, choice: DataChoice) -> None:
        """Show the settings of a choice, if it is of such images."""
        self.setVisible(choice.source in MADE_IMAGES)
        if choice.source not in MADE_IMAGES:
            return
        usual = {"samples": CATALOGUE[choice.source].examples, "variation": VARIATION}
        chosen = {name: getattr(choice, name) for name in FIELDS}
        self.form.show_values({name: usual[name] if value is None else value for name, value in chosen.items()})

    def _edit(self, name: str, value: object) -> None:
        self._session.choose_data(self._session.document.data.model_copy(update={name: value}), name)
