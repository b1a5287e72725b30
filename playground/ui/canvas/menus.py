"""What a right click on the canvas offers: on a card, on several, on an edge, on the paper.

The words and keys are those of actions.py; what each does is in editing.py and view.py.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QPointF
from PySide6.QtWidgets import QMenu

from playground.app.adding import Spot
from playground.graph.edits import Disconnect
from playground.graph.folding import block_with
from playground.graph.loops import handing_on
from playground.graph.model import Edge
from playground.graph.repeat import inside
from playground.ui.actions import titled
from playground.ui.canvas.edge_item import EdgeItem
from playground.ui.canvas.editing import SIDES
from playground.ui.canvas.gestures import snapped
from playground.ui.canvas.node_item import NodeItem

if TYPE_CHECKING:
    from playground.ui.canvas.view import CanvasView

MOST_FIXES = 3


def menu_at(view: CanvasView, place: QPointF) -> QMenu:
    """The menu for what is at a place of the scene, which is selected first if it is not."""
    item = view.network.node_near(place)
    if item is not None:
        if not item.isSelected():
            view.select((item.id,))
        single = view.network.selected_cards() == (item.id,) and item.id not in view.network.view.folded
        return _card_menu(view, item) if single else _selection_menu(view)
    frame = view.network.frame_near(place)
    if frame is not None:
        view.select(inside(view.session.document.graph, frame.id))
        return _selection_menu(view)
    edge = view.network.edge_near(place)
    if edge is not None:
        return _edge_menu(view, edge)
    view.select(())
    return _paper_menu(view, place)


def _card_menu(view: CanvasView, item: NodeItem) -> QMenu:
    menu = _Menu(view)
    for problem in item.problems:
        for fix in problem.fixes[:MOST_FIXES]:
            menu.add(fix.label, partial(view.repair, fix))
    if item.problems:
        menu.addSeparator()
    menu.offer("settings", "rename", "|")
    if item.layer.gives_output:
        menu.offer("add_after")
    menu.offer("replace", "|", "cut", "copy", "paste", "duplicate", "delete")
    graph = view.session.document.graph
    if graph.incoming[item.id] or graph.outgoing[item.id]:
        menu.offer("disconnect")
    if item.id in handing_on(graph):
        menu.offer("|", "unroll")
    menu.offer("|", "group")
    if item.id in graph.block_of:
        menu.offer("fold", "ungroup")
    menu.offer("|", *(("next_unit", "neurons") if item.neurons else ()), "fit_selection")
    return menu


def _selection_menu(view: CanvasView) -> QMenu:
    menu, count = _Menu(view), len(view.network.selected_cards())
    is_block = block_with(view.session.document.graph, view.selected()) is not None
    menu.offer(*(("fold", "ungroup") if is_block else ("group",)), "keep_block", "|", "settings")
    if not is_block:
        menu.offer("replace")
    if len(view.selected()) == 2:
        menu.offer("swap")
    menu.offer("|", "cut", "copy", "paste", "duplicate", "delete", "disconnect", "|")
    inner = menu.inner(QCoreApplication.translate("menus", "Align"))
    inner.offer(*(f"align_{side}" for side in SIDES))
    if count > 2:
        inner.offer("|", "distribute_across", "distribute_down")
    menu.offer("fit_selection")
    return menu


def _edge_menu(view: CanvasView, item: EdgeItem) -> QMenu:
    view.select_edge(item)
    edge: Edge = item.edge
    menu = _Menu(view)
    insert = QCoreApplication.translate("menus", "Insert a layer here…")
    menu.add(insert, lambda: view.layers_wanted.emit(Spot(edge=edge)))
    menu.addSeparator()
    menu.add(Disconnect(edge).label, partial(view.editing.cut_edges, (edge,)))
    graph = view.session.document.graph
    for end in (edge.source, edge.target):
        words = QCoreApplication.translate("menus", "Select %1").replace("%1", f"{graph.nodes[end].heading} · {end}")
        menu.add(words, partial(view.select, (end,)))
    return menu


def _paper_menu(view: CanvasView, place: QPointF) -> QMenu:
    menu = _Menu(view)
    corner = (snapped(place.x()), snapped(place.y()))
    words = QCoreApplication.translate("menus", "Add a layer here…")
    menu.add(words, lambda: view.layers_wanted.emit(Spot(place=corner)))
    menu.add(QCoreApplication.translate("menus", "Add a note here"), lambda: view.add_note(corner))
    menu.offer("paste", "|", "select_all", "find", "|", "fit", "arrange", "arrange_down", "neurons")
    return menu


class _Menu(QMenu):
    """A menu of the canvas's own commands, gone when it is closed; those within another go with it."""

    def __init__(self, view: CanvasView, title: str = "", outer: QMenu | None = None) -> None:
        super().__init__(title, outer or view)
        self._view, self._handlers = view, view.handlers()
        if outer is None:
            self.aboutToHide.connect(self.deleteLater)

    def add(self, words: str, run: Callable[[], object]) -> None:
        self.addAction(words.replace("&", "&&")).triggered.connect(lambda _=False: run())

    def offer(self, *names: str) -> None:
        """Commands by their actions' names; a bar separates."""
        for name in names:
            if name == "|":
                self.addSeparator()
                continue
            run = self._handlers[name]
            action = self.addAction(titled(name))
            action.setObjectName(name)
            action.triggered.connect(lambda _=False, run=run: run())

    def inner(self, title: str) -> _Menu:
        made = _Menu(self._view, title, self)
        self.addMenu(made)
        return made
