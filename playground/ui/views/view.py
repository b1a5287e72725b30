"""What every view of the inside of a network is: what it is called, what it needs, asks and shows.

Asking and its share of the time are in ui/looking.py; the title, the menu and the empty state are drawn by frame.py.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from numpy.typing import NDArray
from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from playground.graph.model import NodeId
from playground.ui.looking import Job, LongLook, Look, Looking
from playground.ui.views.empty import Way
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
    """Whether it is empty until a layer is selected that unsuited() has nothing against."""
    invitation: ClassVar[str] = "Select one layer."
    """What it says while no layer is selected."""

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

    @classmethod
    def misfit(cls, _focus: Focus, /) -> str:
        """Why these data or this network cannot be shown here, whichever layer is selected; empty if they can."""
        return ""

    @classmethod
    def unsuited(cls, _focus: Focus, _id: NodeId, /) -> str:
        """Why this layer cannot be shown here; empty if it can."""
        return ""

    def lacks(self) -> str:
        """What is missing for it to be shown, in one sentence with the way out; empty if nothing is."""
        session = self.focus.session
        if session.data_problem:
            return session.data_problem
        if session.examples is None:
            return self.tr("The data are still being read.")
        if session.run is None and session.report.errors:
            return self.tr("The network cannot be built yet. %1").replace("%1", session.report.errors[0].text)
        if words := self.misfit(self.focus):
            return words
        if not self.needs_layer:
            return ""
        if self.focus.layer is None or self.focus.shape is None:
            return self.tr(self.invitation)
        return self.unsuited(self.focus, self.focus.layer)

    def ways_out(self) -> list[Way]:
        """What can be pressed while it lacks something."""
        errors = self.focus.session.report.errors
        id = errors[0].node if errors else self.layer_to_show()
        if id is None:
            return []
        tip = self.tr("Selects this layer, which can be shown here.")
        tip = self.tr("Selects the layer that has the problem; its badge offers repairs.") if errors else tip
        return [Way(self.tr("Show %1").replace("%1", id), tip, lambda: self.focus.choose_layer(id))]

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

    def fit_to_room(self) -> None:
        """Take the height that suits the pane it is shown in, which has another size."""

    def focus_changed(self) -> None:
        """Another layer, example or unit is looked at."""
        self.told.emit()
        self.ask_again()

    # What a view uses

    def layer_to_show(self) -> NodeId | None:
        """The first layer that can be shown, one that computes something if there is any."""
        focus = self.focus
        if not self.needs_layer or focus.session.examples is None or self.misfit(focus):
            return None
        return suited(type(self), focus)

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
        look = None if self.lacks() else self.look()
        if look is None and not self.has_answer:  # there is nothing to wait for any more
            QTimer.singleShot(0, self, self.told.emit)
        return look

    def _received(self, answer: Any) -> None:
        self.problem, self.has_answer = "", True
        self.show_answer(answer)
        self.setAccessibleDescription(self.in_words())
        self.told.emit()

    def _failed(self, problem: str) -> None:
        self.problem = problem
        self.told.emit()


def suited(made: type[View], focus: Focus) -> NodeId | None:
    """The first layer that a view can show: one that computes something if there is any, else an Input."""
    report, graph = focus.session.report, focus.session.document.graph
    fitting = [id for id in graph.order if id in report.shapes and not made.unsuited(focus, id)]
    return next((id for id in fitting if graph.nodes[id].ports()), fitting[0] if fitting else None)


def nowhere(made: type[View], focus: Focus) -> str:
    """Why a view cannot be shown of this network and these data, whatever is selected; empty if it can."""
    if focus.session.examples is None:
        return ""
    if words := made.misfit(focus):
        return words
    if made.needs_layer and focus.session.report.shapes and suited(made, focus) is None:
        return focus.tr("No layer of this network can be shown here.")
    return ""
