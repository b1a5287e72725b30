"""The window: four places that are always the same, and the session behind them.

Left what goes in, middle the network, right what is selected, below how it is going. Each pane is a file in panes/.
Files and themes are handled in files.py and look.py; actions are listed in actions.py. Importing this is quick: the
window can be on the screen, as an outline, before building.py has brought what is in it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QDockWidget, QLabel, QStackedWidget, QTabWidget, QToolBar

from playground.ui.outline import Outline
from playground.ui.right_tabs import INSIDE, LAYER, RightTabs
from playground.ui.theme import theme_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from playground.app.files import Project
    from playground.app.session import Session
    from playground.ui.bridge import Bridge
    from playground.ui.canvas.palette import LayerPalette
    from playground.ui.canvas.view import CanvasView
    from playground.ui.cards import CardPictures
    from playground.ui.command_palette import CommandPalette
    from playground.ui.files import FileCommands
    from playground.ui.keeping import NewerWork
    from playground.ui.look import Look
    from playground.ui.offering import Offers
    from playground.ui.panes.analyze import AnalyzePane
    from playground.ui.panes.code import CodePane
    from playground.ui.panes.compare import ComparePane
    from playground.ui.panes.confusion import ConfusionPane
    from playground.ui.panes.curves import CurvePane
    from playground.ui.panes.data_pane import DataPane
    from playground.ui.panes.layer_form import LayerForm
    from playground.ui.panes.learning import LearningPane
    from playground.ui.panes.models import ModelsPane
    from playground.ui.panes.repeats import RepeatsPane
    from playground.ui.panes.runs import RunsPane
    from playground.ui.panes.tune import TunePane
    from playground.ui.panes.why import WhyPane
    from playground.ui.run_bar import RunBar
    from playground.ui.trying.pane import TryPane
    from playground.ui.views.focus import Focus
    from playground.ui.views.frame import Frame
    from playground.ui.views.gallery import Gallery
    from playground.ui.views.model_weights import ModelWeights
    from playground.ui.welcome import WelcomePage


class MainWindow(Outline):
    """Owns the session and closes it."""

    session: Session
    bridge: Bridge
    files: FileCommands
    focus: Focus
    offers: Offers
    commands: CommandPalette
    look: Look
    actions_by_name: dict[str, QAction]
    # Middle, left, right, below; and the lines of words in them.
    pages: QStackedWidget
    welcome: WelcomePage
    canvas: CanvasView
    bar: QToolBar
    run_bar: RunBar
    docks: dict[str, QDockWidget]
    data_pane: DataPane
    palette_pane: LayerPalette
    totals: QLabel
    right_tabs: RightTabs
    form: LayerForm
    code: CodePane
    below_tabs: QTabWidget
    message_line: QLabel
    newer: NewerWork
    plots: Generator[None]
    # Built after the first frame, by plots.
    learning: LearningPane
    loss: CurvePane
    score: CurvePane
    confusion: ConfusionPane
    compare: ComparePane
    models: ModelsPane
    model_weights: ModelWeights
    tune: TunePane
    repeats: RepeatsPane
    runs: RunsPane
    why: WhyPane
    analyze: AnalyzePane
    trying: TryPane
    inside: Frame
    cards: CardPictures

    def __init__(self, project: Project | None = None, theme: str | None = None, *, is_early: bool = False) -> None:
        """theme: "light" or "dark"; None for what was used last. is_early: an outline, until build() is called."""
        super().__init__(theme)
        if not is_early:
            self.build(project)

    def build(self, project: Project | None) -> None:
        """Fill the window, with a project or the first page."""
        from playground.ui import building

        self.setUpdatesEnabled(False)
        self.is_built = True
        building.build(self, project)
        QTimer.singleShot(0, self, lambda: self.setUpdatesEnabled(True))  # when panels have their places

    def build_plots(self) -> None:
        """All of the curves and pictures that are not there yet, now: somebody asks for them."""
        for _ in self.plots:
            pass

    def build_plots_in_turn(self) -> None:
        """They take a second: the curves come first, and between two pieces the window lives."""
        for _ in self.plots:
            QTimer.singleShot(0, self, self.build_plots_in_turn)
            return

    def show_place(self, name: str, way: str = "") -> None:
        """Bring a panel or a view of the inside forward, by its name; way: of repeating, to be offered there."""
        if name in self.inside.names:
            self.inside.show_view(name)
        elif name in ("layer", "inside", "code"):
            self.right_tabs.ask(("layer", "inside", "code").index(name))
        else:
            self.learning.show_place(name)
        if way:
            self.repeats.offer(way)

    def _gallery(self) -> Gallery:
        """Bring forward what shows examples with the network's answers."""
        return cast("Gallery", self.inside.show_view("gallery"))

    def show_cell(self, truth: int, answer: int) -> None:
        """The examples behind a cell of the confusion matrix."""
        self._gallery().show_cell(truth, answer)

    def show_examples(self, rows: NDArray[np.int64], words: str, answers: NDArray[Any] | None) -> None:
        """Examples of the validation part, what they are, and what the model that they were chosen for answered."""
        self._gallery().show_rows(rows, words, answers)

    def play(self) -> None:
        words = self.tr("Choose a template first, or drop a table or a folder of images here.")
        self.session.toggle() if self.pages.currentWidget() is self.canvas else self.session.say(words)

    def go_to_canvas(self) -> None:
        """Show the network."""
        self.pages.setCurrentWidget(self.canvas)
        self.look.show_panels()
        self.bar.show()
        self.canvas.setFocus()

    def go_to_welcome(self) -> None:
        """Show the first page; the project stays until another is chosen."""
        self.session.pause()
        self.welcome.has_project = bool(self.session.document.graph.nodes)
        self.welcome.refresh()
        self.pages.setCurrentWidget(self.welcome)
        for dock in self.docks.values():
            dock.hide()
        self.bar.hide()

    def show_message(self, words: str) -> None:
        """A problem in the colour of problems; it says so in words too."""
        color = theme_of().error if self.session.is_complaint else theme_of().text
        is_grave = self.session.is_complaint and self.session.stays  # nobody should think that it was saved
        self.message_line.setStyleSheet(f"color: {color}; font-weight: {700 if is_grave else 400}")
        self.message_line.setText(f"⚠  {words}" if is_grave else words)

    def add_layer(self, type_name: str) -> None:
        self.canvas.add_layer(type_name)
        self.canvas.setFocus()

    def selected(self, ids: tuple[str, ...]) -> None:
        """Show the layers that are selected now."""
        from playground.ui.actions import allow_for

        self.form.show_nodes(ids)
        if ids and self.session.status in ("ready", "problem"):  # nothing is learned yet: there is nothing inside
            self.right_tabs.suggest(LAYER)
        self.actions_by_name["delete"].setEnabled(bool(self.canvas.network.selectedItems()))
        self.actions_by_name["disconnect"].setEnabled(bool(self.canvas.network.selectedItems()))
        allow_for(self.actions_by_name, len(ids))

    def edit_settings(self, begin: Callable[[], None]) -> None:
        """Bring the layer's form forward, and give it the keyboard."""
        if not self.look.shows("inside"):
            self.look.put_away("inside", False)
        self.right_tabs.ask(LAYER)
        begin()

    def choose_right_tab(self) -> None:
        examples = self.session.examples
        if examples is not None and examples.dataset.kind == "points" and not self.canvas.selected():
            self.right_tabs.suggest(INSIDE)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """From the first page, Esc leads back to the project there is."""
        is_away = self.is_built and self.pages.currentWidget() is self.welcome
        if event.key() == Qt.Key.Key_Escape and is_away and self.session.document.graph.nodes:
            self.go_to_canvas()
        else:
            super().keyPressEvent(event)

    def file_changed(self) -> None:
        self.canvas.select(())
        if self.session.document.graph.nodes or self.session.path is not None:
            self.go_to_canvas()
        self.canvas.fit()
        self.files.remember()
        self.refresh()

    def refresh(self) -> None:
        """Title, totals, and which actions there are now."""
        from playground.app.journal import has_news
        from playground.ui.building import network_words

        session = self.session
        name = session.path.stem if session.path is not None else session.document.name
        self.setWindowTitle(f"{name}[*] — {self.tr('Neural Network Playground')}")
        self.setWindowModified(has_news(session))
        self.totals.setText(network_words(session))
        for action, label, words in (
            ("undo", session.hand.undo_label or session.history.undo_label, self.tr("Undo")),
            ("redo", session.hand.redo_label or session.history.redo_label, self.tr("Redo")),
        ):
            self.actions_by_name[action].setEnabled(label is not None)
            self.actions_by_name[action].setText(f"{words}: {label}" if label else words)
        self.actions_by_name["reset"].setEnabled(
            bool(session.epochs) or session.status in ("running", "paused", "ended")
        )

    def dragEnterEvent(self, event: object) -> None:
        self.files.drag_entered(event)

    def dropEvent(self, event: object) -> None:
        self.files.dropped(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.is_built:
            super().closeEvent(event)
            return
        from playground.ui.head_start_dialog import end_head_start

        self.plots.close()
        self.bridge.stop()
        self.files.close()
        self.look.remember()
        if hasattr(self, "tune"):
            self.tune.end()
            self.repeats.end()
        end_head_start(self)
        self.session.close()
        event.accept()
