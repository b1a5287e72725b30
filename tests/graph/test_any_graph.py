"""What holds for every network and every edit."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from playground.graph.arrange import arrange, place_new
from playground.graph.check import Problem, Report, check
from playground.graph.cost import costs, total
from playground.graph.edits import Edit, adapt, apply_all
from playground.graph.model import Graph
from playground.graph.receptive import fields
from playground.layers.shape import Signature
from tests.graph.random_graphs import SIGNATURES, edits, signatures, tried, wired

quick = settings(max_examples=60, deadline=None, derandomize=True)


def same(problem: Problem, report: Report) -> bool:
    return any((other.node, other.text) == (problem.node, problem.text) for other in report.problems)


@quick
@given(wired(), st.lists(edits, max_size=6), signatures)
def test_checking_after_any_edits_never_raises(graph: Graph, changes: list[Edit], signature: Signature | None) -> None:
    for change in changes:
        graph = tried(graph, change)
        report = check(graph, signature)

        assert all(problem.text.endswith(".") for problem in report.problems)
        assert all(fix.label for problem in report.problems for fix in problem.fixes)


@quick
@given(wired(), signatures)
def test_every_fix_leaves_the_network_without_its_problem(graph: Graph, signature: Signature | None) -> None:
    for problem in check(graph, signature).problems:
        for fix in problem.fixes:
            fixed = check(apply_all(graph, fix.edits), signature)

            assert not same(problem, fixed), (problem.text, fix.label)


@quick
@given(wired(), st.lists(edits, max_size=6))
def test_edits_keep_edges_between_layers_that_exist(graph: Graph, changes: list[Edit]) -> None:
    for change in changes:
        before = graph
        graph = tried(graph, change)

        assert all(edge.source in graph.nodes and edge.target in graph.nodes for edge in graph.edges)
        assert all(graph.nodes[edge.target].has_port(edge.port) for edge in graph.edges)
        assert len(set(graph.edges)) == len(graph.edges)
        assert graph is not before or graph == before


@quick
@given(wired())
def test_costs_fields_and_layout_exist_for_any_graph(graph: Graph) -> None:
    report = check(graph)

    assert total(costs(graph, report)).parameters >= 0
    assert set(fields(graph, report)) == set(report.shapes)
    assert len(set(arrange(graph).values())) == len(graph.nodes) == len(set(arrange(graph, down=True).values()))
    some = dict(list(arrange(graph).items())[::2])
    assert some.items() <= place_new(graph, some).items()


@quick
@given(wired(), st.sampled_from(SIGNATURES))
def test_adapting_leaves_no_misfit_with_the_data(graph: Graph, signature: Signature) -> None:
    texts = [problem.text for problem in check(adapt(graph, signature), signature).problems]

    assert not [text for text in texts if "but the data have" in text or "an example of the data" in text]


@quick
@given(wired(), signatures)
def test_checking_leaves_the_graph_alone_and_says_the_same_twice(graph: Graph, signature: Signature | None) -> None:
    nodes, edges = dict(graph.nodes), graph.edges
    first = check(graph, signature)

    assert check(Graph(nodes, edges), signature) == first
    assert (dict(graph.nodes), graph.edges) == (nodes, edges)
