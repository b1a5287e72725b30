"""Every action once: menu, words, shortcut, icon. Menus, buttons and the command palette read this table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

from playground.ui.drawing import icon
from playground.ui.form import taking_typed


@dataclass(frozen=True)
class Spec:
    """One action."""

    name: str
    menu: str
    words: str
    shortcut: str = ""
    icon: str = ""
    tip: str = ""
    on_canvas: bool = False
    """Whether its shortcut counts only while the canvas has the focus: other widgets need those keys themselves."""
    least: int = 0
    """Selected layers below which there is nothing to do."""
    most: int = 10**9
    is_switch: bool = False
    """Whether it is on or off, with a tick in the menu."""
    needs: str = ""
    """A package without which it is not shown. It is looked for, not imported."""


SPECS = (
    Spec("new", "File", "New project…", "Ctrl+N", "file-plus", "Back to the first page, to choose another project"),
    Spec("open", "File", "Open project…", "Ctrl+O", "folder-open"),
    Spec("open_data", "File", "Open data…", "Ctrl+Shift+O", "database", "A table, arrays, series or a text"),
    Spec("open_folder", "File", "Open a folder of data…", "", "", "Images or texts, a folder a class; MNIST's files"),
    Spec("browse", "File", "Browse the data", "Ctrl+Shift+D", "", "Examples, columns and classes; put labels right"),
    Spec("follow", "File", "Follow a run…", "", "", "The curves of a run elsewhere, from train --events' file"),
    Spec("save", "File", "Save", "Ctrl+S", "save", "Network, weights and curves go into one .nnplay file"),
    Spec("save_as", "File", "Save as…", "Ctrl+Shift+S"),
    Spec("save_with_data", "File", "Save with its data…", "", "", "For somebody else: your data file goes into it"),
    Spec("import", "File", "Import…", "", "", "A model as ONNX or exported Python, or weights as safetensors"),
    Spec("export_python", "File/Export", "Python…", "", "", "Plain PyTorch, with weights and examples beside it"),
    Spec("export_onnx", "File/Export", "ONNX…", "", "", "For other programs; compared with torch"),
    Spec("export_weights", "File/Export", "Weights…", "", "", "As safetensors, under the layers' names"),
    Spec("export_report", "File/Export", "Report…", "", "", "One page: network, data, curves, scores beside baselines"),
    Spec("export_card", "File/Export", "Model card…", "", "", "The same in Markdown, with room for intended use"),
    Spec("export_picture", "File/Export", "Network as a picture…", "", "", "The whole network as SVG, PDF or PNG"),
    Spec("export_curves", "File/Export", "Curves…", "", "", "As CSV: a row an epoch"),
    Spec(
        "export_tensorboard",
        "File/Export",
        "TensorBoard…",
        tip="A folder with the curves, the weights' histograms and a model card",
        needs="tensorboard",
    ),
    Spec("picture", "File", "Save a picture of the window…"),
    Spec("quit", "File", "Quit", "Ctrl+Q"),
    Spec("undo", "Edit", "Undo", "Ctrl+Z", "undo-2"),
    Spec("redo", "Edit", "Redo", "Ctrl+Shift+Z; Ctrl+Y", "redo-2"),
    Spec("cut", "Edit", "Cut", "Ctrl+X", "", "Copy the selected layers and take them out; the edges heal", True, 1),
    Spec("copy", "Edit", "Copy", "Ctrl+C", "", "The selected layers, as text for this or another window", True, 1),
    Spec("paste", "Edit", "Paste", "Ctrl+V", "", "Layers that were copied, here or in another window", True),
    Spec("duplicate", "Edit", "Duplicate", "Ctrl+D", "", "A copy of the selected layers beside them", True, 1),
    Spec("delete", "Edit", "Delete", "Del", "trash-2", "Delete the selection; the edges heal", True),
    Spec("select_all", "Edit", "Select all", "Ctrl+A", on_canvas=True),
    Spec("find", "Edit", "Find a layer…", "Ctrl+F", "search", "By its name, kind or settings"),
    Spec("commands", "Edit", "All commands and layers…", "Ctrl+K", "command"),
    Spec("note", "Edit", "Add a note", "N", "", "A remark on the paper", True),
    Spec("add_after", "Layer", "Add a layer after it…", "A", "plus", "Wired behind the selected layer", True),
    Spec(
        "settings", "Layer", "Change settings", "Return", "", "The keyboard goes to the settings; Esc returns", True, 1
    ),
    Spec("unroll", "Layer", "Unroll in time", "", "", "States and gates of the layer over the steps of an example"),
    Spec("next_unit", "Layer", "Next unit", "]", "", "Look at the layer's next unit, in all views", True, 1, 1),
    Spec("previous_unit", "Layer", "Previous unit", "[", "", "Look at the unit before it", True, 1, 1),
    Spec(
        "next_link", "Layer", "Next link", ".", "", "A weight between neurons on the paper; Up and Down change it", True
    ),
    Spec("previous_link", "Layer", "Previous link", ",", "", "The weight before it", True),
    Spec("rename", "Layer", "Rename", "F2", "", "The keyboard goes to the layer's name", True, 1, 1),
    Spec("replace", "Layer", "Replace by…", "R", "", "Another kind of layer with the same wires", True, 1),
    Spec("swap", "Layer", "Swap two layers", "S", "", "The two selected layers change places", True, 2, 2),
    Spec("disconnect", "Layer", "Disconnect", "", "", "Take the edges of the selected layers away", False),
    Spec(
        "group",
        "Layer",
        "Group into a block",
        "Ctrl+G",
        "",
        "The selected layers become one part of the network",
        True,
        1,
    ),
    Spec("ungroup", "Layer", "Ungroup", "Ctrl+Shift+G", "", "Take the block apart; its layers stay", True, 1),
    Spec("fold", "Layer", "Fold or unfold the block", "Ctrl+E", "", "One card, or its layers", True, 1),
    Spec("keep_block", "Layer", "Keep as a block…", "", "", "Put the selected layers into the palette", False, 1),
    Spec("align_left", "Layer/Align", "Left edges", least=2),
    Spec("align_centre", "Layer/Align", "Centres, one above the other", least=2),
    Spec("align_right", "Layer/Align", "Right edges", least=2),
    Spec("align_top", "Layer/Align", "Upper edges", least=2),
    Spec("align_middle", "Layer/Align", "Middles, side by side", least=2),
    Spec("align_bottom", "Layer/Align", "Lower edges", least=2),
    Spec("distribute_across", "Layer/Align", "Even gaps across", least=3),
    Spec("distribute_down", "Layer/Align", "Even gaps down", least=3),
    Spec("fit", "View", "Fit the network", "Ctrl+0", "maximize"),
    Spec(
        "fit_selection",
        "View",
        "Fit the selection",
        "Z; Ctrl+Shift+0",
        "",
        "The selected layers, as large as they fit",
        True,
    ),
    Spec("zoom_in", "View", "Zoom in", "Ctrl++", "zoom-in"),
    Spec("zoom_out", "View", "Zoom out", "Ctrl+-", "zoom-out"),
    Spec("arrange", "View", "Arrange from left to right", "Ctrl+L", "workflow"),
    Spec("arrange_down", "View", "Arrange from top to bottom", "Ctrl+Shift+L"),
    Spec("minimap", "View", "Map in the corner", tip="Where the network is larger than the canvas", is_switch=True),
    Spec(
        "neurons",
        "View",
        "Neurons on the paper",
        "U",
        "",
        "Dense layers of up to 12 units in a problem of two inputs as neurons, with their weights as links",
        True,
        is_switch=True,
    ),
    Spec("theme", "View", "Dark or light", "Ctrl+T", "moon"),
    Spec("present", "View", "Presentation mode", "F5", "presentation", "Large type, side panels away"),
    Spec("layout", "View", "Panels as they were at first"),
    Spec("play", "Train", "Play or pause", "Space", "play", "Train, or pause"),
    Spec("step_batch", "Train", "Step", "Right", "step-forward", "One batch: one step of gradient descent", True),
    Spec("step_epoch", "Train", "Step one epoch", "Shift+Right", "skip-forward", "All training data once", True),
    Spec("reset", "Train", "Reset", "Ctrl+R", "rotate-ccw", "Forget what was learned; the network stays"),
    Spec(
        "augment",
        "Train",
        "Augmentation…",
        "Ctrl+Shift+A",
        "image",
        "Change the training examples at random: shift, turn, noise, mixup; with a preview",
    ),
    Spec(
        "head_start",
        "Train",
        "Head start…",
        "",
        "",
        "Begin with another project's weights, without labels, or with its own sure answers; beside a run from nothing",
    ),
    Spec("time_back", "Train/Time", "One moment back", "Ctrl+[", "", "All panes show the network as it was before"),
    Spec("time_forth", "Train/Time", "One moment forth", "Ctrl+]"),
    Spec("time_now", "Train/Time", "Back to now", "", "", "All panes show the present again"),
    Spec("time_play", "Train/Time", "Play the past back", "", "", "From the beginning to now, in ten seconds"),
    Spec("time_resume", "Train/Time", "Resume from here", "", "", "Training goes on from the moment looked at"),
    Spec("time_fork", "Train/Time", "Fork from here", "", "", "Another project begins at the moment looked at"),
    Spec("time_compare", "Train/Time", "Compare two times…", "", "", "Scores, and how far each layer's weights moved"),
    Spec("time_film", "Train/Time", "Export the past as a film…", "", "", "The window as it was, a picture a moment"),
    Spec("exam", "Train", "Final exam…", "", "lock", "Score the locked test part, when everything is chosen"),
    Spec("keys", "Help", "Keyboard and mouse", "F1", "keyboard"),
    Spec("report", "Help", "Report a problem…", "", "", "A text of what happened last, with nothing private in it"),
    Spec("about", "Help", "About", "", "info"),
)
MENUS = ("File", "Edit", "Layer", "View", "Train", "Help")
BY_NAME = {spec.name: spec for spec in SPECS}


def make_actions(
    window: QMainWindow, canvas: QWidget, handlers: Mapping[str, Callable[[], object]]
) -> dict[str, QAction]:
    """The actions by name, wired and put into the window's menus."""
    made: dict[str, QAction] = {}
    menus: dict[str, QMenu] = {name: window.menuBar().addMenu(_words(name)) for name in MENUS}
    for spec in SPECS:
        if spec.needs and find_spec(spec.needs) is None:
            continue
        action = QAction(_words(spec.words), window)
        action.setObjectName(spec.name)
        if spec.shortcut:
            action.setShortcuts([QKeySequence(keys) for keys in spec.shortcut.split("; ")])
        key = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        about = _words(spec.tip) if spec.tip else _words(spec.words)
        action.setToolTip(f"{about} ({key})" if key else about)
        if spec.on_canvas:
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            canvas.addAction(action)
        handler = handlers[spec.name]
        if spec.menu == "Train":
            handler = taking_typed(handler)
        action.triggered.connect(lambda _=False, handler=handler: handler())
        action.setCheckable(spec.is_switch)
        outer, _, inner = spec.menu.partition("/")
        if spec.menu not in menus:
            menus[spec.menu] = menus[outer].addMenu(_words(inner))
        menus[spec.menu].addAction(action)
        made[spec.name] = action
    restyle_actions(made)
    return made


def titled(name: str) -> str:
    """An action's words with its first key behind a tab, as context menus show it."""
    spec = BY_NAME[name]
    keys = QKeySequence(spec.shortcut.split("; ")[0]).toString(QKeySequence.SequenceFormat.NativeText)
    return f"{_words(spec.words)}\t{keys}" if keys else _words(spec.words)


def allow_for(actions: Mapping[str, QAction], selected: int) -> None:
    """Only what makes sense for so many selected layers can be chosen."""
    for spec in SPECS:
        if spec.least:
            actions[spec.name].setEnabled(spec.least <= selected <= spec.most)


def restyle_actions(actions: Mapping[str, QAction]) -> None:
    """Icons in the present theme's colour."""
    for spec in SPECS:
        if spec.icon:
            actions[spec.name].setIcon(icon(spec.icon))


def menu_named(window: QMainWindow, name: str) -> QMenu | None:
    """One of the window's menus."""
    for action in window.menuBar().actions():
        menu = action.menu()
        if action.text() == _words(name) and isinstance(menu, QMenu):
            return menu
    return None


def keys_page() -> str:
    """What the hands can do, as rich text."""
    own = tuple((spec.shortcut.replace(";", ","), spec.words) for spec in SPECS if spec.shortcut)
    more = (
        ("Tab, Shift+Tab", "walk the network along its edges"),
        ("Alt+Right, Alt+Left", "go to the next layer along an edge, or back"),
        ("Alt+Up, Alt+Down", "go to the next branch, or the next card there"),
        ("Ctrl+arrows", "nudge the selected layers"),
        ("W", "draw a wire: Tab chooses where to, Enter draws it"),
        ("Shift or Ctrl and click", "select several; drag over the paper for all in a frame"),
        ("drag a link between neurons", "change its weight; Up and Down once it is chosen"),
        ("drag from a port", "draw an edge; over nothing, choose a new layer there"),
        ("drop a layer on an edge", "insert it"),
        ("right click", "what can be done with a layer, an edge, the paper"),
        ("wheel, middle button", "zoom, move the paper"),
    )
    rows = [f"<tr><td><b>{keys}</b>&nbsp;&nbsp;</td><td>{words}</td></tr>" for keys, words in own + more]
    return f"<table>{''.join(rows)}</table>"


def _words(text: str) -> str:
    return QCoreApplication.translate("actions", text)
