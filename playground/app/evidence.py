"""What was measured of a run, and the form of what can be said about it. Knows no Qt and no torch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from playground.app.document import Document
from playground.app.experiments import Experiment
from playground.data.dataset import Examples
from playground.data.suspicions import Suspicions
from playground.engine.epochs import Epochs
from playground.engine.events import Reason
from playground.graph.model import NodeId

if TYPE_CHECKING:
    from playground.insight.checkup import LayerCheck
    from playground.selection.outcome import Comparison


@dataclass(frozen=True, eq=False)
class Evidence:
    """What was measured. Everything may be missing."""

    document: Document
    examples: Examples | None = None
    epochs: Epochs = field(default_factory=Epochs)
    reason: Reason | None = None
    """Why the run ended, if it did."""
    comparison: Comparison | None = None
    suspicions: Suspicions | None = None
    layers: Mapping[NodeId, LayerCheck] = field(default_factory=dict)
    gradient: float = 0.0
    """Length of the whole gradient, over a fixed batch."""


@dataclass(frozen=True)
class Advice:
    """One thing that stands out: what is seen, why that matters, and what to try."""

    kind: str
    """Stable name of the rule, as in "over-fitting"."""
    seen: str
    """One sentence with the figures."""
    why: str
    """What it means, and what helps, in a sentence or two."""
    experiments: tuple[Experiment, ...] = ()
    layer: NodeId | None = None


Rule = Callable[[Evidence], Iterator[Advice]]
