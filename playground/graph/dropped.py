"""Windows that never look at some pixels: at the far edge, or between two steps.

Knows images only by their shapes; how a window moves is in layers/slide.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from pydantic import ValidationError

from playground.graph.asking import infer
from playground.graph.edits import SetSettings
from playground.graph.model import Graph, NodeId
from playground.graph.problem import Fix, Problem
from playground.graph.shapes import infer_all
from playground.layers.layer import Layer, Unknown
from playground.layers.shape import Shape, Window

Shapes = Mapping[NodeId, Shape]
Settings = tuple[tuple[str, object], ...]

LEAST_SHARE = 0.01
"""Of a side, from which on it is worth a word: one row of 224 is not."""
MOST_FIXES = 3


def dropped_pixels(graph: Graph, shapes: Shapes) -> Iterator[Problem]:
    """A warning for each layer whose window never looks at some rows or columns of a real image."""
    for id in graph.order:
        image = _image(graph, shapes, id)
        if image is None:
            continue
        layer = graph.nodes[id]
        skipped, left = (False, None) if isinstance(layer, Unknown) else _dropped(layer, image)
        if not (skipped or left) or not _slides(layer, image, shapes[id]):
            continue
        words = _skipping(id, layer, image) if skipped else _leaving(id, image, left)
        yield Problem(id, words, "warning", tuple(_fixes(graph, id, image, shapes[id])))


@lru_cache(maxsize=16_384)
def _dropped(layer: Layer, image: Shape) -> tuple[bool, tuple[int, int] | None]:
    """What a layer leaves out between windows and at the far edge; kept for the next check."""
    return _skipped(layer, image), _left(layer, image)


def uncovered(side: int, kernel: int, stride: int, padding: int) -> int:
    """How many of the last pixels along a side no window reaches.

    >>> uncovered(7, kernel=2, stride=2, padding=0), uncovered(56, kernel=3, stride=2, padding=1)
    (1, 0)
    """
    steps = (side + 2 * padding - kernel) // stride
    return max(0, side - (steps * stride + kernel - padding))


def _image(graph: Graph, shapes: Shapes, id: NodeId) -> Shape | None:
    """What goes into a layer, if it is a single image (or a film of them) and the layer gives one."""
    incoming = graph.incoming[id]
    given, gives = shapes.get(incoming[0].source) if len(incoming) == 1 else None, shapes.get(id)
    if given is None or gives is None or given.rank != gives.rank:
        return None
    frame = given.frame if given.is_film else given
    return frame if frame.is_image else None


def _window(layer: Layer, image: Shape) -> Window | None:
    window = layer.window(image)
    return window if window is not None and max(window.stride) > 1 else None


def _slides(layer: Layer, image: Shape, gives: Shape) -> bool:
    """Whether its output is as large as whole steps of its window make it; other layers are not judged here."""
    window = layer.window(image)
    if window is None:
        return False
    sides = zip((image.height, image.width), window.kernel, window.stride, window.padding, strict=True)
    steps = [(side + 2 * padding - kernel) // stride + 1 for side, kernel, stride, padding in sides]
    return steps == [gives.height, gives.width]


def _left(layer: Layer, image: Shape) -> tuple[int, int] | None:
    """Rows and columns at the far edge that are never looked at; None if too few to speak of.

    A 1×1 window that steps over pixels means to: it thins the image out (He et al. 2015, shortcuts).
    """
    window = _window(layer, image)
    if window is None or max(window.kernel) == 1:
        return None
    sides = zip((image.height, image.width), window.kernel, window.stride, window.padding, strict=True)
    rows, columns = (uncovered(*side) for side in sides)
    share = max(rows / image.height, columns / image.width)
    return (rows, columns) if share >= LEAST_SHARE else None


def _skipped(layer: Layer, image: Shape) -> bool:
    """Whether it jumps over pixels between two windows."""
    window = _window(layer, image)
    if window is None or max(window.kernel) == 1:
        return False
    return any(
        stride > kernel and side > stride
        for side, stride, kernel in zip((image.height, image.width), window.stride, window.kernel, strict=True)
    )


def _skipping(id: NodeId, layer: Layer, image: Shape) -> str:
    window = layer.window(image)
    assert window is not None
    kernel, stride = max(zip(window.kernel, window.stride, strict=True), key=lambda pair: pair[1] - pair[0])
    return (
        f"{id} looks at {kernel} and then steps {stride} pixels on: {stride - kernel} of every {stride} rows and "
        "columns are never looked at. Use a stride no larger than the window."
    )


def _leaving(id: NodeId, image: Shape, left: tuple[int, int] | None) -> str:
    rows, columns = left or (0, 0)
    if rows == columns:
        what = "row and column" if rows == 1 else f"{rows} rows and columns"
    else:
        counts = ((rows, "row"), (columns, "column"))
        what = " and ".join(f"{count} {noun}{'s' if count > 1 else ''}" for count, noun in counts if count)
    verb = "is" if rows + columns == 1 else "are"
    return (
        f"The last {what} of the {image.height}×{image.width} image that {id} gets {verb} never looked at: its windows "
        "do not come out even. Use another window, stride or padding."
    )


def _fixes(graph: Graph, id: NodeId, image: Shape, before: Shape) -> Iterator[Fix]:
    """Settings with which every pixel is looked at and the rest of the network still fits; nearest first."""
    layer, count, used = graph.nodes[id], 0, set()
    for label, settings in _candidates(layer):
        name = settings[0][0]
        if count == MOST_FIXES or name in used:
            continue
        try:
            changed = layer.with_settings(**dict(settings))
        except ValidationError:
            continue
        if changed == layer or _left(changed, image) or _skipped(changed, image):
            continue
        edit = SetSettings(id, settings)
        if _same_output(changed, image, before) or _still_fits(graph, edit):
            count += 1
            used.add(name)
            yield Fix(label, (edit,))


def _candidates(layer: Layer) -> Iterator[tuple[str, Settings]]:
    known = type(layer).model_fields
    if getattr(layer, "padding", None) == "valid":
        yield "Set padding to same", (("padding", "same"),)
    kernel, stride = getattr(layer, "kernel", None), getattr(layer, "stride", None)
    if "kernel" in known and isinstance(kernel, int):
        for side in sorted(range(2, kernel + 17), key=lambda side: (abs(side - kernel), -side)):
            yield f"Set window to {side}×{side}", (("kernel", side),)
    if "stride" in known and isinstance(stride, int):
        for step in range(stride - 1, 0, -1):
            yield f"Set stride to {step}", (("stride", step),)


def _same_output(changed: Layer, image: Shape, before: Shape) -> bool:
    """Whether it gives the same shape as before, so that nothing behind it can be broken."""
    return not before.is_film and infer(changed, (image,)) == before


def _still_fits(graph: Graph, edit: SetSettings) -> bool:
    """Whether no layer is broken that was not before."""
    return set(infer_all(edit.apply(graph)).broken) <= set(infer_all(graph).broken)
