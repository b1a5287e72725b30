"""What checking says: problems with ways out, and the shapes that are known. Plain values; check.py finds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from playground.graph.edits import Edit
from playground.graph.model import Graph, NodeId
from playground.graph.price import Cost, cost_of_one
from playground.layers.shape import Shape, Signature

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


@dataclass(frozen=True, slots=True)
class Asked:
    """What a network was checked for."""

    signature: Signature | None = None
    batch: int | None = None
    memory: int | None = None


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
    graph: Graph | None = None
    """The network that was checked."""
    asked: Asked = field(default_factory=Asked)

    @cached_property
    def costs(self) -> Mapping[NodeId, Cost]:
        """What each of these layers costs, copies in repeated blocks by their own ids."""
        nodes = self.written_out.nodes
        return {
            id: cost_of_one(nodes[id], shape, self.given[id], self.times.get(id, 1))
            for id, shape in self.shapes.items()
        }

    @cached_property
    def total(self) -> Cost:
        """What the whole network costs."""
        return sum(self.costs.values(), Cost())

    @cached_property
    def by_node(self) -> Mapping[NodeId | None, tuple[Problem, ...]]:
        """The problems by the layer that has them."""
        found: dict[NodeId | None, tuple[Problem, ...]] = {}
        for problem in self.problems:
            found[problem.node] = (*found.get(problem.node, ()), problem)
        return found

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def ok(self) -> bool:
        """Whether the network can be trained."""
        return not self.errors

    def of(self, id: NodeId) -> tuple[Problem, ...]:
        """The problems of one layer."""
        return self.by_node.get(id, ())
