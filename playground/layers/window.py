"""The settings of a window: its sides, and what lies around the input. Knows pydantic only.

Where a window then fits is reckoned in slide.py; the layers are in image.py, pooling.py and steps.py.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

MOST = 64
"""The longest side of a window over an image, and the widest padding, in pixels."""

Around = tuple[int, int]
"""What is added before and behind a side."""


def _read_sides(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"\s*\d{1,3}\s*([×xX,]\s*\d{1,3}\s*)?", value):
        value = tuple(int(part) for part in re.findall(r"\d+", value))
    pair = tuple(value) if isinstance(value, list | tuple) else (value,)
    sides = [int(side) for side in pair if _is_whole(side) and 1 <= side <= MOST]
    if len(sides) != len(pair) or len(pair) not in (1, 2):
        raise ValueError(
            f"A window must be 1 to {MOST} pixels wide, or two such numbers for height × width, not {shown(value)}."
        )
    return sides[0] if len(set(sides)) == 1 else tuple(sides)


def _read_padding(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"\s*\d{1,3}\s*", value):
        value = int(value)
    if value in ("same", "valid", "tf_same"):
        return value
    if isinstance(value, int | float) and _is_whole(value) and 0 <= value <= MOST:
        return int(value)
    raise ValueError(f"Padding must be same, valid, tf_same or a number from 0 to {MOST}, not {shown(value)}.")


Sides = Annotated[int | tuple[int, int], BeforeValidator(_read_sides)]
"""Sides of a window in pixels: one number, or height and width where they differ. Equal ones become one."""

Padding = Annotated[Literal["same", "valid", "tf_same"] | int, BeforeValidator(_read_padding)]
"""What lies around the input: nothing (valid), as much as keeps its size (same), or a number for each side."""

PaddingMode = Literal["zeros", "reflect", "replicate"]

Groups = Annotated[int, Field(ge=1, le=65_536)]


def _is_whole(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value // 1


def shown(value: object) -> str:
    """A value in a sentence that refuses it, cut where it is long."""
    text = "×".join(str(part) for part in value) if isinstance(value, list | tuple) and value else str(value)
    return text if len(text) <= 40 else text[:39] + "…"


def pair(sides: int | tuple[int, int]) -> tuple[int, int]:
    """Height and width.

    >>> pair(3), pair((3, 5))
    ((3, 3), (3, 5))
    """
    return (sides, sides) if isinstance(sides, int) else sides


def written(sides: int | tuple[int, int]) -> str:
    """Sides on a card.

    >>> written(3), written((3, 5))
    ('3×3', '3×5')
    """
    return "{}×{}".format(*pair(sides))


def around(side: int, kernel: int, stride: int, padding: str | int) -> Around:
    """What is added before and behind a side, for a window of that (dilated) length.

    Same keeps the side for stride 1, where an even window gets one more behind; for larger strides it is
    half a window on both ends. tf_same: what lets ⌈side / stride⌉ windows fit, one more behind if odd.
    Source: TensorFlow's guide to convolution, "padding"; PyTorch's Conv2d, padding="same".

    >>> around(32, 3, 2, "same"), around(32, 3, 2, "tf_same"), around(32, 4, 1, "same"), around(32, 3, 1, 2)
    ((1, 1), (0, 1), (1, 2), (2, 2))
    """
    if isinstance(padding, int):
        return padding, padding
    if padding == "valid":
        return 0, 0
    if padding == "same" and stride > 1:
        return kernel // 2, kernel // 2
    total = kernel - 1 if padding == "same" else max((-(-side // stride) - 1) * stride + kernel - side, 0)
    return total // 2, total - total // 2
