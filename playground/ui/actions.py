"""Every action once: menu, words, shortcut, icon. Menus, buttons and the command palette read this table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

from playground.ui.drawing import icon


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


SPECS = (
    Spec("new", "File", "New project…", "Ctrl+N", "file-plus", "Back to the first page, to choose another project"),
    Spec("open", "File", "Open project…", "Ctrl+O", "folder-open"),
    Spec("open_data", "File", "Open data…", "Ctrl+Shift+O", "database", "A table, arrays, or an MNIST-format folder"),
    Spec("save", "File", "Save", "Ctrl+S", "save", "Network, weights and curves go into one .nnplay file"),
    Spec("save_as", "File", "Save as…", "Ctrl+Shift+S"),
    Spec("picture", "File", "Save a picture of the window…"),
    Spec("quit", "File", "Quit", "Ctrl+Q"),
    Spec("undo", "Edit", "Undo", "Ctrl+Z", "undo-2"),
    Spec("redo", "Edit", "Redo", "Ctrl+Shift+Z; Ctrl+Y", "redo-2"),
    Spec("delete", "Edit", "Delete", "Del", "trash-2", "Delete the selection; the edges heal", True),
    Spec("select_all", "Edit", "Select all", "Ctrl+A", on_canvas=True),
    Spec("commands", "Edit", "All commands and layers…", "Ctrl+K", "command"),
    Spec("fit", "View", "Fit the network", "Ctrl+0", "maximize"),
    Spec("zoom_in", "View", "Zoom in", "Ctrl++", "zoom-in"),
    Spec("zoom_out", "View", "Zoom out", "Ctrl+-", "zoom-out"),
    Spec("arrange", "View", "Arrange from left to right", "Ctrl+L", "workflow"),
    Spec("arrange_down", "View", "Arrange from top to bottom", "Ctrl+Shift+L"),
    Spec("theme", "View", "Dark or light", "Ctrl+T", "moon"),
    Spec("present", "View", "Presentation mode", "F5", "presentation", "Large type, side panels away"),
    Spec("layout", "View", "Panels as they were at first"),
    Spec("play", "Train", "Play or pause", "Space", "play", "Train, or pause"),
    Spec("step_batch", "Train", "Step", "Right", "step-forward", "One batch: one step of gradient descent", True),
    Spec("step_epoch", "Train", "Step one epoch", "Shift+Right", "skip-forward", "All training data once", True),
    Spec("reset", "Train", "Reset", "Ctrl+R", "rotate-ccw", "Forget what was learned; the network stays"),
    Spec("keys", "Help", "Keyboard and mouse", "F1", "keyboard"),
    Spec("about", "Help", "About", "", "info"),
)
MENUS = ("File", "Edit", "View", "Train", "Help")


def make_actions(
    window: QMainWindow, canvas: QWidget, handlers: Mapping[str, Callable[[], object]]
) -> dict[str, QAction]:
    """The actions by name, wired and put into the window's menus."""
    made: dict[str, QAction] = {}
    menus = {name: window.menuBar().addMenu(_words(name)) for name in MENUS}
    for spec in SPECS:
        action = QAction(_words(spec.words), window)
        action.setObjectName(spec.name)
        if spec.shortcut:
            action.setShortcuts([QKeySequence(keys) for keys in spec.shortcut.split("; ")])
        key = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        about = _words(spec.tip) if spec.tip else _words(spec.words)
        action.setToolTip(f"{about} ({key})" if key else about)
        if spec.on_canvas:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            canvas.addAction(action)
        handler = handlers[spec.name]
        action.triggered.connect(lambda _=False, handler=handler: handler())
        menus[spec.menu].addAction(action)
        made[spec.name] = action
    restyle_actions(made)
    return made


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
        ("Ctrl+arrows", "nudge the selected layers"),
        ("drag from a port", "draw an edge; over nothing, choose a new layer there"),
        ("drop a layer on an edge", "insert it"),
        ("wheel, middle button", "zoom, move the paper"),
    )
    rows = [f"<tr><td><b>{keys}</b>&nbsp;&nbsp;</td><td>{words}</td></tr>" for keys, words in own + more]
    return f"<table>{''.join(rows)}</table>"


def _words(text: str) -> str:
    return QCoreApplication.translate("actions", text)
