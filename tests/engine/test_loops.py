"""Feedback edges: a loop drawn by hand computes what torch's recurrent layers compute."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from playground.engine.compile import Network, build
from playground.graph.check import check
from playground.graph.cost import costs, total
from playground.graph.edits import layer_like
from playground.graph.model import Edge, Graph
from playground.graph.templates import chain
from playground.layers.shape import Shape, Signature

STEPS, FEATURES, UNITS = 7, 3, 5
SEQUENCES = Signature(Shape((STEPS, FEATURES)), 2, "classes")


def with_dims(*dims: int) -> tuple[tuple[str, object], ...]:
    return (("dims", dims),)


def one_layer() -> Graph:
    """Input, a Dense that feeds itself, and one answer from all its steps."""
    dense = layer_like("Dense", (("units", UNITS), ("activation", "tanh")))
    graph = chain(
        layer_like("Input", with_dims(STEPS, FEATURES)),
        dense,
        layer_like("Flatten"),
        layer_like("Dense", (("units", 2),)),
        layer_like("Output"),
    )
    return graph.with_edge(Edge("dense1", "dense1", "values", feedback=True))


def two_layers() -> Graph:
    """Input weights and state weights each in a Dense, added, through tanh, and back."""
    graph = chain(
        layer_like("Input", with_dims(STEPS, FEATURES)),
        layer_like("Dense", (("units", UNITS),)),
        layer_like("Add"),
        layer_like("Tanh"),
        layer_like("Flatten"),
        layer_like("Dense", (("units", 2),)),
        layer_like("Output"),
    )
    graph = graph.with_node("state", layer_like("Dense", (("units", UNITS),)))
    graph = graph.with_edge(Edge("state", "add1", "inputs"))
    return graph.with_edge(Edge("tanh1", "state", "values", feedback=True))


def elman() -> nn.RNN:
    torch.manual_seed(3)
    return nn.RNN(FEATURES, UNITS, batch_first=True)


def states(network: Network, id: str, x: Tensor) -> Tensor:
    with torch.no_grad():
        return network.activations(x, (id,))[id]


def test_a_dense_that_feeds_itself_is_an_elman_network() -> None:
    network, theirs = build(one_layer()), elman()
    weights = {name: value.detach() for name, value in theirs.named_parameters()}
    with torch.no_grad():
        own = network.get_parameter("dense1.weight"), network.get_parameter("dense1.bias")
        own[0].copy_(torch.cat([weights["weight_ih_l0"], weights["weight_hh_l0"]], dim=1))
        own[1].copy_(weights["bias_ih_l0"] + weights["bias_hh_l0"])
    x = torch.randn(4, STEPS, FEATURES)

    assert torch.allclose(states(network, "dense1", x), theirs(x)[0], atol=1e-6)


def test_an_elman_network_of_two_dense_layers_equals_torchs_with_its_weights_and_gradients() -> None:
    network, theirs = build(two_layers()), elman()
    for ours, name in (("dense1", "ih"), ("state", "hh")):
        for kind in ("weight", "bias"):
            network.get_parameter(f"{ours}.{kind}").data.copy_(theirs.get_parameter(f"{kind}_{name}_l0").detach())
    x = torch.randn(4, STEPS, FEATURES)

    found = network.activations(x, ("tanh1",))["tanh1"]
    wanted = theirs(x)[0]
    found.square().sum().backward()  # type: ignore[no-untyped-call]
    wanted.square().sum().backward()

    assert torch.allclose(found, wanted, atol=1e-6)
    own = network.get_parameter("state.weight").grad
    assert own is not None
    assert theirs.weight_hh_l0.grad is not None
    assert torch.allclose(own, theirs.weight_hh_l0.grad, atol=1e-5)


def test_what_is_not_on_the_loop_works_on_the_whole_sequence() -> None:
    graph = two_layers()
    report = check(graph, SEQUENCES)

    assert report.problems == ()
    assert report.times == {"add1": STEPS, "tanh1": STEPS, "state": STEPS}
    assert report.given["state"] == (Shape((UNITS,)),)
    assert report.shapes["tanh1"] == Shape((STEPS, UNITS))


def test_the_cost_of_a_loop_counts_every_step() -> None:
    graph = two_layers()
    found = costs(graph, check(graph))

    assert found["state"].multiply_adds == STEPS * UNITS * UNITS
    assert found["state"].parameters == UNITS * UNITS + UNITS
    assert total(found).parameters == build(graph).count


def test_a_feedback_edge_that_closes_no_loop_delays_by_a_step() -> None:
    graph = chain(
        layer_like("Input", with_dims(STEPS, FEATURES)),
        layer_like("ReLU"),
        layer_like("Flatten"),
        layer_like("Dense", (("units", 2),)),
        layer_like("Output"),
    ).with_node("late", layer_like("Add"))
    graph = graph.without_edge(Edge("relu1", "flatten1", "inputs"))
    graph = graph.with_edge(Edge("relu1", "late", "inputs", feedback=True)).with_edge(
        Edge("late", "flatten1", "inputs")
    )
    x = torch.rand(2, STEPS, FEATURES)

    late = states(build(graph), "late", x)

    assert torch.equal(late[:, 1:], x[:, :-1])
    assert torch.equal(late[:, 0], torch.zeros(2, FEATURES))


def test_a_loop_without_steps_says_so_and_is_repaired() -> None:
    graph = chain(
        layer_like("Input"), layer_like("Dense", (("units", 2),)), layer_like("Output")
    ).with_edge(Edge("dense1", "dense1", "values", feedback=True))  # fmt: skip
    problem = check(graph, Signature(Shape((2,)), 2, "classes")).errors[0]

    assert problem.text == (
        "dense1 gets back what was computed a step before, but there are no steps: all it gets is a vector of 2. "
        "Feed it a sequence."
    )
    assert "Remove the edge back from dense1" in [fix.label for fix in problem.fixes]


def test_what_returns_in_another_size_is_brought_to_it_with_one_click() -> None:
    graph = chain(
        layer_like("Input", with_dims(STEPS, FEATURES)),
        layer_like("Add"),
        layer_like("Dense", (("units", UNITS), ("activation", "tanh"))),
        layer_like("Flatten"),
        layer_like("Dense", (("units", 2),)),
        layer_like("Output"),
    ).with_edge(Edge("dense1", "add1", "inputs", feedback=True))
    problem = check(graph, SEQUENCES).errors[0]
    fix = problem.fixes[0]
    for edit in fix.edits:
        graph = edit.apply(graph)

    assert fix.label == f"Insert Dense {FEATURES} on the way back"
    assert check(graph, SEQUENCES).problems == ()


def test_a_loop_that_grows_with_every_step_is_told() -> None:
    graph = chain(
        layer_like("Input", with_dims(STEPS, FEATURES)),
        layer_like("Concat"),
        layer_like("Flatten"),
        layer_like("Dense", (("units", 2),)),
        layer_like("Output"),
    ).with_edge(Edge("concat1", "concat1", "inputs", feedback=True))

    assert check(graph, SEQUENCES).errors[0].text == (
        "What concat1 gets from the step before grows with every step. Bring it to a fixed size with Dense."
    )
