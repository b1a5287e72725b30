"""What checking says: problems with ways out, and the shapes that are known. Plain values; check.py finds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from playground.graph.edits import Edit
from playground.graph.model import Graph, NodeId
from playground.layers.shape import Shape

Severity = Literal["error", "warning", "hint"]


@dataclass(frozen=True, slots=True)
class Fix:
    """A way out of a problem: ordinary edits, made at one click."""

    label: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with the network, or with one layer of it. Only errors stand in the way of training."""

    node: NodeId | None
    text: str
    severity: Severity = "error"
    fixes: tuple[Fix, ...] = ()


@dataclass(frozen=True)
class Report:
    """All that checking found out."""

    shapes: Mapping[NodeId, Shape] = field(default_factory=dict)
    """What each layer gives, as far as it is known; copies in repeated blocks too, by their own ids (conv1.2)."""
    problems: tuple[Problem, ...] = ()
    given: Mapping[NodeId, tuple[Shape | None, ...]] = field(default_factory=dict)
    """What each of these layers is asked with, a port after the other; in a loop and for films, one step of it."""
    times: Mapping[NodeId, int] = field(default_factory=dict)
    """How often a layer works for one example, where that is not once."""
    written_out: Graph = field(default_factory=Graph)
    """The network with repeated blocks written out, which is the one that is computed."""

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def ok(self) -> bool:
        """Whether the network can be trained."""
        return not self.errors

    def of(self, id: NodeId) -> tuple[Problem, ...]:
        """The problems of one layer."""
        return tuple(problem for problem in self.problems if problem.node == id)
