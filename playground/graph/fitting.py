"""Whether the ends of a network fit the data and the loss, and what experience advises against.

Knows the data only by their Signature. Shapes inside the network are repairs.py's business.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from playground.graph.edits import Delete, SetSettings, input_edits, output_edits, symbol_edits
from playground.graph.model import Graph, NodeId
from playground.graph.price import Cost
from playground.graph.problem import Fix, Problem, Report
from playground.graph.repeat import original
from playground.layers.ends import LOSSES, Input, Output
from playground.layers.shape import Shape, Signature, described

MOST_PARAMETERS = 1_000_000_000
"""More weights than this do not fit with their gradients into the memory of one machine."""


def misfits(graph: Graph, shapes: Mapping[NodeId, Shape], signature: Signature) -> Iterator[Problem]:
    """Ends that do not fit the data."""
    for id, layer in graph.nodes.items():
        if isinstance(layer, Input):
            yield from _input_misfits(graph, id, layer, signature)
        elif isinstance(layer, Output) and layer.rebuilds:
            yield from _rebuilt_misfits(id, layer, shapes.get(id), signature)
        elif isinstance(layer, Output):
            yield from _output_misfits(graph, id, layer, signature)
            yield from _wrong_count(id, shapes.get(id), signature)
    yield from _few_symbols(graph, signature)
    yield from _no_symbols(graph, signature)


def is_small_enough(whole: Cost) -> bool:
    """Whether that many weights fit in memory."""
    return whole.parameters <= MOST_PARAMETERS


def too_large(report: Report) -> Iterator[Problem]:
    """A network whose weights cannot fit in memory; told of its largest layer."""
    if is_small_enough(report.total):
        return
    sizes = {id: cost.parameters for id, cost in report.costs.items()}
    total = sum(sizes.values())
    if total:
        largest = original(max(sizes, key=lambda id: sizes[id]))
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


def _input_misfits(graph: Graph, id: NodeId, layer: Input, signature: Signature) -> Iterator[Problem]:
    wanted = layer.wanted(signature)
    if wanted is not None and layer.dims == wanted.dims:
        return
    edits = tuple(input_edits(graph, id, signature))
    takes, given = described(Shape(layer.dims)), described(signature.input)
    if wanted is not None and layer.reads == "answers":
        text = f"{id} takes {takes}, but an example of the data has {signature.steps} answers, one after the other."
    elif wanted is not None and not layer.chosen:
        text = f"{id} takes {takes}, but an example of the data is {given}."
    elif wanted is not None:
        text = f"{id} takes {takes}, but its columns of the data are {described(wanted)}."
    elif layer.reads == "answers":
        text = f"{id} reads the answers so far, but an example of these data has no sequence of classes for its answer."
    else:
        text = f"{id} takes column {max(layer.chosen) + 1} of the data, which have {signature.input.channels}."
    label = f"Set {id} to {wanted}" if wanted is not None else f"Let {id} read all of the data"
    yield Problem(id, text, fixes=(Fix(label, edits),))


def _rebuilt_misfits(id: NodeId, layer: Output, given: Shape | None, signature: Signature) -> Iterator[Problem]:
    targets = Fix("Compare with the targets", (SetSettings(id, (("truth", "targets"),)),))
    if layer.loss != "mean_squared_error":
        text = f"{id} rebuilds the input, which are numbers: {LOSSES[layer.loss][0]} is for classes. Use squared error."
        edits = (SetSettings(id, (("loss", "mean_squared_error"),)),)
        yield Problem(id, text, fixes=(Fix("Use squared error", edits), targets))
    if given is not None and given.size != signature.input.size:
        text = (
            f"{id} rebuilds the input, which is {described(signature.input)}: {signature.input.size:,} values, but it "
            f"gets {given.size:,}. Give it as many."
        )
        yield Problem(id, text, fixes=(targets,))


def _wrong_count(id: NodeId, given: Shape | None, signature: Signature) -> Iterator[Problem]:
    """Answers for each step, but not as many as the data have."""
    if given is None or not given.is_sequence or signature.steps is None or given.steps == signature.steps:
        return
    text = (
        f"{id} gets scores for {given.steps:,} steps, but an example of the data has {signature.steps:,} answers. "
        "Bring the sequence to that length."
    )
    yield Problem(id, text, fixes=(Fix(f"Delete {id}", (Delete((id,)),)),))


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
    elif layer.each_step != (signature.steps is not None):
        many = "one for each step" if signature.steps else "a single one"
        gives = "one answer for each step" if layer.each_step else "a single answer"
        text = f"{id} gives {gives}, but the data want {many}."
        label = "Answer each step" if signature.steps else "Give a single answer"
        yield Problem(id, text, fixes=(Fix(label, edits),))
    elif layer.units != signature.outputs:
        text = f"{id} has {layer.units:,} output{'' if layer.units == 1 else 's'}, but the data have {wanted}."
        yield Problem(id, text, fixes=(Fix(f"Set {id} to {signature.outputs:,}", edits),))


def _few_symbols(graph: Graph, signature: Signature) -> Iterator[Problem]:
    """Layers that know fewer symbols than the data have: the others would all be taken for the last."""
    for edit in symbol_edits(graph, signature):
        ((name, codes),) = edit.settings
        known = getattr(graph.nodes[edit.id], name)
        if known < codes:
            text = f"{edit.id} knows {known:,} symbols, but the data have {codes:,}: the others are taken for its last."
            yield Problem(edit.id, text, "warning", (Fix(f"Set {edit.id} to {codes:,} symbols", (edit,)),))


def _no_symbols(graph: Graph, signature: Signature) -> Iterator[Problem]:
    """Layers that read codes of symbols where the data are measured numbers."""
    if signature.symbols is not None:
        return
    for id, layer in graph.nodes.items():
        source = _only_source(graph, id) if layer.type in ("Embedding", "OneHot") else None
        if source is not None and isinstance(graph.nodes[source], Input):
            text = (
                f"{id} takes its input for codes of symbols, but the data are numbers: each would be rounded to the "
                "nearest code. Remove it, or choose data of text."
            )
            yield Problem(id, text, "warning", (Fix(f"Delete {id}", (Delete((id,)),)),))


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
