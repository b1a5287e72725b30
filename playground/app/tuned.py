"""What comparing and searching have found, put into the project as one step that can be undone."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from typing import Any

from playground.app.document import Document, DocumentProblem
from playground.app.varying import with_params
from playground.engine.recipe import Recipe
from playground.graph.model import Graph
from playground.selection.space import Params


@dataclass(frozen=True)
class UseSettings:
    """Take over the settings of a trial."""

    params: Params = field(hash=False)
    label: str = "use the settings found"
    merge_key: Hashable | None = None

    def apply(self, document: Document) -> Document:
        try:
            return with_params(document, self.params)
        except DocumentProblem:  # a layer that is gone since
            return document


@dataclass(frozen=True)
class OpenNeuron:
    """A baseline as a network, with the recipe that leads to its solution."""

    graph: Graph
    recipe: tuple[tuple[str, Any], ...]
    title: str
    merge_key: Hashable | None = None

    @property
    def label(self) -> str:
        return f"open {self.title.lower()} as a neuron"

    def apply(self, document: Document) -> Document:
        recipe = Recipe.model_validate({**document.recipe.model_dump(), **dict(self.recipe)})
        return replace(document, graph=self.graph, positions={}, recipe=recipe).placed()
