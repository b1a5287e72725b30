"""Pictures one after the other as an animated GIF, written by Pillow. Knows no window: pictures come as bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image

from playground.app.whole_files import write_whole

LAST = 1500
"""Milliseconds that the last picture stands."""


@dataclass(frozen=True)
class Still:
    """One picture: red, green, blue and a spare byte of each pixel, row by row."""

    width: int
    height: int
    pixels: bytes


def reduced(still: Still) -> Image.Image:
    """With 256 colours, as a GIF has; a fifth of the memory."""
    picture = Image.frombuffer("RGBX", (still.width, still.height), still.pixels, "raw", "RGBX", 0, 1).convert("RGB")
    return picture.quantize(256, dither=Image.Dither.NONE)


def write_gif(path: Path, pictures: Sequence[Image.Image], milliseconds: int) -> None:
    """Whole or not at all; it repeats for ever, and the last picture stands longer. Raises OSError."""
    file = BytesIO()
    durations = [milliseconds] * (len(pictures) - 1) + [LAST]
    first, *rest = pictures
    first.save(file, "GIF", save_all=True, append_images=rest, duration=durations, loop=0, optimize=False)
    write_whole(path, file.getvalue())
