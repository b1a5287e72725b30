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


class Examined(Protocol):
    """A final exam that was sat."""

    @property
    def told(self) -> str:
        """When, and what was found, in a few sentences."""

    @property
    def rows(self) -> Sequence[tuple[str, str, str]]:
        """The network and the baselines: model, score, 95 % interval."""


class Kept(Protocol):
    """A description with what was learned so far."""

    @property
    def document(self) -> Described: ...

    @property
    def checkpoint(self) -> Checkpoint | None: ...

    @property
    def epochs(self) -> Sequence[EpochDone]: ...
