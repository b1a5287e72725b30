"""Checking again after an edit of a network that had no problem: only what the edit can have touched is asked.

Gives a report only where that is again without a problem; wherever anything looks wrong, or the edit is of another
kind, it gives none, and check.py asks everything. So what this says is what check() would say, and the cost does not
grow with the network but for a few passes over its names, which take microseconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from heapq import heappop, heappush

from playground.graph import fitting
from playground.graph.asking import given_to, infer
from playground.graph.difference import new_layers, same_layers
from playground.graph.edits import connectable
from playground.graph.footprint import fits_in
from playground.graph.hygiene import hygiene
from playground.graph.model import Edge, Graph, NodeId
from playground.graph.price import Cost, cost_of_one
from playground.graph.problem import Asked, Report
from playground.graph.steps import step_from
from playground.layers.layer import Layer, Weighted
from playground.layers.shape import Shape, ShapeProblem

REACH = 10
"""Edges around a touched layer within which a rule can look: the longest looks at six layers in a row."""
MOST_TOUCHED = 200
"""Touched layers beyond which asking everything is as quick."""


def recheck(graph: Graph, before: Report, asked: Asked) -> Report | None:
    """The report after an edit, if there is again no problem; None if everything must be asked."""
    old = before.graph
    if before.problems or old is None or before.asked != asked or before.written_out is not old:
        return None
    if graph.edges is old.edges:
        _hand_on(graph, old, ("feedback",))
    if graph.feedback or old.feedback or any(block.repeat > 1 for block in graph.blocks.values()):
        return None
    touched = _touched(graph, old)
    if touched is None or len(touched) > MOST_TOUCHED:
        return None
    if len(graph.order) < len(graph.nodes) or not _wired(graph, touched):
        return None
    report = _again(graph, before, touched)
    if report is None:
        return None
    has_ends = len(graph.nodes) >= len(old.nodes) or _has_ends(graph)
    sound = has_ends and not _complaints(graph, report, touched, asked)
    return report if sound else None


def _touched(graph: Graph, old: Graph) -> set[NodeId] | None:
    """Layers that are new, changed, or wired otherwise; hands the old graph's wiring on to the new one."""
    nodes = old.nodes
    touched = set(new_layers(old, graph))
    if graph.edges is old.edges:
        if same_layers(old, graph) and all(nodes[id].ports() == graph.nodes[id].ports() for id in touched):
            _hand_on(graph, old, ("incoming", "outgoing", "order", "places"))
            if not any(_shares(layers.nodes[id]) for id in touched for layers in (graph, old)):
                _hand_on(graph, old, ("lenders",))
        return touched
    kept = set(map(id, old.edges))
    new = [edge for edge in graph.edges if id(edge) not in kept]
    kept = set(map(id, graph.edges))
    lost = [edge for edge in old.edges if id(edge) not in kept]
    if len(new) + len(lost) > MOST_TOUCHED or not {edge.source for edge in new} <= graph.nodes.keys():
        return None
    if not {edge.target for edge in new} <= graph.nodes.keys():
        return None
    ends = {end for edge in (*new, *lost) for end in (edge.source, edge.target)}
    return (touched | ends) & graph.nodes.keys()


def _hand_on(graph: Graph, old: Graph, names: Iterable[str]) -> None:
    """What was found out about the old graph holds for the new one."""
    for name in names:
        if name in old.__dict__:
            graph.__dict__.setdefault(name, old.__dict__[name])


def _wired(graph: Graph, touched: set[NodeId]) -> bool:
    """Whether the touched layers have all the edges they need, no others, and are read by somebody."""
    for id in touched:
        layer, edges = graph.nodes[id], graph.incoming[id]
        ports = [edge.port for edge in edges]
        if not set(layer.needed_ports()) <= set(ports) or not all(connectable(graph, edge) for edge in edges):
            return False
        if any(ports.count(port) > 1 and not layer.takes_several(port) for port in ports) or _is_double(edges):
            return False
        if layer.gives_output and not graph.outgoing[id]:
            return False
        if layer.family == "merge" and len(edges) == 1:
            return False
    return True


def _is_double(edges: tuple[Edge, ...]) -> bool:
    return len(set(edges)) < len(edges)


def _again(graph: Graph, before: Report, touched: set[NodeId]) -> Report | None:
    """Shapes and costs behind the touched layers, as far as they differ from before."""
    shapes, given, times, costs = dict(before.shapes), dict(before.given), dict(before.times), dict(before.costs)
    whole = before.total
    assert before.graph is not None
    for id in () if same_layers(before.graph, graph) else before.shapes.keys() - graph.nodes.keys():
        whole -= costs[id]
        del shapes[id], given[id], costs[id]
        times.pop(id, None)
    places = graph.places
    waiting = [(places[id], id) for id in touched]
    waiting.sort()
    queued = set(touched)
    while waiting:
        _, id = heappop(waiting)
        layer = graph.nodes[id]
        found = given_to(graph, id, lambda edge: shapes.get(edge.source))
        if found is None or isinstance(found, ShapeProblem):
            return None
        shape = infer(layer, found)
        if isinstance(shape, ShapeProblem):
            return None
        first = found[0] if found else None
        times.pop(id, None)
        if first is not None and first.is_film and layer.each_frame:
            found, times[id] = (first.frame, *found[1:]), first.steps
        is_new = shapes.get(id) != shape
        shapes[id], given[id] = shape, found
        cost = cost_of_one(layer, shape, found, times.get(id, 1))
        whole += cost - costs.get(id, Cost())
        costs[id] = cost
        if is_new:
            touched.add(id)
            for edge in graph.outgoing[id]:
                if edge.target not in queued:
                    queued.add(edge.target)
                    touched.add(edge.target)
                    heappush(waiting, (places[edge.target], edge.target))
    report = replace(before, shapes=shapes, given=given, times=times, written_out=graph, graph=graph)
    report.__dict__.update(costs=costs, total=whole)
    return step_from(before, report, queued)


def _has_ends(graph: Graph) -> bool:
    return {"Input", "Output"} <= {layer.type for layer in graph.nodes.values()}


def _complaints(graph: Graph, report: Report, touched: set[NodeId], asked: Asked) -> bool:
    """Whether any rule has something to say of the touched layers, or of the whole."""
    if len(touched) > MOST_TOUCHED:
        return True
    near = _near(graph, touched)
    part = Graph(
        {id: graph.nodes[id] for id in near},
        tuple(edge for id in near for edge in graph.incoming[id] if edge.source in near),
    )
    if any(_shares(graph.nodes[id]) for id in touched) or not touched.isdisjoint(graph.lenders):
        return True
    shapes: dict[NodeId, Shape] = {id: report.shapes[id] for id in near}
    if asked.signature is not None and next(fitting.misfits(part, shapes, asked.signature), None) is not None:
        return True
    if asked.signature is not None and not report.total.trainable:
        return True
    if next(fitting.advice(part), None) is not None or not fitting.is_small_enough(report.total):
        return True
    if next(hygiene(part, shapes, asked.signature, asked.batch), None) is not None:
        return True
    return asked.batch is not None and asked.memory is not None and not fits_in(report, asked.batch, asked.memory)


def _shares(layer: Layer) -> bool:
    return isinstance(layer, Weighted) and bool(layer.shares)


def _near(graph: Graph, touched: set[NodeId]) -> dict[NodeId, None]:
    """Those layers and all that can be reached from them over a few edges, in the graph's order."""
    found, ring = set(touched), set(touched)
    for _ in range(REACH):
        ring = {
            end
            for id in ring
            for edge in (*graph.incoming[id], *graph.outgoing[id])
            for end in (edge.source, edge.target)
        } - found
        if not ring:
            break
        found |= ring
    return dict.fromkeys(sorted(found, key=graph.places.__getitem__))
