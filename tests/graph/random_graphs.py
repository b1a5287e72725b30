"""Random networks and random edits of them, for tests that must hold for all."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import strategies as st
from pydantic import ValidationError

from playground.graph.edits import (
    AddLayer,
    Connect,
    Delete,
    Disconnect,
    Edit,
    InsertOnEdge,
    Rename,
    SetSettings,
    Several,
    apply_all,
)
from playground.graph.model import Edge, Graph
from playground.layers import LAYERS
from playground.layers.layer import Layer, Unknown
from playground.layers.shape import Shape, Signature

IDS = tuple("abcdefgh")
SETTINGS = (
    ("units", 3),
    ("units", 10),
    ("filters", 4),
    ("kernel", 5),
    ("kernel", (1, 3)),
    ("stride", 2),
    ("dilation", 2),
    ("groups", 2),
    ("padding", "valid"),
    ("padding", "tf_same"),
    ("padding", 2),
    ("padding_mode", "reflect"),
    ("ceil_mode", True),
    ("channels", 5),
    ("order", (2, 3, 1)),
    ("returns", "sequence"),
    ("returns", "state"),
    ("layers", 2),
    ("bidirectional", True),
    ("heads", 1),
    ("causal", True),
    ("formula", "max(a, b) - 1"),
    ("activation", "sigmoid"),
    ("loss", "binary_cross_entropy"),
    ("loss", "mean_squared_error"),
    ("dims", (1, 8, 8)),
    ("dims", (6, 2)),
)

ids = st.sampled_from(IDS)
ports = st.sampled_from(("inputs", "image", "values", "scores", "steps", "state", "query", "keys", "memory"))
SIGNATURES = (
    Signature(Shape((2,)), 2, "classes"),
    Signature(Shape((1, 8, 8)), 10, "classes"),
    Signature(Shape((20, 3)), 4, "classes"),
    Signature(Shape((10,)), 1, "numbers"),
)
signatures = st.sampled_from((None, *SIGNATURES))


@st.composite
def layers(draw: st.DrawFn) -> Layer:
    """Any layer, with some of its settings changed."""
    name = draw(st.sampled_from((*LAYERS, "Dense", "Conv2d", "Add", "Novelty")))
    if name == "Novelty":
        return Unknown(type_name=name, kept={"depth": 3})
    cls = LAYERS[name]
    chosen = draw(st.lists(st.sampled_from(SETTINGS), max_size=3))
    layer: Layer = cls.model_validate({})
    for key, value in chosen:
        with suppress(ValidationError):  # of another type in that layer
            layer = layer.with_settings(**{key: value}) if key in cls.model_fields else layer
    return layer


@st.composite
def wired(draw: st.DrawFn, size: int = 8) -> Graph:
    """Layers with edges between them, forwards mostly, so that shapes flow and loops happen."""
    chosen = draw(st.lists(layers(), min_size=1, max_size=size))
    first = LAYERS["Input"].model_validate({"dims": draw(st.sampled_from(((2,), (6, 2), (1, 8, 8), (3, 9, 7))))})
    graph = Graph(dict(zip(IDS, (first, *chosen), strict=False)))
    for number, (id, layer) in enumerate(graph.nodes.items()):
        for port in layer.ports():
            for _ in range(draw(st.integers(0, 2)) if layer.takes_several(port) else 1):
                back = draw(st.sampled_from((1, 1, 1, 2, 3, -1)))
                source = IDS[min(max(number - back, 0), len(graph.nodes) - 1)]
                graph = Connect(Edge(source, id, port)).apply(graph)
    return graph


@st.composite
def edges(draw: st.DrawFn) -> Edge:
    return Edge(draw(ids), draw(ids), draw(ports))


single_edits: st.SearchStrategy[Edit] = st.one_of(
    st.builds(AddLayer, ids, layers()),
    st.builds(Delete, st.lists(ids, min_size=1, max_size=3).map(tuple)),
    st.builds(Connect, edges()),
    st.builds(Disconnect, edges()),
    st.builds(InsertOnEdge, edges(), ids, layers()),
    st.builds(SetSettings, ids, st.just((("units", 7),))),
    st.builds(Rename, ids, ids),
)
edits: st.SearchStrategy[Edit] = st.one_of(
    single_edits, st.builds(Several, st.just("Some"), st.lists(single_edits, max_size=3).map(tuple))
)


def tried(graph: Graph, edit: Edit) -> Graph:
    """The graph after the edit, or as it was where the edit is refused with a sentence."""
    try:
        return edit.apply(graph)
    except ValueError:
        return graph


__all__ = ["IDS", "SIGNATURES", "apply_all", "edits", "layers", "signatures", "tried", "wired"]
