"""What every view of the inside of a network is: what it is called, what it needs, asks and shows.

Asking and its share of the time are in ui/looking.py; the title, the menu and the empty state are drawn by frame.py.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from playground.ui.looking import Job, LongLook, Look, Looking
from playground.ui.views.focus import Focus

Group = Literal["Example", "Layer", "Training", "Everything"]
"""What a view is about: one example, the selected layer, how it learns, or all examples."""


class View(QWidget):
    """One picture, or a few that belong together. Subclasses fill self.column and override the methods below."""

    name: ClassVar[str]
    """As in “playground open --view”; letters and underscores."""
    title: ClassVar[str]
    group: ClassVar[Group]
    about: ClassVar[str]
    """What it is, in three sentences, with its formula and source."""
    every: ClassVar[float] = 0.33
    """Seconds at least between two looks."""
    is_live: ClassVar[bool] = True
    """Whether it looks again and again while the network trains, not only when the focus changes."""
    needs_layer: ClassVar[bool] = False
    """Whether it is empty until a layer is selected."""

    told = Signal()
    """What lacks(), numbers() or in_words() say may have changed."""
    progress = Signal(object)
    """The share of long work that is done; None when there is none."""

    def __init__(self, focus: Focus) -> None:
        super().__init__()
        self.focus = focus
        self.problem = ""
        """What went wrong in the latest look; empty if nothing did."""
        self.has_answer = False
        """Whether anything was shown yet."""
        self.setAccessibleName(self.tr(self.title))
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(14, 4, 14, 12)
        self.column.setSpacing(8)
        session, bridge = focus.session, focus.bridge
        self._looking = Looking(
            session, bridge, self, self._wanted, self._received, self.every, self._failed, self.is_live
        )
        self._long = LongLook(session, bridge, self, self._received, self.progress.emit, self._failed)
        focus.changed.connect(self.focus_changed)
        for signal in (bridge.data, bridge.document, bridge.status):
            signal.connect(self.told)

    # What a view overrides

    def lacks(self) -> str:
        """What is missing for it to be shown, in one sentence with the way out; empty if nothing is."""
        return ""

    def look(self) -> Look | None:
        """What to ask of the training thread now; one look takes less than some 20 ms."""
        return None

    def show_answer(self, answer: Any) -> None:
        """Take the answer to a look or a job."""

    def numbers(self) -> dict[str, NDArray[Any]]:
        """What is shown now, by name, as it is saved."""
        return {}

    def in_words(self) -> str:
        """What is seen now, for those who do not see it."""
        return ""

    def restyle(self) -> None:
        """Take the colours of the present theme."""
        self.ask_again()

    def focus_changed(self) -> None:
        """Another layer, example or unit is looked at."""
        self.told.emit()
        self.ask_again()

    # What a view uses

    def ask_again(self) -> None:
        """Look anew as soon as may be, even if nothing trains."""
        self.problem = ""
        self._looking.refresh()

    def start(self, job: Job) -> None:
        """Begin long work; its answer goes to show_answer()."""
        self.problem = ""
        self._long.start(job)

    def cancel(self) -> None:
        """Stop long work."""
        self._long.cancel()

    @property
    def is_working(self) -> bool:
        """Whether long work is under way."""
        return self._long.is_running

    @property
    def is_stale(self) -> bool:
        """Whether what is shown is not of the present focus yet."""
        return self._looking.is_stale

    def _wanted(self) -> Look | None:
        return None if self.lacks() else self.look()

    def _received(self, answer: Any) -> None:
        self.problem, self.has_answer = "", True
        self.show_answer(answer)
        self.setAccessibleDescription(self.in_words())
        self.told.emit()

    def _failed(self, problem: str) -> None:
        self.problem = problem
        self.told.emit()
