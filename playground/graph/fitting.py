"""Whether the ends of a network fit the data and the loss, and what experience advises against.

Knows the data only by their Signature. Shapes inside the network are repairs.py's business.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from playground.graph.edits import Delete, SetSettings, output_edits
from playground.graph.model import Graph, NodeId
from playground.graph.problem import Fix, Problem
from playground.layers.ends import LOSSES, Input, Output
from playground.layers.shape import Shape, Signature, described

MOST_PARAMETERS = 1_000_000_000
"""More weights than this do not fit with their gradients into the memory of one machine."""


def misfits(graph: Graph, signature: Signature) -> Iterator[Problem]:
    """Ends that do not fit the data."""
    for id, layer in graph.nodes.items():
        if isinstance(layer, Input) and layer.dims != signature.input.dims:
            takes, given = described(Shape(layer.dims)), described(signature.input)
            text = f"{id} takes {takes}, but an example of the data is {given}."
            edits = (SetSettings(id, (("dims", signature.input.dims),)),)
            yield Problem(id, text, fixes=(Fix(f"Set {id} to {signature.input}", edits),))
        if isinstance(layer, Output):
            yield from _output_misfits(graph, id, layer, signature)


def too_large(graph: Graph, shapes: Mapping[NodeId, Shape]) -> Iterator[Problem]:
    """A network whose weights cannot fit in memory; told of its largest layer."""
    sizes = {id: graph.nodes[id].parameters(*(shapes[edge.source] for edge in graph.incoming[id])) for id in shapes}
    total = sum(sizes.values())
    if total > MOST_PARAMETERS:
        largest = max(sizes, key=lambda id: sizes[id])
        yield Problem(
            largest,
            f"The network would have {total:,} parameters, {sizes[largest]:,} of them in {largest}; at most "
            f"{MOST_PARAMETERS:,} fit in memory. Use fewer units, or pooling before it.",
        )


def advice(graph: Graph) -> Iterator[Problem]:
    """What can be trained, but seldom is meant: activations where the loss has one, or one after another."""
    for id, layer in graph.nodes.items():
        source = _only_source(graph, id)
        if source is None:
            continue
        if isinstance(layer, Output) and layer.task == "classes":
            yield from _squeezed(graph, id, source, LOSSES[layer.loss][0])
        elif layer.family == "activation" and _is_activated(graph, source):
            text = f"{id} follows {source}, which has an activation already. One of them is enough."
            yield Problem(id, text, "hint", (Fix(f"Delete {id}", (Delete((id,)),)),))


def _output_misfits(graph: Graph, id: NodeId, layer: Output, signature: Signature) -> Iterator[Problem]:
    plural = "" if signature.outputs == 1 else "s"
    noun = "classes" if signature.task == "classes" else f"number{plural} to predict"
    wanted = f"{signature.outputs:,} {noun}"
    edits = tuple(output_edits(graph, id, signature))
    if layer.task != signature.task:
        name = LOSSES[layer.loss][0]
        text = f"{id} learns {layer.task} with {name}, but the data have {wanted}."
        label = "Tell classes apart with cross-entropy" if signature.task == "classes" else "Learn with squared error"
        yield Problem(id, text, fixes=(Fix(label, edits),))
    elif layer.units != signature.outputs:
        text = f"{id} has {layer.units:,} output{'' if layer.units == 1 else 's'}, but the data have {wanted}."
        yield Problem(id, text, fixes=(Fix(f"Set {id} to {signature.outputs:,}", edits),))


def _squeezed(graph: Graph, id: NodeId, source: NodeId, loss: str) -> Iterator[Problem]:
    layer = graph.nodes[source]
    if layer.family == "activation":
        fix = Fix(f"Delete {source}", (Delete((source,)),))
    elif getattr(layer, "activation", "none") != "none":
        fix = Fix(f"Set activation of {source} to none", (SetSettings(source, (("activation", "none"),)),))
    else:
        return
    text = f"{source} changes the raw scores before {id}, but {loss} expects them raw: the network learns worse."
    yield Problem(source, text, "warning", (fix,))


def _only_source(graph: Graph, id: NodeId) -> NodeId | None:
    incoming = graph.incoming[id]
    return incoming[0].source if len(incoming) == 1 else None


def _is_activated(graph: Graph, id: NodeId) -> bool:
    layer = graph.nodes[id]
    return layer.family == "activation" or getattr(layer, "activation", "none") != "none"
