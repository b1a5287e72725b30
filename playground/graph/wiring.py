"""Problems of the edges: ends that are missing or loose, loops, edges that lead nowhere.

Knows no shapes rules of its own: what a layer makes of its inputs is asked of shapes.py. check.py
gathers what is found here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from playground.graph.asking import infer, needed_ports
from playground.graph.edits import AddLayer, Connect, Delete, Disconnect, Edit, connectable
from playground.graph.model import Edge, Graph, NodeId
from playground.graph.problem import Fix, Problem
from playground.layers.ends import Input, Output
from playground.layers.expression import Expression
from playground.layers.layer import Layer
from playground.layers.shape import Shape, Signature

Shapes = Mapping[NodeId, Shape]


def sound(graph: Graph) -> tuple[Graph, tuple[Problem, ...]]:
    """The graph without edges that cannot be, and a problem for each of those. Only a damaged file has any."""
    kept: dict[Edge, None] = {}
    problems: list[Problem] = []
    taken: set[tuple[NodeId, str]] = set()
    for edge in graph.edges:
        place = (edge.target, edge.port)
        fits = connectable(graph, edge) and edge not in kept
        if fits and (edge.feedback or graph.nodes[edge.target].takes_several(edge.port) or place not in taken):
            kept[edge] = None
            if not edge.feedback:
                taken.add(place)
            continue
        node = edge.target if edge.target in graph.nodes else None
        text = f"The edge from {edge.source} to {edge.target} does not lead from an output to a free input. Remove it."
        problems.append(Problem(node, text, fixes=(Fix("Remove the edge", (Disconnect(edge),)),)))
    return (Graph(graph.nodes, tuple(kept)) if problems else graph), tuple(problems)


def ends(graph: Graph, shapes: Shapes, signature: Signature | None) -> Iterator[Problem]:
    """Data must enter somewhere, and be judged somewhere."""
    inputs, outputs = graph.of_type("Input"), graph.of_type("Output")
    if not inputs:
        yield Problem(
            None, "The network has no Input: data cannot enter it. Add one.", fixes=(_new_input(graph, signature),)
        )
    if not outputs:
        text = "The network has no Output: nothing says what it shall learn. Add one."
        yield Problem(None, text, fixes=(_new_output(graph, shapes, signature),))


def loops(graph: Graph, signature: Signature | None = None) -> Iterator[Problem]:
    """Layers that feed each other, once for each knot of loops; for data with steps, the way out is through time."""
    is_timed = signature is not None and signature.input.rank in (2, 4)
    left = set(graph.looped)
    for id in graph.nodes:
        if id not in left:
            continue
        knot = [other for other in graph.nodes if other in left and other in _knot(graph, id)]
        left -= set(knot)
        closing = _closing(graph, set(knot))
        last = closing[-1]
        text = (
            f"{_feeding(knot)} without an end. Let the edge from {last.source} to {last.target} carry the "
            "previous step, or remove it."
        )
        label = f"Remove the edge from {last.source} to {last.target}"
        back = "Let it carry the previous step"
        if len(closing) > 1:
            label = f"Remove the {len(closing)} edges that lead back"
            back = f"Let the {len(closing)} edges that lead back carry the previous step"
        turned = tuple(edit for edge in closing for edit in (Disconnect(edge), Connect(replace(edge, feedback=True))))
        fixes = (Fix(back, turned), Fix(label, tuple(Disconnect(edge) for edge in closing)))
        yield Problem(last.target, text, fixes=fixes if is_timed else fixes[::-1])


def loose_ends(graph: Graph, shapes: Shapes) -> Iterator[Problem]:
    """Input ports that get nothing, and outputs that nothing reads."""
    empty: set[NodeId] = set()
    for id, port in free_ports(graph):
        empty.add(id)
        yield Problem(
            id, f"{id} gets no input. Connect a layer to it.", fixes=tuple(_ways_to_feed(graph, shapes, id, port))
        )
    if not graph.of_type("Output"):
        return
    read_later = {edge.source for edge in graph.feedback}
    for id, layer in graph.nodes.items():
        if layer.gives_output and not graph.outgoing[id] and id not in empty and id not in read_later:
            text = f"Nothing reads what {id} gives. Connect it, or delete it."
            yield Problem(id, text, "warning", tuple(_ways_to_use(graph, id)))
    yield from _lonely_merges(graph)


def free_ports(graph: Graph) -> Iterator[tuple[NodeId, str]]:
    """Every port without an edge that must have one."""
    for id, layer in graph.nodes.items():
        filled = {edge.port for edge in graph.incoming[id]}
        if graph.feedback:
            filled |= {edge.port for edge in graph.feedback if edge.target == id}
        for port in needed_ports(layer):
            if port not in filled:
                yield id, port


def likely_source(graph: Graph, shapes: Shapes, id: NodeId) -> NodeId | None:
    """Which layer most probably belongs before that one: a loose end, one that fits, the one added just before it."""
    behind = graph.reached_from(id)
    places = {node: number for number, node in enumerate(graph.nodes)}
    layer = graph.nodes[id]
    candidates = [node for node in graph.nodes if node != id and node not in behind and graph.nodes[node].gives_output]

    def likelihood(node: NodeId) -> tuple[bool, bool, bool, int]:
        # An Output is often there from the beginning, so that its place says nothing.
        before = places[node] < places[id] or not layer.gives_output
        return not graph.outgoing[node], before, _may_take(layer, shapes.get(node)), places[node]

    return max(candidates, key=likelihood, default=None)


def listed(names: tuple[NodeId, ...] | list[NodeId]) -> str:
    """Names in a sentence.

    >>> listed(["a"]), listed(["a", "b", "c"]), listed(list("abcdefg"))
    ('a', 'a, b and c', 'a, b, c and 4 more')
    """
    if len(names) > 5:
        return f"{', '.join(names[:3])} and {len(names) - 3} more"
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def _may_take(layer: Layer, shape: Shape | None) -> bool:
    return shape is None or isinstance(infer(layer, (shape,) * len(needed_ports(layer))), Shape)


def _ways_to_feed(graph: Graph, shapes: Shapes, id: NodeId, port: str) -> Iterator[Fix]:
    source = likely_source(graph, shapes, id)
    if source is not None:
        yield Fix(f"Connect {source} to {id}", (Connect(Edge(source, id, port)),))
    if graph.nodes[id].gives_output:
        yield Fix(f"Delete {id}", (Delete((id,)),))


def _ways_to_use(graph: Graph, id: NodeId) -> Iterator[Fix]:
    places = {node: number for number, node in enumerate(graph.nodes)}
    free = [(node, port) for node, port in free_ports(graph) if id not in graph.reached_from(node)]
    if free:
        target, port = min(free, key=lambda place: (places[place[0]] < places[id], places[place[0]]))
        yield Fix(f"Connect {id} to {target}", (Connect(Edge(id, target, port)),))
    branch = _branch(graph, id)
    if branch:
        label = f"Delete {id}" if len(branch) == 1 else f"Delete {id} and what leads only to it"
        yield Fix(label, (Delete(branch),))


def _branch(graph: Graph, id: NodeId) -> tuple[NodeId, ...]:
    """That layer and all that feed nothing else; no Input among them."""
    found: list[NodeId] = [] if graph.nodes[id].type == "Input" else [id]
    for node in found:
        for edge in graph.incoming[node]:
            only = all(other.target in found for other in graph.outgoing[edge.source])
            if only and edge.source not in found and graph.nodes[edge.source].type != "Input":
                found.append(edge.source)
    return tuple(found)


def _lonely_merges(graph: Graph) -> Iterator[Problem]:
    for id, layer in graph.nodes.items():
        several = any(layer.takes_several(port) for port in layer.ports()) if layer.family == "merge" else False
        several = several and not isinstance(layer, Expression)  # of one input it can compute something too
        if several and len(graph.incoming[id]) == 1 and not any(edge.target == id for edge in graph.feedback):
            fix = Fix(f"Delete {id}", (Delete((id,)),))
            yield Problem(id, f"{id} has one input, so it changes nothing. Connect a second.", "hint", (fix,))


def _new_input(graph: Graph, signature: Signature | None) -> Fix:
    layer = Input(dims=signature.input.dims) if signature else Input()
    id = graph.fresh_id(Input)
    edits: list[Edit] = [AddLayer(id, layer)]
    for target, port in list(free_ports(graph))[:1]:
        edits.append(Connect(Edge(id, target, port)))
    return Fix("Add an Input", tuple(edits))


def _new_output(graph: Graph, shapes: Shapes, signature: Signature | None) -> Fix:
    id = graph.fresh_id(Output)
    places = {node: number for number, node in enumerate(graph.order)}
    loose = [node for node in graph.nodes if not graph.outgoing[node] and graph.nodes[node].gives_output]
    source = max(loose, key=lambda node: (node in shapes, places.get(node, -1)), default=None)
    edits: list[Edit] = [AddLayer(id, _output(shapes.get(source or ""), signature))]
    if source is not None:
        edits.append(Connect(Edge(source, id, Output.ports()[0])))
    return Fix("Add an Output", tuple(edits))


def _output(given: Shape | None, signature: Signature | None) -> Output:
    if signature is not None:
        return Output(
            loss="cross_entropy" if signature.task == "classes" else "mean_squared_error", units=signature.outputs
        )
    units = given.size if given is not None and given.is_vector else 2
    return Output(loss="cross_entropy" if units > 1 else "binary_cross_entropy", units=max(2, units))


def _knot(graph: Graph, id: NodeId) -> set[NodeId]:
    """All nodes on a loop with that one: it reaches them and they reach it."""
    ahead = graph.reached_from(id)
    before, stack = {id}, [id]
    while stack:
        for edge in graph.incoming[stack.pop()]:
            if edge.source in ahead and edge.source not in before:
                before.add(edge.source)
                stack.append(edge.source)
    return before


def _closing(graph: Graph, knot: set[NodeId]) -> list[Edge]:
    """The edges that closed a loop when they were drawn: without them there is none."""
    drawn, closing = Graph({id: graph.nodes[id] for id in knot}), []
    for edge in graph.edges:
        if edge.source not in knot or edge.target not in knot:
            continue
        if edge.source == edge.target or edge.source in drawn.reached_from(edge.target):
            closing.append(edge)
        else:
            drawn = Graph(drawn.nodes, (*drawn.edges, edge))
    return closing


def _feeding(knot: list[NodeId]) -> str:
    if len(knot) == 1:
        return f"{knot[0]} feeds itself"
    return f"{listed(knot)} feed each other" + (" in a circle" if len(knot) > 2 else "")
