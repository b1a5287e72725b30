"""The network as a table: a row a layer with its output, costs and receptive field, and the table as text.

Where the figures come from: cost.py and receptive.py. Knows no window; the pane that shows the rows is
ui/panes/analyze.py, the command cli/info.py.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from playground.graph.cost import Cost, costs
from playground.graph.model import Graph, NodeId
from playground.graph.problem import Report
from playground.graph.receptive import Field, Pair, fields
from playground.layers.layer import Layer, Weighted
from playground.layers.shape import Shape

NOTHING = "–"
"""In a cell that means nothing for this layer, or cannot be known yet."""


@dataclass(frozen=True, slots=True)
class Row:
    """One layer. What cannot be known while something is wrong is None."""

    place: int
    """In the order of computing, counted from 1."""
    id: NodeId
    type: str
    layer: str
    """The heading of its card, as in "Conv 3×3"."""
    family: str
    output: Shape | None
    trainable: bool | None
    """Whether training adjusts its weights; None where it has none."""
    cost: Cost | None
    field: Field | None
    """What one value sees of the input image; None where there is no 2-D map, or all is seen."""


def rows(graph: Graph, report: Report) -> tuple[Row, ...]:
    """A row for each layer, from input to output; those on or behind a loop at the end."""
    cost, field = costs(graph, report), fields(graph, report)
    known = set(graph.order)
    order = (*graph.order, *(id for id in graph.nodes if id not in known))
    return tuple(
        _row(place, id, graph.nodes[id], report.shapes.get(id), cost.get(id), field.get(id))
        for place, id in enumerate(order, 1)
    )


def _row(place: int, id: NodeId, layer: Layer, shape: Shape | None, cost: Cost | None, field: Field | None) -> Row:
    trainable = True if cost is not None and cost.parameters else None
    if isinstance(layer, Weighted):
        trainable = layer.trainable
    return Row(place, id, layer.type, layer.heading, layer.family, shape, trainable, cost, field)


def totals(rows: Iterable[Row]) -> Cost:
    """The sum over those layers whose costs are known."""
    return sum((row.cost for row in rows if row.cost is not None), Cost())


def lettered(shape: Shape) -> str:
    """A shape with what each dimension is: channels, height, width; time steps, features; units.

    >>> lettered(Shape((16, 28, 20))), lettered(Shape((64, 3))), lettered(Shape((10,)))
    ('16 C × 28 H × 20 W', '64 T × 3 F', '10 U')
    >>> lettered(Shape((8, 3, 32, 32)))
    '8 frames × 3 C × 32 H × 32 W'
    """
    letters = {1: ("U",), 2: ("T", "F"), 3: ("C", "H", "W"), 4: ("frames", "C", "H", "W")}[shape.rank]
    return " × ".join(f"{side:,} {letter}" for side, letter in zip(shape.dims, letters, strict=True))


def in_bytes(count: int) -> str:
    """An amount of memory in three digits at most, in powers of 1,000.

    >>> in_bytes(40), in_bytes(4096), in_bytes(250_000), in_bytes(12_345_678_901)
    ('40 B', '4.1 kB', '250 kB', '12.3 GB')
    """
    for size, unit in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if count >= size:
            value = count / size
            return f"{value:,.0f} {unit}" if value >= 100 else f"{value:.1f} {unit}"
    return f"{count} B"


def sides(pair: Pair) -> str:
    """Height and width, or one number where they are the same.

    >>> sides((3, 3)), sides((1, 5))
    ('3', '1×5')
    """
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]}×{pair[1]}"


def seen(field: Field | None) -> str:
    """A receptive field in a cell: its size, how far it moves and how far it reaches over the edge.

    >>> seen(Field((7, 7), (4, 4), (3, 3)))
    '7×7, stride 4, padding 3'
    """
    if field is None:
        return NOTHING
    height, width = field.size
    return f"{height}×{width}, stride {sides(field.stride)}, padding {sides(field.padding)}"


Value = str | int | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table: what it is called, what a cell says, and by what it is sorted."""

    name: str
    """In CSV's first line."""
    title: str
    text: Callable[[Row], str]
    """For a person."""
    value: Callable[[Row], Value]
    """For sorting, and in CSV: a number without separators, None where there is none."""
    is_number: bool = False


def _number(
    get: Callable[[Cost], int], shown: Callable[[int], str]
) -> tuple[Callable[[Row], str], Callable[[Row], Value]]:
    return (
        lambda row: NOTHING if row.cost is None else shown(get(row.cost)),
        lambda row: None if row.cost is None else get(row.cost),
    )


def _thousands(count: int) -> str:
    return f"{count:,}"


def _answer(row: Row) -> str:
    return NOTHING if row.trainable is None else "yes" if row.trainable else "no"


COLUMNS: tuple[Column, ...] = (
    Column("id", "Id", lambda row: row.id, lambda row: row.id),
    Column("layer", "Layer", lambda row: row.layer, lambda row: row.layer),
    Column(
        "output",
        "Output",
        lambda row: NOTHING if row.output is None else lettered(row.output),
        lambda row: None if row.output is None else row.output.size,
        is_number=True,
    ),
    Column("parameters", "Parameters", *_number(lambda cost: cost.parameters, _thousands), is_number=True),
    Column("trainable", "Trainable", _answer, _answer),
    Column("multiply_adds", "Multiply-adds", *_number(lambda cost: cost.multiply_adds, _thousands), is_number=True),
    Column("activation_bytes", "Memory", *_number(lambda cost: cost.activation_bytes, in_bytes), is_number=True),
    Column(
        "receptive_field",
        "Receptive field",
        lambda row: seen(row.field),
        lambda row: None if row.field is None else row.field.size[0] * row.field.size[1],
        is_number=True,
    ),
)
"""From left to right. Memory is what a layer gives for one example, as 32-bit numbers."""


def ordered(rows: Sequence[Row], column: Column, descending: bool = False) -> tuple[Row, ...]:
    """Sorted by a column; rows without a value always come last, equal ones keep their order."""
    known = [(value, row) for row in rows if (value := column.value(row)) is not None]
    rest = [row for row in rows if column.value(row) is None]
    known.sort(key=lambda pair: pair[0], reverse=descending)
    return (*(row for _, row in known), *rest)


def largest(rows: Iterable[Row], get: Callable[[Cost], int]) -> tuple[Row, float] | None:
    """The row that costs most, and its share of the whole from 0 to 1; None where nothing costs anything."""
    costly = [(get(row.cost), row) for row in rows if row.cost is not None]
    whole = sum(count for count, _ in costly)
    if not whole:
        return None
    count, row = max(costly, key=lambda pair: pair[0])
    return row, count / whole


def as_csv(rows: Sequence[Row]) -> str:
    """The table as CSV (RFC 4180) with plain numbers; the output's sides joined by ×, in torch's order."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([column.name for column in COLUMNS])
    for row in rows:
        writer.writerow([_plain(row, column) for column in COLUMNS])
    return text.getvalue()


def _plain(row: Row, column: Column) -> Value:
    if column.name == "output":
        return "" if row.output is None else "×".join(str(side) for side in row.output.dims)
    if column.name in ("receptive_field", "trainable"):
        return column.text(row).replace(NOTHING, "")
    return column.value(row)


def as_markdown(rows: Sequence[Row]) -> str:
    """The table as Markdown (GitHub's), as a person reads it, with a line of totals."""
    whole = totals(rows)
    last = {
        "id": "**total**",
        "parameters": _thousands(whole.parameters),
        "multiply_adds": _thousands(whole.multiply_adds),
        "activation_bytes": in_bytes(whole.activation_bytes),
    }
    lines = [
        [column.title for column in COLUMNS],
        ["---:" if column.is_number else "---" for column in COLUMNS],
        *([column.text(row).replace("|", r"\|") for column in COLUMNS] for row in rows),
        [last.get(column.name, "") for column in COLUMNS],
    ]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def as_tabs(rows: Sequence[Row]) -> str:
    """Rows as a spreadsheet takes them from the clipboard: cells parted by tabs, as a person reads them."""
    return "".join("\t".join(column.text(row) for column in COLUMNS) + "\n" for row in rows)
