"""In which order a network computes, when some of its edges carry the previous time step.

Layers that feed each other through feedback edges form a loop, which is stepped through time as one; every other
layer works on whole sequences. Knows no shapes: what a loop's layers make of a step is asked in shapes.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from playground.graph.model import Graph, NodeId


@dataclass(frozen=True, slots=True)
class Stage:
    """One layer, or the layers of one loop in the order of computing a step."""

    nodes: tuple[NodeId, ...]
    is_loop: bool = False


def stages(graph: Graph) -> tuple[Stage, ...]:
    """From input to output; what is on or behind a loop without a feedback edge is missing.

    A feedback edge that closes no loop is a stage's input as any other: its source comes first.
    """
    if not graph.feedback:
        return tuple(Stage((id,)) for id in graph.order)
    place = {id: number for number, id in enumerate(graph.order)}
    known = [id for id in graph.order if all(e.source in place for e in graph.feedback if e.target == id)]
    found = _components(graph, known)
    returning = {(edge.source, edge.target) for edge in graph.feedback}
    made = []
    for component in found:
        inner = tuple(sorted(component, key=place.__getitem__))
        is_loop = len(inner) > 1 or (inner[0], inner[0]) in returning
        made.append(Stage(inner, is_loop))
    return tuple(made)


def _components(graph: Graph, nodes: Iterable[NodeId]) -> list[list[NodeId]]:
    """Strongly connected components, sources first. Source: Kosaraju's algorithm in Sharir 1981."""
    onwards: dict[NodeId, list[NodeId]] = {id: [] for id in nodes}
    back: dict[NodeId, list[NodeId]] = {id: [] for id in onwards}
    for edge in graph.edges:
        if edge.source in onwards and edge.target in onwards:
            onwards[edge.source].append(edge.target)
            back[edge.target].append(edge.source)
    found: list[list[NodeId]] = []
    seen: set[NodeId] = set()
    for root in reversed(_finished(onwards, onwards, set())):
        if root not in seen:
            found.append(_finished([root], back, seen))
    return found


def _finished(roots: Iterable[NodeId], next_: Mapping[NodeId, list[NodeId]], seen: set[NodeId]) -> list[NodeId]:
    """All that can be reached and was not seen, in the order in which a depth-first search leaves it."""
    left: list[NodeId] = []
    for root in roots:
        if root in seen:
            continue
        seen.add(root)
        stack = [(root, iter(next_[root]))]
        while stack:
            _, rest = stack[-1]
            onward = next((other for other in rest if other not in seen), None)
            if onward is None:
                left.append(stack.pop()[0])
            else:
                seen.add(onward)
                stack.append((onward, iter(next_[onward])))
    return left


def handing_on(graph: Graph) -> list[NodeId]:
    """Layers that hand a state to the next time step: recurrent ones, then those in a loop, a feedback edge's first."""
    recurrent = [id for id, layer in graph.nodes.items() if layer.family == "recurrent" and layer.final_state()]
    fed = {edge.source for edge in graph.feedback}
    looped = [id for stage in stages(graph) if stage.is_loop for id in stage.nodes] if fed else []
    return [*recurrent, *sorted(looped, key=lambda id: id not in fed)]
