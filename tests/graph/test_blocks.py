"""Blocks: grouping changes nothing that is computed; repeating writes copies out."""

from __future__ import annotations

import pytest
import torch

from playground.engine.compile import build
from playground.graph.blocks import MakeBlock, SetBlock, SetInBlock, Ungroup, fresh_block
from playground.graph.check import check
from playground.graph.cost import costs, total
from playground.graph.edits import Delete, InsertOnEdge, Rename, apply_all, layer_like
from playground.graph.model import Edge, Graph
from playground.graph.receptive import fields
from playground.graph.repeat import inside, original, written_out
from playground.graph.templates import chain


def network() -> Graph:
    """Two 3×3 convolutions between the ends, the second ready to be repeated."""
    return chain(
        layer_like("Input", (("dims", (1, 8, 8)),)),
        layer_like("Conv2d", (("filters", 4), ("activation", "relu"))),
        layer_like("Conv2d", (("filters", 4),)),
        layer_like("ReLU"),
        layer_like("GlobalAvgPool2d"),
        layer_like("Dense", (("units", 2),)),
        layer_like("Output"),
    )


def repeated(times: int) -> Graph:
    return MakeBlock(("conv2", "relu1"), "Plain", "block1", times).apply(network())


def test_grouping_changes_nothing_that_is_computed() -> None:
    assert check(repeated(1)).problems == check(network()).problems == ()
    assert check(repeated(1)).shapes == check(network()).shapes


def test_a_repeated_block_has_copies_with_weights_of_their_own() -> None:
    graph = repeated(3)
    found = check(graph)
    built = build(graph)
    names = [name for name, _ in built.named_parameters()]

    assert found.problems == ()
    assert [name for name in names if name.endswith("weight")] == [
        "conv1.weight", "conv2.weight", "conv2.2.weight", "conv2.3.weight", "dense1.weight",
    ]  # fmt: skip
    assert total(costs(graph, found)).parameters == built.count == 40 + 3 * 148 + 10
    assert costs(graph, found)["conv2"].parameters == 3 * 148


def test_a_repeated_block_computes_its_copies_in_a_row() -> None:
    built = build(repeated(2)).eval()
    x = torch.randn(1, 1, 8, 8)
    values = built.activations(x, ("conv1", "relu1", "relu1.2", "gap1"))
    first, second = built._modules["conv2"], built._modules["conv2.2"]
    assert isinstance(first, torch.nn.Conv2d)
    assert isinstance(second, torch.nn.Conv2d)

    assert torch.allclose(values["relu1"], first(values["conv1"]).relu())
    assert torch.allclose(values["relu1.2"], second(values["relu1"]).relu())
    assert torch.allclose(values["gap1"], values["relu1.2"].mean(dim=(2, 3)))


def test_the_receptive_field_grows_with_every_copy() -> None:
    graph = repeated(3)
    found = fields(graph, check(graph))

    assert [found[id].size[0] for id in ("conv1", "conv2", "conv2.2", "conv2.3")] == [3, 5, 7, 9]  # type: ignore[union-attr]


def test_blocks_in_blocks_are_repeated_from_the_inside_out() -> None:
    graph = MakeBlock(("conv1", "conv2", "relu1"), "Stage", "block2", 2).apply(repeated(2))
    graph = SetInBlock("block2", "filters", 1).apply(graph)
    flat, bad = written_out(graph)

    assert bad == ()
    assert graph.blocks["block1"].parent == "block2"
    assert inside(graph, "block2") == ("conv1", "conv2", "relu1")
    assert sum(original(id) == "conv2" for id in flat.nodes) == 4
    assert check(graph).problems == ()
    assert build(graph).count == 4 * 10 + 2 * 10 + 4


def test_a_block_that_cannot_be_repeated_says_why_and_is_repaired() -> None:
    graph = network().with_node("add1", layer_like("Add"))
    graph = apply_all(graph, (InsertOnEdge(Edge("relu1", "gap1", "image"), "sum", layer_like("Add")),))
    graph = graph.without(("add1",)).with_edge(Edge("conv1", "sum", "inputs"))
    graph = MakeBlock(("relu1", "sum"), "Residual", "block1", 2).apply(graph)
    problem = check(graph).errors[0]

    assert problem.text == (
        "Residual cannot be repeated: it is fed by 2 layers, and must be by one. Take the others into the block."
    )
    assert check(apply_all(graph, problem.fixes[0].edits)).ok


def test_a_copy_that_does_not_fit_is_told_of_the_block() -> None:
    graph = SetInBlock("block1", "filters", 4).apply(repeated(2))
    graph = graph.with_node("conv2", layer_like("Conv2d", (("filters", 4), ("kernel", 5), ("padding", "valid"))))
    problem = check(graph).errors[0]

    assert problem.node == "conv2"
    assert problem.text.startswith("In a repetition of Plain: Conv 2D looks through a 5×5 window, which does not fit")
    assert [fix.label for fix in problem.fixes] == ["Repeat Plain once"]
    assert check(apply_all(graph, problem.fixes[0].edits)).ok


def test_ungrouping_leaves_the_layers() -> None:
    graph = Ungroup("block1").apply(repeated(3))

    assert graph.blocks == {}
    assert graph.nodes == network().nodes


def test_renaming_inserting_and_deleting_keep_blocks_right() -> None:
    graph = Rename("conv2", "deep").apply(repeated(2))
    assert graph.blocks["block1"].members == ("deep", "relu1")
    graph = InsertOnEdge(Edge("deep", "relu1", "inputs"), "norm1", layer_like("BatchNorm")).apply(graph)
    assert graph.blocks["block1"].members == ("deep", "relu1", "norm1")
    assert Delete(("deep", "relu1", "norm1")).apply(graph).blocks == {}


def test_a_setting_of_all_layers_in_a_block_is_one_edit() -> None:
    graph = SetInBlock("block1", "filters", 7).apply(repeated(1))

    assert graph.nodes["conv2"].settings["filters"] == 7
    assert graph.nodes["conv1"].settings["filters"] == 4


def test_repeats_and_titles_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match=r"repeated at least once and at most 1,000 times, not 0\."):
        SetBlock("block1", (("repeat", 0),)).apply(repeated(1))
    with pytest.raises(ValueError, match=r"A block has a name of 1 to 60 letters"):
        SetBlock("block1", (("title", " "),)).apply(repeated(1))


def test_too_many_copies_are_refused_before_they_are_made() -> None:
    graph = MakeBlock(("conv1", "conv2", "relu1"), "Stage", "block2", 900).apply(repeated(900))

    assert "makes more than 20,000 layers. Repeat it less." in check(graph).errors[0].text


def test_a_new_block_gets_an_unused_id() -> None:
    assert fresh_block(repeated(1)) == "block2"
