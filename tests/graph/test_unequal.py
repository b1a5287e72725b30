"""Sequences of unequal length: what cannot leave out what fills up the shorter ones says so, with a way out."""

from __future__ import annotations

from playground.graph.check import check
from playground.graph.edits import apply_all
from playground.graph.templates import chain
from playground.layers.dense import Dense
from playground.layers.ends import Input, Output
from playground.layers.pooling import GlobalAvgPool2d
from playground.layers.recurrent import GRU
from playground.layers.reshape import Flatten
from playground.layers.shape import Shape, Signature
from playground.layers.steps import Conv1d

UNEQUAL = Signature(Shape((29, 12)), 9, "classes", fewest=7)
EQUAL = Signature(Shape((29, 12)), 9, "classes")


def net(*hidden):
    return chain(Input(dims=(29, 12)), *hidden, Dense(units=9), Output(units=9))


def warnings(graph, signature):
    return [problem for problem in check(graph, signature).problems if problem.severity == "warning"]


def test_flatten_warns_that_it_sees_zeros_and_is_replaced_by_a_mean_over_the_steps():
    graph = net(Flatten())
    (warning,) = warnings(graph, UNEQUAL)
    assert warning.text == (
        "The series have from 7 to 29 steps, but flatten1 takes a fixed number: before a shorter one it sees zeros, as "
        "if something had happened there. Average over the steps, or let a recurrent layer read them."
    )
    mended = apply_all(graph, warning.fixes[0].edits)
    assert warnings(mended, UNEQUAL) == []
    assert not check(mended, UNEQUAL).errors


def test_a_window_longer_than_the_shortest_series_is_named():
    graph = net(Conv1d(kernel=9, padding="valid"), GlobalAvgPool2d())
    (warning,) = warnings(graph, UNEQUAL)
    assert warning.text == (
        "The shortest series has 7 steps, too few for conv1: it answers such a one as if zeros followed it. Use a "
        "smaller window, or padding."
    )
    assert warnings(apply_all(graph, warning.fixes[0].edits), UNEQUAL) == []


def test_nothing_is_said_of_layers_that_look_at_own_steps_or_of_series_of_one_length():
    assert warnings(net(GRU(units=8)), UNEQUAL) == []
    assert warnings(net(Flatten()), EQUAL) == []
