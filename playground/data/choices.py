"""How a person wants their own files to be read: options of images, series and text, part of the data choice.

Knows no files. Each model is read by the module of its kind: images.py, windows.py and ts_files.py, words.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, Field

Progress = Callable[[int, int], None]
"""Called with how many are done, and of how many. What it raises ends the reading."""


class ImageReading(BaseModel, frozen=True, extra="forbid"):
    """How image files become arrays of one size."""

    height: int | None = Field(
        None, ge=1, le=1024, title="Height", description="Pixels; empty: the width, or as usual."
    )
    width: int | None = Field(None, ge=1, le=1024, title="Width", description="Pixels; empty: the height, or as usual.")
    resize: Literal["crop", "fit", "pad"] = Field(
        "crop",
        title="Resizing",
        description="Crop: fill the size, cut what sticks out; fit: stretch; pad: keep all, with black beside it.",
    )
    channels: Literal["auto", "grey", "colour"] = Field(
        "auto", title="Channels", description="Auto: grey if all files are, else three colours."
    )


class SeriesReading(BaseModel, frozen=True, extra="forbid"):
    """How one long series becomes examples: windows of some steps, and what comes after them."""

    length: int | None = Field(None, ge=1, le=10_000, title="Length", description="Steps that are seen; empty: chosen.")
    horizon: int = Field(1, ge=1, le=1000, title="Horizon", description="Steps after them that are predicted.")
    stride: int = Field(1, ge=1, le=10_000, title="Stride", description="Steps from one window to the next.")
    alone: bool = Field(False, title="Target alone", description="Only the predicted column is seen, not the others.")


class TextReading(BaseModel, frozen=True, extra="forbid"):
    """How text becomes whole numbers."""

    unit: Literal["auto", "characters", "words"] = Field(
        "auto", title="Symbols", description="What gets a number: each character, or each word."
    )
    most: int | None = Field(
        None, ge=2, le=50_000, title="Vocabulary", description="Most different symbols; rarer ones are “unknown”."
    )
    longest: int | None = Field(
        None, ge=1, le=10_000, title="Longest", description="Symbols of an example; what is longer is cut."
    )
    lower: bool | None = Field(None, title="Lower case", description="Capitals as small letters; empty: of words only.")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that was left out, and why."""

    name: str
    """Its path within the folder."""
    reason: str


def told(left: tuple[LeftOut, ...] | list[LeftOut], total: int, most: int = 3) -> tuple[str, ...]:
    """What is said of files left out: a sentence, or none.

    >>> told([LeftOut("a.png", "it is cut short")], 10)
    ('1 of 10 files was left out: a.png (it is cut short).',)
    """
    if not left:
        return ()
    named = ", ".join(f"{each.name} ({each.reason})" for each in left[:most])
    more = f" and {len(left) - most:,} more" if len(left) > most else ""
    return (f"{len(left):,} of {total:,} files {'was' if len(left) == 1 else 'were'} left out: {named}{more}.",)
