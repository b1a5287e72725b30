"""What units, places and the numbers that go into a network are called.

People count from 1: the first unit, channel, row, column, step or example is number 1 in all words that are shown, in
every view and card, in spin boxes and in tables that are saved as CSV. Only code counts from 0: indices in the program,
arrays saved as .npy, written Python, and settings of layers that say so. All that tells a place goes through counted()
or place_words().
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from playground.app.session import Session
from playground.data.dataset import Examples
from playground.graph.model import NodeId

POWERS = {"x2": "x²", "y2": "y²", "xy": "x·y"}


def counted(at: int) -> str:
    """A place in an array, whose first is 0, as people count it.

    >>> counted(0), counted(1023)
    ('1', '1,024')
    """
    return f"{at + 1:,}"


def input_names(examples: Examples | None, count: int) -> list[str]:
    """Of so many inputs of the network: x, y and what is made of them, a table's columns, else numbers."""
    names = (examples.features or examples.dataset.feature_names) if examples is not None else ()
    if len(names) == count:
        return [POWERS.get(name, name) for name in names]
    return [_words("input %1").replace("%1", counted(number)) for number in range(count)]


def unit_names(count: int) -> list[str]:
    """Of a layer's units."""
    return [place_words((number,)) for number in range(count)]


def place_words(unit: Sequence[int]) -> str:
    """A unit of what a layer gives for one example: (channel, row, column), (step, unit) or (unit,).

    >>> place_words((2, 4, 5)), place_words((9, 0)), place_words((2,))
    ('channel 3, row 5, column 6', 'step 10, unit 1', 'unit 3')
    """
    forms = {3: _words("channel %1, row %2, column %3"), 2: _words("step %1, unit %2")}
    words = forms.get(len(unit), _words("unit %1"))
    for number, at in enumerate(unit, 1):
        words = words.replace(f"%{number}", counted(at))
    return words


def cell_words(row: int, column: int) -> str:
    """A place of a picture whose rows and columns mean nothing more."""
    return _words("row %1, column %2").replace("%1", counted(row)).replace("%2", counted(column))


def vector_words(_row: int, column: int) -> str:
    """A cell of a vector that is drawn as a row."""
    return place_words((column,))


def time_words(row: int, column: int) -> str:
    """A cell of states over time: units downwards, steps to the right."""
    return place_words((column, row))


def channel_words(channel: int) -> str:
    """One map of an image."""
    return _words("channel %1").replace("%1", counted(channel))


def answer_names(session: Session, id: NodeId | None) -> tuple[str, ...]:
    """What the units of a layer stand for whose numbers are the network's answer: the classes.

    Such a layer is an Output, or hands its numbers to one. One score for two classes speaks for the second. Empty for
    all other layers, and where numbers are predicted.
    """
    examples, report = session.examples, session.report
    shape = report.shapes.get(id) if id is not None else None
    if id is None or examples is None or shape is None or shape.is_image:
        return ()
    if examples.targets is not None or examples.is_rebuilding:
        return ()
    graph = report.written_out
    after = [edge.target for edge in graph.outgoing.get(id, ())]
    if not any(each in graph.nodes and graph.nodes[each].type == "Output" for each in (id, *after)):
        return ()
    names, count = examples.dataset.class_names, shape.dims[-1]
    return tuple(names) if len(names) == count else (names[1],) if (count, len(names)) == (1, 2) else ()


def _words(text: str) -> str:
    return QCoreApplication.translate("naming", text)
