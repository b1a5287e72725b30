"""Checking and compiling agree: what has no error can be built and computes the shapes that checking foretold."""

from __future__ import annotations

import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from playground.engine.compile import build
from playground.graph.check import check
from playground.graph.cost import costs, total
from playground.graph.edits import apply_all
from playground.graph.model import Graph
from playground.layers.shape import Signature
from tests.graph.random_graphs import SIGNATURES, wired

MOST_CLICKS = 25


def clicked_through(graph: Graph, signature: Signature) -> Graph:
    """The graph after taking the first fix of the first error, again and again, until there is none with a fix."""
    for _ in range(MOST_CLICKS):
        fixes = [problem.fixes for problem in check(graph, signature).errors if problem.fixes]
        if not fixes:
            break
        graph = apply_all(graph, fixes[0][0].edits)
    return graph


@settings(max_examples=60, deadline=None, derandomize=True)
@given(wired(), st.sampled_from(SIGNATURES))
def test_a_network_without_errors_can_be_built_and_gives_its_shapes(graph: Graph, signature: Signature) -> None:
    graph = clicked_through(graph, signature)
    report = check(graph, signature)
    assume(report.ok and total(costs(graph, report)).multiply_adds < 10**7)
    network = build(graph).eval()

    found = network.activations(torch.zeros(2, *signature.input.dims), tuple(graph.nodes))

    assert {id: tuple(values.shape[1:]) for id, values in found.items()} == {id: report.shapes[id].dims for id in found}
    assert graph.of_type("Output")[0] in found


@settings(max_examples=60, deadline=None, derandomize=True)
@given(wired(), st.sampled_from(SIGNATURES))
def test_clicking_the_first_fix_again_and_again_leads_out_of_all_errors(graph: Graph, signature: Signature) -> None:
    left = [problem for problem in check(clicked_through(graph, signature), signature).errors if problem.fixes]

    assert left == []
