"""A head start: choose what a run begins with, see how far it is, and what it brought beside a run from nothing.

What is done: playground.app.headstart, on a thread of its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from playground.app.headstart import Arm, HeadStart, Kind, usual_pretraining
from playground.app.headstarting import HeadStarting
from playground.ui.theme import sized, theme_of

if TYPE_CHECKING:
    from playground.ui.main_window import MainWindow

KINDS: tuple[Kind, ...] = ("pretrain", "transfer", "pseudo")


class HeadStartDialog(QDialog):
    """May stay open beside the window, which trains nothing meanwhile."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._session = window, window.session
        self.job: HeadStarting | None = None
        self._project: Path | None = None
        self._source = ""  # the data that the job is on
        self.setWindowTitle(self.tr("Head start"))
        self.setMinimumWidth(sized(600))
        self._make_choices()
        self.words = QLabel(wordWrap=True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.bar = QProgressBar()
        self.bar.setAccessibleName(self.tr("How far training is"))
        self.bar.hide()
        self.start, self.stop = QPushButton(self.tr("Train both")), QPushButton(self.tr("Stop"))
        self.start.setProperty("role", "primary")
        self.start.setToolTip(self.tr("First with the head start, then the same network from nothing"))
        self.open_it = QPushButton(self.tr("Open it beside the other"))
        self.open_it.setToolTip(self.tr("The network with the head start; the one from nothing stands in Models"))
        self.start.clicked.connect(self._begin)
        self.stop.clicked.connect(self._end)
        self.open_it.clicked.connect(self._open)
        self._lay_out()
        window.bridge.tick.connect(self._look)
        for signal in (window.bridge.data, window.bridge.document):
            signal.connect(self.refresh)
        self.refresh()

    def _make_choices(self) -> None:
        self.group = QButtonGroup(self)
        self.choices = {kind: QRadioButton() for kind in KINDS}
        for choice in self.choices.values():
            self.group.addButton(choice)
            choice.toggled.connect(self._allow)
        self.choose = QPushButton(self.tr("Choose a project …"))
        self.choose.clicked.connect(self._choose)
        self.epochs, self.sure = QSpinBox(), QSpinBox()
        self.epochs.setRange(1, 100_000)
        self.epochs.setAccessibleName(self.tr("Epochs without labels"))
        self.epochs.setSuffix(self.tr(" epochs"))
        self.epochs.setValue(usual_pretraining(self._session.document.recipe))
        self.sure.setRange(1, 100)
        self.sure.setValue(95)
        self.sure.setSuffix(self.tr(" % sure"))
        self.sure.setAccessibleName(self.tr("How sure it must be, percent"))
        self.freeze = QCheckBox(self.tr("Freeze what was taken: train the rest alone"))
        self.freeze.setToolTip(self.tr("The last layer with weights always learns. Off: all are fine-tuned."))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setSpacing(10)
        about = QLabel(wordWrap=True)
        about.setText(
            self.tr(
                "With few labels it helps to begin with something that was learned already. The same network is then "
                "trained from nothing too: both stand in Models and Runs, scored on the same validation examples."
            )
        )
        column.addWidget(about)
        beside: dict[Kind, QWidget] = {"pretrain": self.epochs, "transfer": self.choose, "pseudo": self.sure}
        for kind, choice in self.choices.items():
            line = QHBoxLayout()
            line.addWidget(choice, 1)
            line.addWidget(beside[kind])
            column.addLayout(line)
        column.addWidget(self.freeze)
        column.addWidget(self.bar)
        column.addWidget(self.words)
        column.addStretch(1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.open_it)
        buttons.addStretch(1)
        close = QPushButton(self.tr("Close"))
        close.clicked.connect(self.close)
        for button in (self.stop, self.start, close):
            buttons.addWidget(button)
        column.addLayout(buttons)

    # What can be chosen

    def refresh(self) -> None:
        """Name what there is to begin with; what was found on other data is not shown any more."""
        if self.job is not None and self.job.is_over and self._source != self._session.document.data.source:
            self.job = None
            self._say("")
        examples = self._session.examples
        unused = len(examples.unused) if examples is not None else 0
        every = unused + len(examples.train) if examples is not None else 0
        name = self._project.name if self._project is not None else self.tr("another project")
        words: dict[Kind, str] = {
            "pretrain": self.tr("Pre-train as an autoencoder, on %1 examples without labels"),
            "transfer": self.tr("Start from the weights of %1").replace("%1", name),
            "pseudo": self.tr("Pseudo-labels: its own sure answers to the %2 left out")
            if unused
            else self.tr("Pseudo-labels: first learn from fewer (slider beside the data)"),
        }
        for kind, choice in self.choices.items():
            choice.setText(words[kind].replace("%1", f"{every:,}").replace("%2", f"{unused:,}"))
        self.choices["pseudo"].setEnabled(bool(unused))
        self._fit()
        if not any(choice.isChecked() and choice.isEnabled() for choice in self.choices.values()):
            self.choices["pretrain"].setChecked(True)
        self._allow()

    def _allow(self) -> None:
        kind, is_running = self._kind(), self.job is not None and not self.job.is_over
        for widget, own in ((self.epochs, "pretrain"), (self.choose, "transfer"), (self.sure, "pseudo")):
            widget.setEnabled(kind == own and not is_running)
        self.freeze.setEnabled(kind != "pseudo" and not is_running)
        is_whole = kind != "transfer" or self._project is not None
        self.start.setEnabled(not is_running and is_whole and self._session.examples is not None)
        self.stop.setVisible(is_running)
        self.open_it.setVisible(not is_running and self.job is not None and self.job.arms is not None)

    def _kind(self) -> Kind:
        return next((kind for kind, choice in self.choices.items() if choice.isChecked()), "pretrain")

    def _choose(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self, self.tr("Start from the weights of"), str(Path.home()), self.tr("Projects (*.nnplay)")
        )
        if name:
            self.take_from(Path(name))

    def take_from(self, project: Path) -> None:
        """That project's weights are to be taken."""
        self._project = project
        with QSignalBlocker(self.group):
            self.choices["transfer"].setChecked(True)
        self.refresh()

    # What is done

    def _begin(self) -> None:
        session = self._session
        hindrance = session.data_problem or (session.report.errors[0].text if session.report.errors else "")
        if hindrance or session.examples is None:
            self._complain(hindrance)
            return
        session.pause()
        asked = HeadStart(
            self._kind(), self._project, self.freeze.isChecked() and self._kind() != "pseudo", self.epochs.value(),
            self.sure.value() / 100,
        )  # fmt: skip
        self.job = HeadStarting(session.document, session.examples, asked, session.recording, session.device)
        self._source = session.document.data.source
        self.bar.show()
        self._say("")
        self._allow()

    def _look(self) -> None:
        """Called 20 to 30 times a second."""
        job = self.job
        if job is None or not self.bar.isVisible():
            return
        if job.step is not None:
            self.bar.setRange(0, job.step.total)
            self.bar.setValue(job.step.done)
            self.bar.setFormat(f"{job.step.words}: %v / %m")
        if job.is_over:
            self.bar.hide()
            self._show(job)
            self._allow()

    def _show(self, job: HeadStarting) -> None:
        if job.arms is None:
            self._complain(job.problem or self.tr("Stopped. What was trained so far is in Runs."))
            return
        lines = [*job.arms[0].told, *(self._line(each) for each in job.arms)]
        self._say("\n".join(lines))
        self._session.comparing.contenders.add(*(f"run:{each.id}" for each in job.arms))

    def _line(self, arm: Arm) -> str:
        score = arm.valid.measures.get("accuracy")
        words = f"{score * 100:.1f} %" if score is not None else f"R² {arm.valid.measures['r2']:.3f}"
        line = self.tr("%1: validation %2, loss %3")
        return line.replace("%1", arm.tag).replace("%2", words).replace("%3", f"{arm.valid.loss:.3g}")

    def _say(self, words: str) -> None:
        self.words.setStyleSheet("")
        self.words.setText(words)
        self._fit()

    def _fit(self) -> None:
        """As high as its words ask for."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
            self.resize(self.width(), max(layout.totalHeightForWidth(self.width()), layout.totalMinimumSize().height()))

    def _complain(self, words: str) -> None:
        self.words.setStyleSheet(f"color: {theme_of().error}")
        self.words.setText(words)
        self._fit()

    def _open(self) -> None:
        """Work on the network with the head start; the one from nothing stands beside it."""
        assert self.job is not None
        assert self.job.arms is not None
        ahead = self.job.arms[0].id
        self._session.comparing.contenders.remove(f"run:{ahead}")
        runs = self._session.recording.runs
        self._session.beside.run(
            lambda: runs.project(ahead), self._window.files.restore, lambda error: self._complain(str(error))
        )
        self._window.show_place("models")

    def _end(self) -> None:
        if self.job is not None:
            self.job.stop()

    def end(self) -> None:
        """The window closes."""
        if self.job is not None:
            self.job.stop()
            self.job.join(5)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._end()
        super().closeEvent(event)


def open_head_start(window: MainWindow) -> HeadStartDialog:
    """The dialog; the same one again if it is open."""
    window.build_plots()
    found = window.findChild(HeadStartDialog) or HeadStartDialog(window)
    found.show()
    found.refresh()
    found.raise_()
    found.activateWindow()
    return found


def end_head_start(window: MainWindow) -> None:
    """End what is under way."""
    if (found := window.findChild(HeadStartDialog)) is not None:
        found.end()
