"""One recurrent layer begins with the state another ended with, as in an encoder and a decoder."""

from __future__ import annotations

import pytest
import torch

from playground.engine.compile import Network, build
from playground.graph.check import check
from playground.graph.edits import layer_like
from playground.graph.model import Edge, Graph

UNITS = 4


def coder(kind: str, **settings: object) -> Graph:
    """Input -> encoder, whose state begins the decoder, which reads the Input too; its last state gives two scores."""
    graph = Graph({"input1": layer_like("Input", (("dims", (5, 3)),))})
    for id, layer in (
        ("encoder", layer_like(kind, (("units", UNITS), *settings.items()))),
        ("decoder", layer_like(kind, (("units", UNITS), *settings.items(), ("returns", "sequence")))),
        ("last", layer_like("LastStep")),
        ("scores", layer_like("Dense", (("units", 2),))),
        ("output1", layer_like("Output")),
    ):
        graph = graph.with_node(id, layer)
    for source, target, port in (
        ("input1", "encoder", "steps"),
        ("input1", "decoder", "steps"),
        ("encoder", "decoder", "state"),
        ("decoder", "last", graph.nodes["last"].ports()[0]),
        ("last", "scores", "values"),
        ("scores", "output1", "scores"),
    ):
        graph = graph.with_edge(Edge(source, target, port))
    return graph


def module(network: Network, id: str) -> torch.nn.Module:
    return network.get_submodule(id)


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
@pytest.mark.parametrize("settings", [{}, {"layers": 2, "bidirectional": True}])
def test_a_decoder_begins_with_the_encoders_final_state_as_torch_hands_it_on(
    kind: str, settings: dict[str, object]
) -> None:
    graph = coder(kind, **settings)
    network = build(graph).eval()
    x = torch.randn(2, 5, 3)

    given = network.activations(x, ("decoder",))["decoder"]

    theirs = getattr(torch.nn, kind)
    told = {"num_layers": 2, "bidirectional": True} if settings else {}
    encoder, decoder = (theirs(3, UNITS, batch_first=True, **told) for _ in range(2))
    encoder.load_state_dict(module(network, "encoder").state_dict())
    decoder.load_state_dict(module(network, "decoder").state_dict())
    wanted, _ = decoder(x, encoder(x)[1])
    assert not check(graph).errors
    assert torch.allclose(given, wanted, atol=1e-6)


def test_what_the_decoder_gets_wrong_teaches_the_encoder() -> None:
    network = build(coder("LSTM"))

    network(torch.randn(2, 5, 3)).sum().backward()

    assert all(
        weights.grad is not None and weights.grad.abs().sum() > 0 for weights in module(network, "encoder").parameters()
    )


def test_a_dense_layer_may_make_the_first_state() -> None:
    graph = coder("GRU").without(("encoder",))
    for id, layer in (("flat", layer_like("Flatten")), ("start", layer_like("Dense", (("units", UNITS),)))):
        graph = graph.with_node(id, layer)
    graph = graph.with_edge(Edge("input1", "flat", "inputs")).with_edge(Edge("flat", "start", "values"))
    graph = graph.with_edge(Edge("start", "decoder", "state"))

    network, x = build(graph), torch.randn(2, 5, 3)
    values = network.activations(x, ("start", "decoder"))

    assert torch.allclose(values["decoder"], module(network, "decoder")(x, values["start"])[0], atol=1e-6)


def test_an_encoder_of_another_size_is_told_with_repairs_that_work() -> None:
    graph = coder("LSTM")
    graph = graph.with_node("encoder", layer_like("LSTM", (("units", 7),)))

    (problem,) = check(graph).errors

    assert problem.node == "decoder"
    assert "LSTM needs an initial state of 8 or 4 numbers, but gets a vector of 14." in problem.text
    assert [fix.label for fix in problem.fixes] == ["Insert Dense 8", "Set units to 7"]
    for fix in problem.fixes:
        repaired = graph
        for edit in fix.edits:
            repaired = edit.apply(repaired)
        assert not check(repaired).errors
        build(repaired)(torch.randn(2, 5, 3))
