"""How a person wants their own files to be read: options of images, series and text, part of the data choice.

Knows no files. Each model is read by the module of its kind: images.py, windows.py and ts_files.py, words.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, Field

MOST_CORRECTED = 100_000
Row = Annotated[int, Field(ge=0)]
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


class Corrections(BaseModel, frozen=True, extra="forbid"):
    """What was put right by hand, by the number of the example as the data are read, from 0."""

    among: int = Field(ge=0, description="How many examples there were: with another number these are not the same.")
    made_with: str = Field("", max_length=5000, description="Of generated points: what they were generated with.")
    labels: tuple[tuple[Row, Annotated[str, Field(max_length=1000)]], ...] = Field((), max_length=MOST_CORRECTED)
    dropped: tuple[Row, ...] = Field((), max_length=MOST_CORRECTED)


MOST_DRAWN = 5000
MOST_CLASSES = 9
REACH = 6.0
"""Drawn points lie between −REACH and REACH, as those of the web playgrounds do."""
Coordinate = Annotated[float, Field(ge=-REACH, le=REACH, allow_inf_nan=False)]
DrawnPoint = tuple[
    Coordinate, Coordinate, Annotated[int, Field(ge=1, le=MOST_CLASSES)], Annotated[int, Field(ge=0, lt=2**31)]
]
"""x, y, the class from 1, and which of its class it was when it was drawn, from 0: by this its part is chosen."""


class DrawnPoints(BaseModel, frozen=True, extra="forbid"):
    """Points of the plane that a person drew; drawn.py makes examples of them."""

    points: tuple[DrawnPoint, ...] = Field((), max_length=MOST_DRAWN)


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
