"""What the data are, in one line: how many of what, and what is asked of them."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from playground.data.dataset import Dataset

THINGS = {
    "points": ("%1 point", "%1 points"),
    "table": ("%1 row of %2 inputs", "%1 rows of %2 inputs"),
    "image": ("%1 image of %2", "%1 images of %2"),
    "film": ("%1 film of %2", "%1 films of %2"),
    "sequence": ("%1 series of %2 steps", "%1 series of %2 steps"),
    "text": ("%1 text of %2 symbols", "%1 texts of %2 symbols"),
}
"""One, and several."""


def examples_words(dataset: Dataset) -> str:
    """1,797 images of 8×8×1 · 10 classes.

    Of a sequence the length is told, of everything else the shape of an example.
    """
    shape, count = dataset.signature.input, len(dataset.inputs)
    kind = "film" if shape.is_film else dataset.kind
    each = f"{shape.steps:,}" if shape.is_sequence else str(shape)
    words = _tr(THINGS[kind][count != 1]).replace("%1", f"{count:,}").replace("%2", each)
    outputs = dataset.signature.outputs
    if dataset.task == "classes":
        task = _tr("%1 classes") if outputs != 1 else _tr("1 class")
    else:
        task = _tr("%1 numbers to predict") if outputs != 1 else _tr("a number to predict")
    return f"{words} · {task.replace('%1', f'{outputs:,}')}"


def _tr(words: str) -> str:
    return QCoreApplication.translate("DataWords", words)
