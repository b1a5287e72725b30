"""The undo menu says what was done: settings by their titles, layers by their ids whatever stands on the cards."""

from __future__ import annotations

import pytest

from playground.app.changes import Arrange, EditGraph, Move, RenameProject
from playground.app.wording import in_words
from playground.graph.edits import AddLayer, Connect, Delete, Disconnect, Rename, SetSettings, Several, layer_like
from playground.graph.model import Edge
from playground.graph.rewiring import Replace, SetAll, Swap
from playground.graph.templates import chain
from playground.layers.dense import Dense

GRAPH = chain(layer_like("Input"), layer_like("Conv2d"), layer_like("ReLU"), Dense(), Dense(), layer_like("Output"))
EDGE = Edge("conv1", "relu1", "inputs")


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (Connect(EDGE), "Wire conv1 to relu1"),
        (Connect(Edge("conv1", "dense2", "values")), "Wire conv1 to dense2"),
        (Disconnect(EDGE), "Disconnect conv1 from relu1"),
        (Several(Connect(EDGE).label, (Disconnect(EDGE), Connect(EDGE))), "Wire conv1 to relu1"),
        (Several("Insert Flatten", (Connect(EDGE),)), "Insert Flatten"),
        (Delete(("relu1",)), "Delete relu1"),
        (Delete(("relu1", "conv1")), "Delete 2 layers"),
        (SetSettings("conv1", (("kernel", 5),)), "Change window of conv1"),
        (SetSettings("dense1", (("units", 5), ("bias", False))), "Change units, bias of dense1"),
        (SetAll(("dense1", "dense2", "conv1"), "units", 5), "Change units of 2 layers"),
        (Replace("relu1", layer_like("Tanh"), "tanh1"), "Replace relu1 by Tanh"),
        (Swap("conv1", "dense1"), "Swap conv1 and dense1"),
        (AddLayer("tanh1", layer_like("Tanh")), "Add Tanh"),
        (Rename("relu1", "bend"), "Rename relu1 to bend"),
        (Delete(("gone",)), "Delete gone"),
    ],
)
def test_edits_name_a_layer_by_its_id(edit, words):
    assert in_words(EditGraph(edit), GRAPH) == words


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Move({"relu1": (0, 0)}), "Move relu1"),
        (Move({"relu1": (0, 0), "conv1": (9, 9)}), "Move 2 layers"),
        (Arrange(), "Arrange"),
        (RenameProject("x"), "Rename the project"),
    ],
)
def test_other_changes_too(change, words):
    assert in_words(change, GRAPH) == words


def test_a_layer_is_called_the_same_whether_another_looks_like_it_or_not():
    edit = SetSettings("dense1", (("units", 20),))
    alone = edit.apply(GRAPH)
    assert alone.nodes["dense1"].heading != alone.nodes["dense2"].heading
    assert in_words(EditGraph(edit), GRAPH) == in_words(EditGraph(edit), alone) == "Change units of dense1"
