"""The table of layers, against figures worked out by hand."""

from __future__ import annotations

import csv
import io

import pytest

from playground.graph.analysis import (
    COLUMNS,
    Row,
    as_csv,
    as_markdown,
    as_tabs,
    largest,
    lettered,
    ordered,
    rows,
    totals,
)
from playground.graph.check import check
from playground.graph.cost import Cost
from playground.graph.model import Edge, Graph
from playground.graph.templates import chain
from playground.layers import LAYERS
from playground.layers.layer import Layer, Weighted
from playground.layers.shape import Shape

BY_NAME = {column.name: column for column in COLUMNS}


def made(name: str, **settings: object) -> Layer:
    return LAYERS[name].model_validate(settings)


def table(*layers: Layer) -> tuple[Row, ...]:
    graph = chain(*layers)
    return rows(graph, check(graph))


def small() -> tuple[Row, ...]:
    return table(
        made("Input", dims=(1, 8, 8)),
        made("Conv2d", filters=4),
        made("MaxPool2d"),
        made("Flatten"),
        made("Dense", units=10),
        made("Output", units=10),
    )


def test_a_row_a_layer_stands_in_the_order_of_computing() -> None:
    graph = Graph(
        {"out": made("Output"), "hidden": made("Dense", units=2), "start": made("Input", dims=(3,))},
        (Edge("hidden", "out", "scores"), Edge("start", "hidden", "values")),
    )

    found = rows(graph, check(graph))

    assert [(row.place, row.id) for row in found] == [(1, "start"), (2, "hidden"), (3, "out")]


def test_outputs_carry_letters_and_costs_are_those_of_the_formulas() -> None:
    texts = [[BY_NAME[name].text(row) for name in ("output", "parameters", "multiply_adds")] for row in small()]

    assert texts[1:5] == [
        ["4 C × 8 H × 8 W", "40", f"{8 * 8 * 4 * 9:,}"],
        ["4 C × 4 H × 4 W", "0", "0"],
        ["64 U", "0", "0"],
        ["10 U", "650", "640"],
    ]
    assert lettered(Shape((64, 3))) == "64 T × 3 F"
    assert totals(small()) == Cost(690, 8 * 8 * 4 * 9 + 640, 4 * (64 + 256 + 64 + 64 + 10), trainable=690)


def test_the_receptive_field_says_size_stride_and_padding() -> None:
    texts = [BY_NAME["receptive_field"].text(row) for row in small()]

    assert texts[1:4] == ["3×3, stride 1, padding 1", "4×4, stride 2, padding 1", "–"]


def test_layers_with_weights_say_whether_they_learn_and_others_do_not() -> None:
    assert [BY_NAME["trainable"].text(row) for row in small()] == ["–", "yes", "–", "–", "yes", "–"]


def test_a_frozen_layer_says_no() -> None:
    class Still(Weighted):
        def shape(self, values: Shape) -> Shape:
            return values

        def parameters(self, *_inputs: Shape) -> int:
            return 7

    graph = Graph({"input1": made("Input"), "still": Still(trainable=False)}, (Edge("input1", "still", "values"),))

    assert [row.trainable for row in rows(graph, check(graph))] == [None, False]


def test_what_stands_behind_a_misfit_is_unknown_and_sorts_last_either_way() -> None:
    found = table(made("Input", dims=(1, 8, 8)), made("Conv2d", filters=2), made("Dense"), made("Output"))
    column = BY_NAME["parameters"]

    assert [column.text(row) for row in found] == ["0", "20", "–", "–"]
    assert [row.id for row in ordered(found, column)] == ["input1", "conv1", "dense1", "output1"]
    assert [row.id for row in ordered(found, column, descending=True)] == ["conv1", "input1", "dense1", "output1"]


def test_layers_on_a_loop_have_rows_too() -> None:
    graph = chain(made("Input"), made("Add"), made("Dense"), made("Output"))
    graph = graph.with_edge(Edge("dense1", "add1", "inputs"))

    assert [row.id for row in rows(graph, check(graph))] == ["input1", "add1", "dense1", "output1"]


@pytest.mark.parametrize(
    ("name", "last"), [("output", "conv1"), ("parameters", "dense1"), ("multiply_adds", "conv1"), ("id", "pool1")]
)
def test_columns_sort_by_their_numbers_not_by_their_words(name: str, last: str) -> None:
    assert ordered(small(), BY_NAME[name])[-1].id == last


def test_the_largest_layer_is_named_with_its_share() -> None:
    found = largest(small(), lambda cost: cost.parameters)

    assert found is not None
    assert (found[0].id, round(found[1], 3)) == ("dense1", round(650 / 690, 3))
    assert largest(table(made("Input"), made("Output")), lambda cost: cost.parameters) is None


def test_csv_holds_plain_numbers_that_any_reader_takes_back() -> None:
    read = list(csv.DictReader(io.StringIO(as_csv(small()))))

    assert read[1] == {
        "id": "conv1", "layer": "Conv 3×3", "output": "4×8×8", "parameters": "40", "trainable": "yes",
        "multiply_adds": "2304", "activation_bytes": "1024", "receptive_field": "3×3, stride 1, padding 1",
    }  # fmt: skip
    assert (read[3]["receptive_field"], read[3]["trainable"]) == ("", "")


def test_markdown_has_a_line_a_layer_numbers_on_the_right_and_totals() -> None:
    lines = as_markdown(small()).splitlines()

    assert lines[0].startswith("| Id | Layer | Output | Parameters |")
    assert lines[1] == "| --- | --- | ---: | ---: | --- | ---: | ---: | ---: |"
    assert lines[3] == ("| conv1 | Conv 3×3 | 4 C × 8 H × 8 W | 40 | yes | 2,304 | 1.0 kB | 3×3, stride 1, padding 1 |")
    assert lines[-1] == "| **total** |  |  | 690 |  | 2,944 | 1.8 kB |  |"
    assert len(lines) == 2 + 6 + 1


def test_copied_rows_are_parted_by_tabs() -> None:
    assert as_tabs(small()[4:5]) == "dense1\tDense 10\t10 U\t650\tyes\t640\t40 B\t–\n"
