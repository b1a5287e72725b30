"""What the numbers are called that go into a network or into one of its layers."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from playground.data.dataset import Examples

POWERS = {"x2": "x²", "y2": "y²", "xy": "x·y"}


def input_names(examples: Examples | None, count: int) -> list[str]:
    """Of so many inputs of the network: x, y and what is made of them, a table's columns, else numbers."""
    names = (examples.features or examples.dataset.feature_names) if examples is not None else ()
    if len(names) == count:
        return [POWERS.get(name, name) for name in names]
    words = QCoreApplication.translate("naming", "input %1")
    return [words.replace("%1", str(number + 1)) for number in range(count)]


def unit_names(count: int) -> list[str]:
    """Of a layer's units, which are counted from 1 for people."""
    words = QCoreApplication.translate("naming", "unit %1")
    return [words.replace("%1", str(number + 1)) for number in range(count)]
