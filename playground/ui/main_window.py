"""The window: four places that are always the same, and the session behind them.

Left what goes in, middle the network, right what is selected, below how it is going. Each pane is a file in panes/.
Files and themes are handled in files.py and look.py; actions are listed in actions.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QIcon, QKeyEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QLabel,
    QMainWindow,
    QStackedWidget,
    QTabWidget,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from playground.app.assets import asset
from playground.app.files import Project
from playground.app.session import Session
from playground.graph.cost import costs, total
from playground.ui.actions import allow_for, make_actions, menu_named
from playground.ui.augment_window import open_augmentation
from playground.ui.bridge import Bridge
from playground.ui.canvas.palette import LayerPalette
from playground.ui.canvas.view import CanvasView
from playground.ui.cards import CardPictures
from playground.ui.files import FileCommands
from playground.ui.first_frame import FirstFrame
from playground.ui.head_start_dialog import end_head_start, open_head_start
from playground.ui.look import Look
from playground.ui.offering import Offers
from playground.ui.panes.code import CodePane
from playground.ui.panes.data_pane import DataPane
from playground.ui.panes.layer_form import LayerForm, network_figures
from playground.ui.right_tabs import INSIDE, LAYER, RightTabs
from playground.ui.run_bar import RunBar
from playground.ui.share import ShareButton
from playground.ui.theme import theme_of
from playground.ui.time_travel import connect_time, time_handlers
from playground.ui.views.focus import Focus
from playground.ui.welcome import WelcomePage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from playground.ui.views.gallery import Gallery


class MainWindow(QMainWindow):
    """Owns the session and closes it."""

    def __init__(self, project: Project | None = None, theme: str | None = None) -> None:
        super().__init__()
        self.setObjectName("main")
        self.setWindowIcon(QIcon(str(asset("icons", "playground.svg"))))
        self.setAcceptDrops(True)
        self.session = Session(project.document if project is not None else None)
        if project is not None:
            self.session.start(project)
        self.bridge = Bridge(self.session, self, prepares=False)
        self.look = Look(self, theme)
        self.files = FileCommands(self, self.session)
        self.canvas = CanvasView(self.session, self.bridge)
        self.focus = Focus(self.session, self.bridge, self.canvas)
        self.offers = Offers(self)
        self.commands = self.offers.palette
        self.actions_by_name = make_actions(self, self.canvas, self._handlers())
        self._build_places()
        self._offer_panels()
        self._connect()
        self.actions_by_name["minimap"].setChecked(self.canvas.overlays.minimap.is_wanted)
        self.actions_by_name["neurons"].setChecked(self.canvas.neurons.is_wanted)
        self.look.begin()
        self.go_to_canvas() if project is not None else self.go_to_welcome()
        FirstFrame(self, self.build_plots)

    # Building

    def _build_places(self) -> None:
        self.welcome = WelcomePage(waits=True)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.welcome)
        self.pages.addWidget(self.canvas)
        self.setCentralWidget(self.pages)
        self.run_bar = RunBar(self.session, self.bridge, self.actions_by_name)
        self.bar = QToolBar(self.tr("Run"), movable=False)
        self.bar.setObjectName("run")
        self.bar.addWidget(self.run_bar)
        self.addToolBar(self.bar)
        self.data_pane = DataPane(self.session, self.bridge)
        self.palette_pane = LayerPalette()
        self.canvas.blocks_changed.connect(self.palette_pane.restyle)
        self.form = LayerForm(self.session, self.bridge)
        self.form.fix_chosen.connect(self.canvas.repair)
        self.right_tabs = RightTabs()
        self.right_tabs.addTab(self.form, self.tr("Layer"))
        self.code = CodePane(self.session, self.bridge, self.canvas)
        self.right_tabs.addTab(self.code, self.tr("Code"))
        self.below_tabs = QTabWidget(documentMode=True)
        self.below_tabs.setAccessibleName(self.tr("How it is going"))
        self.docks = {
            "inputs": self._dock(
                "inputs", self.tr("Data and layers"), self._left(), Qt.DockWidgetArea.LeftDockWidgetArea
            ),
            "inside": self._dock("inside", self.tr("Selected"), self.right_tabs, Qt.DockWidgetArea.RightDockWidgetArea),
            "below": self._dock("below", self.tr("Learning"), self.below_tabs, Qt.DockWidgetArea.BottomDockWidgetArea),
        }
        self.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        self.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.BottomDockWidgetArea)
        self._message = QLabel(textFormat=Qt.TextFormat.PlainText)
        self._message.setAccessibleName(self.tr("Message"))
        self._message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.statusBar().addWidget(self._message, 1)
        self.statusBar().addPermanentWidget(ShareButton(self.bridge))
        self.statusBar().setSizeGripEnabled(False)

    def _left(self) -> QWidget:
        page = QWidget()
        page.setObjectName("place")
        column = QVBoxLayout(page)
        column.setContentsMargins(12, 10, 8, 10)
        column.setSpacing(8)
        self._totals = QLabel()
        self._totals.setProperty("role", "note")
        for words, widget, stretch in (
            (self.tr("DATA"), self.data_pane, 0),
            (self.tr("LAYERS"), self.palette_pane, 1),
            (self.tr("NETWORK"), self._totals, 0),
        ):
            heading = QLabel(words)
            heading.setProperty("role", "heading")
            column.addWidget(heading)
            column.addWidget(widget, stretch)
        return page

    def _dock(self, name: str, title: str, widget: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(name)
        dock.setWidget(widget)
        dock.setTitleBarWidget(QWidget())
        self.addDockWidget(area, dock)
        return dock

    def _offer_panels(self) -> None:
        """A tick for each panel in the View menu, and a command for each."""
        menu = menu_named(self, "View")
        assert menu is not None
        menu.addSeparator()
        for name, dock in self.docks.items():
            action = menu.addAction(self.tr("Panel “%1”").replace("%1", dock.windowTitle()))
            action.setCheckable(True)
            action.setChecked(True)
            action.triggered.connect(lambda _, name=name: self.look.put_away(name, self.look.shows(name)))
            menu.aboutToShow.connect(lambda name=name, action=action: action.setChecked(self.look.shows(name)))
            self.actions_by_name[f"panel_{name}"] = action

    def build_plots(self) -> None:
        """The curves and pictures: pyqtgraph takes a quarter of a second, so the window is shown first."""
        if hasattr(self, "loss"):
            return
        from playground.ui.panes.analyze import AnalyzePane
        from playground.ui.panes.compare import ComparePane
        from playground.ui.panes.confusion import ConfusionPane
        from playground.ui.panes.curves import CurvePane
        from playground.ui.panes.learning import PLACES, LearningPane
        from playground.ui.panes.models import ModelsPane
        from playground.ui.panes.repeats import RepeatsPane
        from playground.ui.panes.runs import RunsPane
        from playground.ui.panes.tune import TunePane
        from playground.ui.panes.why import WhyPane
        from playground.ui.trying.pane import TryPane
        from playground.ui.views.frame import Frame
        from playground.ui.views.model_weights import ModelWeights

        self.loss = CurvePane(self.session, self.bridge, "loss")
        self.score = CurvePane(self.session, self.bridge, "score")
        self.confusion = ConfusionPane(self.session, self.bridge)
        self.compare = ComparePane(self.session, self.bridge)
        self.inside = Frame(self.focus)
        self.inside.show_view(self.inside.names[0])
        self.cards = CardPictures(self.focus, self.canvas)
        self.why = WhyPane(self.session, self.bridge)
        self.analyze = AnalyzePane(self.session, self.bridge, self.canvas)
        self.models = ModelsPane(self.session, self.bridge)
        self.model_weights = ModelWeights()
        self.models.add_below(self.model_weights)
        self.runs, self.trying = RunsPane(self.session, self.bridge), TryPane(self.session, self.bridge)
        self.tune, self.repeats = TunePane(self.session, self.bridge), RepeatsPane(self.session, self.bridge)
        self.learning = LearningPane(self.session, self.bridge, {name: getattr(self, name) for name in PLACES})
        self._connect_panes()
        self.docks["below"].setWidget(self.learning)
        self.right_tabs.take_inside(self.inside)
        self.bridge.data.connect(self._choose_right_tab)
        self.look.restyle()
        self._choose_right_tab()
        self.bridge.prepare()

    def _connect_panes(self) -> None:
        """What a choice in one pane does in another."""
        connect_time(self)
        self.canvas.unroll_wanted.connect(lambda: self.show_place("unrolled"))
        self.why.counted.connect(self.learning.count)
        self.compare.all_wanted.connect(lambda: self.show_place("models"))
        self.models.model_shown.connect(self.model_weights.show_model)
        self.models.examples_wanted.connect(self._show_examples)
        self.models.runs_wanted.connect(lambda: self.show_place("runs"))
        self.models.projects_wanted.connect(self.files.compare)
        self.data_pane.enough.curve_wanted.connect(lambda: self.show_place("repeats", "growing"))
        self.data_pane.enough.leaving_out_wanted.connect(lambda: self.show_place("repeats", "loo"))
        self.runs.compared.connect(lambda: self.show_place("models"))
        self.runs.project_wanted.connect(self.files.restore)
        self.confusion.cell_chosen.connect(self._show_cell)
        self.why.layer_wanted.connect(lambda id: self.canvas.select((id,)))
        self.why.view_wanted.connect(self.show_place)

    def _connect(self) -> None:
        self.welcome.template_chosen.connect(self.files.new_from)
        self.welcome.project_chosen.connect(self.files.open_path)
        self.welcome.empty_chosen.connect(self.files.new_empty)
        self.welcome.open_wanted.connect(lambda name: self.files.handlers()[name]())
        self.welcome.back_wanted.connect(self.go_to_canvas)
        self.data_pane.browse.connect(self.files.data.open_file)
        self.data_pane.find_wanted.connect(self.files.data.find)
        self.data_pane.table_wanted.connect(self.files.ask_table)
        self.data_pane.pad_wanted.connect(self.files.show_pad)
        self.data_pane.examples_wanted.connect(self.files.browse_data)
        self.palette_pane.chosen.connect(self._add_layer)
        self.canvas.selection_changed.connect(self._selected)
        self.code.save_wanted.connect(self.actions_by_name["export_python"].trigger)
        self.canvas.layers_wanted.connect(self.offers.layers)
        self.canvas.replacement_wanted.connect(self.offers.replacements)
        self.canvas.settings_wanted.connect(lambda: self._edit_settings(self.form.edit_first))
        self.canvas.name_wanted.connect(lambda: self._edit_settings(self.form.edit_name))
        self.form.left.connect(self.canvas.setFocus)
        self.bridge.message.connect(self.show_message)
        allow_for(self.actions_by_name, 0)
        self.bridge.document.connect(self.refresh)
        self.bridge.status.connect(self.refresh)
        self.bridge.file.connect(self._file_changed)
        self.refresh()

    def _handlers(self) -> dict[str, Callable[[], object]]:
        session, files, look = self.session, self.files, self.look
        return {
            **self.canvas.handlers(),
            **files.handlers(),
            **time_handlers(self),
            "new": self.go_to_welcome,
            "quit": self.close,
            "undo": session.undo,
            "redo": session.redo,
            "commands": self.offers.everything,
            "theme": look.toggle,
            "present": look.present,
            "layout": look.reset_layout,
            "play": self._play,
            "step_batch": lambda: session.play("batch"),
            "step_epoch": lambda: session.play("epoch"),
            "reset": session.reset,
            "augment": lambda: open_augmentation(session, self.bridge, self),
            "head_start": lambda: open_head_start(self),
        }

    # What happens

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

    def _show_cell(self, truth: int, answer: int) -> None:
        """The examples behind a cell of the confusion matrix."""
        self._gallery().show_cell(truth, answer)

    def _show_examples(self, rows: NDArray[np.int64], words: str, answers: NDArray[Any] | None) -> None:
        """Examples of the validation part, what they are, and what the model that they were chosen for answered."""
        self._gallery().show_rows(rows, words, answers)

    def _play(self) -> None:
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
        self.welcome.restyle()
        self.pages.setCurrentWidget(self.welcome)
        for dock in self.docks.values():
            dock.hide()
        self.bar.hide()

    def show_message(self, words: str) -> None:
        """A problem in the colour of problems; it says so in words too."""
        color = theme_of().error if self.session.is_complaint else theme_of().text
        self._message.setStyleSheet(f"color: {color}")
        self._message.setText(words)

    def _add_layer(self, type_name: str) -> None:
        self.canvas.add_layer(type_name)
        self.canvas.setFocus()

    def _selected(self, ids: tuple[str, ...]) -> None:
        self.form.show_nodes(ids)
        if ids and self.session.status in ("ready", "problem"):  # nothing is learned yet: there is nothing inside
            self.right_tabs.suggest(LAYER)
        self.actions_by_name["delete"].setEnabled(bool(self.canvas.network.selectedItems()))
        self.actions_by_name["disconnect"].setEnabled(bool(self.canvas.network.selectedItems()))
        allow_for(self.actions_by_name, len(ids))

    def _edit_settings(self, begin: Callable[[], None]) -> None:
        """Bring the layer's form forward, and give it the keyboard."""
        if not self.look.shows("inside"):
            self.look.put_away("inside", False)
        self.right_tabs.ask(LAYER)
        begin()

    def _choose_right_tab(self) -> None:
        examples = self.session.examples
        if examples is not None and examples.dataset.kind == "points" and not self.canvas.selected():
            self.right_tabs.suggest(INSIDE)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """From the first page, Esc leads back to the project there is."""
        is_away = self.pages.currentWidget() is self.welcome and bool(self.session.document.graph.nodes)
        if event.key() == Qt.Key.Key_Escape and is_away:
            self.go_to_canvas()
        else:
            super().keyPressEvent(event)

    def _file_changed(self) -> None:
        self.canvas.select(())
        if self.session.document.graph.nodes or self.session.path is not None:
            self.go_to_canvas()
        self.canvas.fit()
        self.files.remember()
        self.refresh()

    def refresh(self) -> None:
        """Title, totals, and which actions there are now."""
        session = self.session
        name = session.path.stem if session.path is not None else session.document.name
        self.setWindowTitle(f"{name}[*] — {self.tr('Neural Network Playground')}")
        self.setWindowModified(session.is_modified)
        graph = session.document.graph
        self._totals.setText(network_figures(total(costs(graph, session.report)), len(graph.nodes)))
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
        self.bridge.stop()
        self.files.close()
        self.look.remember()
        if hasattr(self, "tune"):
            self.tune.end()
            self.repeats.end()
        end_head_start(self)
        self.session.close()
        event.accept()
