"""Weights that earlier documents had, so that Undo brings them back with the network they belong to.

A bounded memory by graph and data: the weights, optimiser and curves of the moment at which an edit left them. What is
carried into a run that goes on is in carried.py. Knows no torch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playground.app.carried import Carried
from playground.app.document import Document
from playground.app.edit_marks import Mark
from playground.app.sitting import Sitting
from playground.data.dataset import DataChoice
from playground.engine.epochs import Epochs
from playground.graph.model import Graph
from playground.layers.layer import Weighted

MOST = 12
"""Documents whose weights are remembered,"""
MOST_BYTES = 256 * 2**20
"""and bytes that they take; the last one is always kept."""


@dataclass(frozen=True, eq=False)
class Moment:
    """What a document had learned when it was left."""

    document: Document
    learned: Carried
    epochs: Epochs
    """Those still on their way are added when they come."""
    offset: int = 0
    """Epochs of earlier runs on the same curves."""
    marks: tuple[Mark, ...] = ()
    exam: Sitting | None = None
    """The latest that was sat by then."""

    def for_recipe(self, document: Document) -> Carried:
        """To go on exactly from there; with another recipe, with what fits."""
        return self.learned if document.recipe == self.document.recipe else self.learned.changed()

    @property
    def bytes(self) -> int:
        """Of weights and optimiser; 0 while they are still on their way."""
        checkpoint = self.learned.checkpoint
        if not checkpoint.done() or checkpoint.cancelled() or checkpoint.exception() is not None:
            return 0
        return sum(value.nbytes for value in checkpoint.result().tensors.values())


class Remembered:
    """The latest moments, the oldest first."""

    def __init__(self) -> None:
        self._moments: list[Moment] = []

    def turn(
        self, before: Document, after: Document, left: Callable[[], Moment | None], goes_back: bool
    ) -> tuple[Moment | None, Moment | None]:
        """One document takes another's place: what was learned of it; and on the way back, what there was before."""
        if after.graph is before.graph and after.data == before.data:
            return None, None
        moment = left()
        if moment is not None:
            self.keep(moment)
        return moment, self.of(after) if goes_back else None

    def keep(self, moment: Moment) -> None:
        """Remember a document that is left, in place of what was known of it."""
        self._moments = [each for each in self._moments if not _is_same(each.document, moment.document)]
        self._moments.append(moment)
        while len(self._moments) > 1 and self._are_many():
            del self._moments[0]

    def of(self, document: Document) -> Moment | None:
        """What that network had learned of those data."""
        return next((each for each in reversed(self._moments) if _is_same(each.document, document)), None)

    def _are_many(self) -> bool:
        return len(self._moments) > MOST or sum(each.bytes for each in self._moments) > MOST_BYTES


def _is_same(one: Document, other: Document) -> bool:
    """Whether weights of one are weights of the other: the very same graph value, as Undo brings it back."""
    return one.graph is other.graph and one.data == other.data


def differ_in_labels(one: DataChoice, other: DataChoice) -> bool:
    """Whether two choices are of the same examples with some labels put right: what was learned still fits."""
    return one != other and one.model_copy(update={"corrections": other.corrections}) == other


def have_weights_in_common(one: Graph, other: Graph) -> bool:
    """Whether a layer with weights is in both, perhaps under another name: an edit leaves some of what was learned."""
    return any(
        (id in other.nodes and other.nodes[id].type == layer.type) or layer in other.nodes.values()
        for id, layer in one.nodes.items()
        if isinstance(layer, Weighted)
    )
