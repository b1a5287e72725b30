from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt

from playground.graph.model import Edge
from playground.layers.dense import Dense
from playground.layers.merge import Add
from playground.ui.canvas.palette import LayerPalette
from tests_ui_canvas import CHAIN, Hand

FIRST, SECOND, THIRD = CHAIN.edges


def edges(view) -> set[Edge]:
    return set(view.session.document.graph.edges)


def assert_undoes_in_one_step(view) -> None:
    """Undo gives back the document before, redo the one after, and the items follow."""
    after = view.session.document
    assert view.session.undo()
    assert view.session.document.graph == CHAIN or "relu1" in view.session.document.graph.nodes
    assert set(view.network.nodes) == set(view.session.document.graph.nodes)
    assert set(view.network.edges) == set(view.session.document.graph.edges)
    assert view.session.redo()
    assert view.session.document == after
    assert set(view.network.edges) == set(after.graph.edges)
