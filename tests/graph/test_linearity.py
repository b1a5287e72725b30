from __future__ import annotations

import pytest

from playground.app.document import make_project
from playground.graph.edits import SetSettings
from playground.graph.linearity import is_linear


@pytest.mark.parametrize(
    ("template", "is_so"), [("one-neuron", True), ("xor-mlp", False), ("digits-cnn", False), ("frequency-lstm", False)]
)
def test_a_neuron_alone_is_linear_and_what_has_a_hidden_layer_is_not(template, is_so):
    assert is_linear(make_project(template)[0].graph) is is_so


def test_hidden_layers_without_activations_are_linear_together():
    graph = make_project("digits-mlp")[0].graph
    assert not is_linear(graph)
    assert is_linear(SetSettings("dense1", (("activation", "none"),)).apply(graph))
