"""What is handed over: a project as far as these modules look at it. playground.app's Document and Project are such.

Nothing is imported from playground.app, which stands above this package.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from playground.data.dataset import DataChoice
from playground.engine.checkpoint import Checkpoint
from playground.engine.events import EpochDone
from playground.engine.recipe import Recipe
from playground.graph.model import Graph, NodeId


class Described(Protocol):
    """What a network is, what it learns from, and how."""

    @property
    def name(self) -> str: ...

    @property
    def graph(self) -> Graph: ...

    @property
    def positions(self) -> Mapping[NodeId, tuple[float, float]]: ...

    @property
    def data(self) -> DataChoice: ...

    @property
    def recipe(self) -> Recipe: ...


class Kept(Protocol):
    """A description with what was learned so far."""

    @property
    def document(self) -> Described: ...

    @property
    def checkpoint(self) -> Checkpoint | None: ...

    @property
    def epochs(self) -> Sequence[EpochDone]: ...
