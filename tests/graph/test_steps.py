"""What an edit says it changed is what a comparison of all layers finds."""

from __future__ import annotations

import pickle

import pytest

from playground.graph.check import check
from playground.graph.difference import changed_layers, changed_results, new_layers, others, same_layers
from playground.graph.edits import Delete, SetSettings
from playground.graph.steps import changed_by_step
from playground.graph.templates import TEMPLATES
from playground.layers.shape import Shape, Signature


@pytest.fixture
def graph():
    return TEMPLATES["digits-cnn"].build(Signature(Shape((1, 8, 8)), 10, "classes"))


def test_a_setting_is_the_only_thing_that_a_step_changed_in_either_direction(graph):
    edited = SetSettings("conv1", (("filters", 5),)).apply(graph)
    assert changed_by_step(graph, edited) == {"conv1"} == others(graph.nodes, edited.nodes)
    assert changed_layers(graph, edited) == changed_layers(edited, graph) == {"conv1"}


def test_what_two_steps_changed_is_looked_for(graph):
    edited = SetSettings("conv1", (("filters", 5),)).apply(graph)
    again = SetSettings("conv1", (("kernel", 5),)).apply(edited)
    assert changed_by_step(graph, again) is None
    assert new_layers(graph, again) == {"conv1"}


def test_a_layer_that_came_is_new_and_one_that_went_is_not(graph):
    more = graph.with_node("extra1", graph.nodes["conv1"])
    assert new_layers(graph, more) == {"extra1"}
    assert new_layers(more, graph) == set()
    assert not same_layers(graph, more)
    assert not same_layers(more, graph)
    assert changed_layers(graph, more) is None is changed_layers(graph, Delete(("conv1",)).apply(graph))


def test_results_that_may_differ_are_all_that_do(graph):
    before = check(graph)
    after = check(SetSettings("conv1", (("filters", 5),)).apply(graph), before=before)
    said, looked_for = changed_by_step(before, after), others(before.shapes, after.shapes)
    assert said is not None
    assert {"conv1"} <= looked_for <= said
    assert changed_results(before, after) == said


def test_a_copy_from_another_process_knows_nothing(graph):
    edited = pickle.loads(pickle.dumps(SetSettings("conv1", (("filters", 5),)).apply(graph)))
    assert changed_by_step(graph, edited) is None
    assert same_layers(graph, edited)
