"""How a window moves over an image: the arithmetic that convolutions and poolings share.

Knows no graph and no torch. The layers themselves are in image.py and pooling.py.
"""

from __future__ import annotations

from playground.layers.shape import Repair, Shape, ShapeProblem, Window, described


def slide(name: str, image: Shape, channels: int, window: Window, repairs: tuple[Repair, ...]) -> Shape:
    """The image that a window leaves behind: H' = (H + 2p − k) // s + 1, and the same for the width.

    Raises: ShapeProblem, with those repairs: If the window is larger than the padded image.
    Source: Dumoulin and Visin 2016, relationship 5.

    >>> str(slide("Conv", Shape((3, 32, 32)), 16, Window((5, 5), (1, 1), (0, 0)), ()))
    '28×28×16'
    """
    sides = zip((image.height, image.width), window.kernel, window.stride, window.padding, strict=True)
    free = [(side + 2 * padding - kernel, stride) for side, kernel, stride, padding in sides]
    if any(room < 0 for room, _ in free):
        kernel, padding = window.kernel[0], window.padding[0]
        padded = f" with padding {padding}" if padding else ""
        raise ShapeProblem(
            f"{name} looks through a {kernel}×{kernel} window, which does not fit {_plane(image)}{padded}. "
            "Use a smaller window, or shrink the image less before it.",
            repairs,
        )
    height, width = (room // stride + 1 for room, stride in free)
    return Shape((channels, height, width))


def need_image(name: str, given: Shape) -> None:
    """Raise ShapeProblem unless it is an image."""
    if not given.is_image:
        raise ShapeProblem(
            f"{name} needs an image, but gets {described(given)}.",
            (
                Repair("Remove the layer before it", "remove_source"),
                Repair(f"Remove {name}", "remove"),
            ),
        )


def _plane(image: Shape) -> str:
    return f"a {image.height}×{image.width} image"
