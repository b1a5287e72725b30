"""What checking says: problems with ways out, and the shapes that are known. Plain values; check.py finds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from playground.graph.edits import Edit
from playground.graph.model import NodeId
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
    """What each layer gives, as far as it is known."""
    problems: tuple[Problem, ...] = ()

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
