"""What the window is made of, and what in it makes what else move: built at once, but for the plots, which come later.

Importing this brings most of the program, so main_window.py does it when the window's outline is on the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QLabel, QStackedWidget, QTabWidget, QToolBar, QVBoxLayout, QWidget

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
from playground.ui.head_start_dialog import open_head_start
from playground.ui.keeping import NewerWork
from playground.ui.look import LATE, Look
from playground.ui.offering import Offers
from playground.ui.panes.code import CodePane
from playground.ui.panes.data_pane import DataPane
from playground.ui.panes.layer_form import LayerForm, network_figures
from playground.ui.right_tabs import RightTabs
from playground.ui.run_bar import RunBar
from playground.ui.share import ShareButton
from playground.ui.time_travel import connect_time, time_handlers
from playground.ui.views.focus import Focus
from playground.ui.welcome import WelcomePage

if TYPE_CHECKING:
    from playground.ui.main_window import MainWindow


def build(window: MainWindow, project: Project | None) -> None:
    """Fill the window, but for the plots, which follow its first frame."""
    window.setAcceptDrops(True)
    window.session = Session(project.document if project is not None else None)
    if project is not None:
        window.session.start(project)
    window.bridge = Bridge(window.session, window, prepares=False)
    window.files = FileCommands(window, window.session)
    window.canvas = CanvasView(window.session, window.bridge)
    window.focus = Focus(window.session, window.bridge, window.canvas)
    window.offers = Offers(window)
    window.commands = window.offers.palette
    window.look = Look(window)
    window.actions_by_name = make_actions(
        window, window.canvas, {name: _moving_on(window, handler) for name, handler in _handlers(window).items()}
    )
    _build_places(window)
    _offer_panels(window)
    _connect(window)
    window.actions_by_name["minimap"].setChecked(window.canvas.overlays.minimap.is_wanted)
    window.actions_by_name["neurons"].setChecked(window.canvas.neurons.is_wanted)
    window.look.begin()
    window.go_to_canvas() if project is not None else window.go_to_welcome()
    window.plots = plots(window)
    FirstFrame(window.statusBar(), window.build_plots_in_turn)  # which nothing covers: then there is no paint event


def network_words(session: Session) -> str:
    """The whole network's parameters, multiply-adds and layers."""
    graph = session.document.graph
    return network_figures(total(costs(graph, session.report)), len(graph.nodes))


def _build_places(window: MainWindow) -> None:
    window.welcome = WelcomePage(waits=True)
    window.pages = QStackedWidget()
    window.pages.addWidget(window.welcome)
    window.pages.addWidget(window.canvas)
    window.setCentralWidget(window.pages)
    window.run_bar = RunBar(window.session, window.bridge, window.actions_by_name)
    window.bar = QToolBar(window.tr("Run"), movable=False)
    window.bar.setObjectName("run")
    window.bar.addWidget(window.run_bar)
    window.addToolBar(window.bar)
    window.data_pane = DataPane(window.session, window.bridge)
    window.palette_pane = LayerPalette()
    window.canvas.blocks_changed.connect(window.palette_pane.restyle)
    window.form = LayerForm(window.session, window.bridge)
    window.form.fix_chosen.connect(window.canvas.repair)
    window.right_tabs = RightTabs()
    window.right_tabs.addTab(window.form, window.tr("Layer"))
    window.code = CodePane(window.session, window.bridge, window.canvas)
    window.right_tabs.addTab(window.code, window.tr("Code"))
    window.below_tabs = QTabWidget(documentMode=True)
    window.below_tabs.setAccessibleName(window.tr("How it is going"))
    area = Qt.DockWidgetArea
    window.docks = {
        "inputs": _dock(window, "inputs", window.tr("Data and layers"), _left(window), area.LeftDockWidgetArea),
        "inside": _dock(window, "inside", window.tr("Selected"), window.right_tabs, area.RightDockWidgetArea),
        "below": _dock(window, "below", window.tr("Learning"), window.below_tabs, area.BottomDockWidgetArea),
    }
    window.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
    window.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.BottomDockWidgetArea)
    window.message_line = QLabel(textFormat=Qt.TextFormat.PlainText)
    window.message_line.setAccessibleName(window.tr("Message"))
    window.message_line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    window.newer = NewerWork(window.bridge)
    window.statusBar().addWidget(window.newer)
    window.statusBar().addWidget(window.message_line, 1)
    window.statusBar().addPermanentWidget(ShareButton(window.bridge))
    window.statusBar().setSizeGripEnabled(False)


def _left(window: MainWindow) -> QWidget:
    page = QWidget()
    page.setObjectName("place")
    column = QVBoxLayout(page)
    column.setContentsMargins(12, 10, 8, 10)
    column.setSpacing(8)
    window.totals = QLabel()
    window.totals.setProperty("role", "note")
    for words, widget, stretch in (
        (window.tr("DATA"), window.data_pane, 0),
        (window.tr("LAYERS"), window.palette_pane, 1),
        (window.tr("NETWORK"), window.totals, 0),
    ):
        heading = QLabel(words)
        heading.setProperty("role", "heading")
        column.addWidget(heading)
        column.addWidget(widget, stretch)
    return page


def _dock(window: MainWindow, name: str, title: str, widget: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
    dock = QDockWidget(title, window)
    dock.setObjectName(name)
    dock.setWidget(widget)
    dock.setTitleBarWidget(QWidget())
    window.addDockWidget(area, dock)
    return dock


def _offer_panels(window: MainWindow) -> None:
    """A tick for each panel in the View menu, and a command for each."""
    menu = menu_named(window, "View")
    assert menu is not None
    menu.addSeparator()
    for name, dock in window.docks.items():
        action = menu.addAction(window.tr("Panel “%1”").replace("%1", dock.windowTitle()))
        action.setCheckable(True)
        action.setChecked(True)
        action.triggered.connect(lambda _, name=name: window.look.put_away(name, window.look.shows(name)))
        menu.aboutToShow.connect(lambda name=name, action=action: action.setChecked(window.look.shows(name)))
        window.actions_by_name[f"panel_{name}"] = action


def _moving_on(window: MainWindow, handler: Callable[[], object]) -> Callable[[], object]:
    """A command ends what was said against the one before it."""

    def handle() -> object:
        window.session.move_on()
        return handler()

    return handle


def _handlers(window: MainWindow) -> dict[str, Callable[[], object]]:
    session, files, look = window.session, window.files, window.look
    return {
        **window.canvas.handlers(),
        **files.handlers(),
        **time_handlers(window),
        "new": window.go_to_welcome,
        "quit": window.close,
        "undo": session.undo,
        "redo": session.redo,
        "commands": window.offers.everything,
        "theme": look.toggle,
        "present": look.present,
        "layout": look.reset_layout,
        "play": window.play,
        "step_batch": lambda: session.play("batch"),
        "step_epoch": lambda: session.play("epoch"),
        "reset": session.reset,
        "augment": lambda: open_augmentation(session, window.bridge, window),
        "head_start": lambda: open_head_start(window),
    }


def _connect(window: MainWindow) -> None:
    window.welcome.template_chosen.connect(window.files.new_from)
    window.welcome.project_chosen.connect(window.files.open_path)
    window.welcome.empty_chosen.connect(window.files.new_empty)
    window.welcome.open_wanted.connect(lambda name: window.files.handlers()[name]())
    window.welcome.back_wanted.connect(window.go_to_canvas)
    window.data_pane.browse.connect(window.files.data.open_file)
    window.data_pane.find_wanted.connect(window.files.data.find)
    window.data_pane.table_wanted.connect(window.files.ask_table)
    window.data_pane.pad_wanted.connect(window.files.show_pad)
    window.data_pane.examples_wanted.connect(window.files.browse_data)
    window.palette_pane.chosen.connect(window.add_layer)
    window.canvas.selection_changed.connect(window.selected)
    window.code.save_wanted.connect(window.actions_by_name["export_python"].trigger)
    window.canvas.layers_wanted.connect(window.offers.layers)
    window.canvas.replacement_wanted.connect(window.offers.replacements)
    window.canvas.settings_wanted.connect(lambda: window.edit_settings(window.form.edit_first))
    window.canvas.name_wanted.connect(lambda: window.edit_settings(window.form.edit_name))
    window.form.left.connect(window.canvas.setFocus)
    window.bridge.message.connect(window.show_message)
    allow_for(window.actions_by_name, 0)
    window.bridge.document.connect(window.refresh)
    window.bridge.status.connect(window.refresh)
    window.bridge.file.connect(window.file_changed)
    window.refresh()


def plots(window: MainWindow) -> Generator[None]:
    """The curves and pictures, a piece at a time: what is in front at first, what else there is, what joins them.

    Imports that take long are within: pyqtgraph alone takes a quarter of a second.
    """
    for piece in (_curves, _inside, _tables, _trying, _searches):
        piece(window)
        yield
    _connect_panes(window)
    window.right_tabs.take_inside(window.inside)
    window.bridge.data.connect(window.choose_right_tab)
    window.choose_right_tab()
    window.bridge.prepare()


def _curves(window: MainWindow) -> None:
    from playground.ui.panes.compare import ComparePane
    from playground.ui.panes.curves import CurvePane
    from playground.ui.panes.learning import LearningPane
    from playground.ui.panes.why import WhyPane

    session, bridge = window.session, window.bridge
    window.loss, window.score = CurvePane(session, bridge, "loss"), CurvePane(session, bridge, "score")
    window.compare, window.why = ComparePane(session, bridge), WhyPane(session, bridge)
    window.learning = LearningPane(session, bridge)
    _fill(window, "loss", "score", "compare", "why")
    window.learning.restyle()
    window.docks["below"].setWidget(window.learning)


def _inside(window: MainWindow) -> None:
    from playground.ui.views.frame import Frame

    window.inside = Frame(window.focus)
    window.inside.show_view(window.inside.names[0])
    window.cards = CardPictures(window.focus, window.canvas)
    window.inside.restyle()
    window.cards.restyle()


def _tables(window: MainWindow) -> None:
    from playground.ui.panes.analyze import AnalyzePane
    from playground.ui.panes.confusion import ConfusionPane
    from playground.ui.panes.models import ModelsPane
    from playground.ui.panes.runs import RunsPane
    from playground.ui.views.model_weights import ModelWeights

    session, bridge = window.session, window.bridge
    window.confusion, window.models = ConfusionPane(session, bridge), ModelsPane(session, bridge)
    window.model_weights = ModelWeights()
    window.models.add_below(window.model_weights)
    window.runs, window.analyze = RunsPane(session, bridge), AnalyzePane(session, bridge, window.canvas)
    _fill(window, "confusion", "models", "runs", "analyze")


def _trying(window: MainWindow) -> None:
    from playground.ui.trying.pane import TryPane

    window.trying = TryPane(window.session, window.bridge)
    _fill(window, "trying")


def _searches(window: MainWindow) -> None:
    from playground.ui.panes.repeats import RepeatsPane
    from playground.ui.panes.tune import TunePane

    window.tune, window.repeats = TunePane(window.session, window.bridge), RepeatsPane(window.session, window.bridge)
    _fill(window, "tune", "repeats")


def _fill(window: MainWindow, *names: str) -> None:
    """Put those panes into their tabs."""
    for name in names:
        pane = getattr(window, name)
        if name in LATE:
            pane.restyle()
        window.learning.fill(name, pane)


def _connect_panes(window: MainWindow) -> None:
    """What a choice in one pane does in another."""
    connect_time(window)
    window.canvas.unroll_wanted.connect(lambda: window.show_place("unrolled"))
    window.why.counted.connect(window.learning.count)
    window.compare.all_wanted.connect(lambda: window.show_place("models"))
    window.models.model_shown.connect(window.model_weights.show_model)
    window.models.examples_wanted.connect(window.show_examples)
    window.models.runs_wanted.connect(lambda: window.show_place("runs"))
    window.models.projects_wanted.connect(window.files.compare)
    window.data_pane.enough.curve_wanted.connect(lambda: window.show_place("repeats", "growing"))
    window.data_pane.enough.leaving_out_wanted.connect(lambda: window.show_place("repeats", "loo"))
    window.runs.compared.connect(lambda: window.show_place("models"))
    window.runs.project_wanted.connect(window.files.restore_run)
    window.confusion.cell_chosen.connect(window.show_cell)
    window.why.layer_wanted.connect(lambda id: window.canvas.select((id,)))
    window.why.view_wanted.connect(window.show_place)
