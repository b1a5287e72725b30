"""How training examples are changed each time they are seen, as one value of the recipe, and for which data that is.

Knows no torch: the window and the files read it too. What is computed is in augment.py. Validation and test examples
are never changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel, Field

from playground.data.dataset import Dataset

Flip = Literal["none", "across", "down", "both"]


class Augmentation(BaseModel, frozen=True, extra="forbid"):
    """By how much each training example is changed, at random and anew in every epoch; 0 for not at all.

    Source: for images Shorten and Khoshgoftaar 2019, doi:10.1186/s40537-019-0197-0; for series Um et al. 2017,
    arXiv:1706.00527; mixup Zhang et al. 2018, arXiv:1710.09412; erasing DeVries and Taylor 2017, arXiv:1708.04552.
    """

    shift: float = Field(
        0.0, ge=0, le=0.5, title="Shift", description="Up to this share of the side, across and down; edges go on."
    )
    rotate: float = Field(0.0, ge=0, le=180, title="Rotate", description="Up to so many degrees, either way.")
    scale: float = Field(
        0.0,
        ge=0,
        le=0.9,
        title="Scale",
        description="Larger or smaller by up to this share; 0.2: by a factor 0.8 to 1.2.",
    )
    flip: Flip = Field(
        "none", title="Flip", description="Mirrored with an even chance: left and right, top and bottom, or both."
    )
    crop: float = Field(
        0.0,
        ge=0,
        le=0.9,
        title="Crop",
        description="Up to this share of the side is cut away; what is left fills the image.",
    )
    contrast: float = Field(
        0.0, ge=0, le=1, title="Contrast", description="Contrast and brightness differ by up to this share."
    )
    erase: float = Field(
        0.0, ge=0, le=0.9, title="Erase", description="A square of this share of the side becomes mean grey, anywhere."
    )
    stretch: float = Field(
        0.0, ge=0, le=0.9, title="Stretch", description="All values of a series times a factor: 0.2 for 0.8 to 1.2."
    )
    warp: float = Field(
        0.0, ge=0, le=0.9, title="Time warp", description="The pace differs by up to this share; begin and end stay."
    )
    noise: float = Field(
        0.0, ge=0, le=5, title="Noise", description="Standard deviation of what is added to each value, after scaling."
    )
    mixup: float = Field(
        0.0,
        ge=0,
        le=10,
        title="Mixup",
        description="Two examples and their answers are mixed, by a share drawn from Beta(α, α). α of 0.2 is usual.",
    )

    @property
    def is_on(self) -> bool:
        """Whether anything is changed at all."""
        return bool(self.asked)

    @property
    def asked(self) -> tuple[str, ...]:
        """The settings that change something."""
        return tuple(name for name in Augmentation.model_fields if getattr(self, name) not in (0, "none"))

    def told(self) -> str:
        """In words: “shift 0.1, flip across”; empty if nothing is changed."""
        values = {name: getattr(self, name) for name in self.asked}
        return ", ".join(
            f"{(Augmentation.model_fields[name].title or name).lower()} {value if name == 'flip' else f'{value:g}'}"
            for name, value in values.items()
        )


OF_IMAGES = ("shift", "rotate", "scale", "flip", "crop", "contrast", "erase", "noise", "mixup")
OF_SERIES = ("stretch", "warp", "noise", "mixup")
OF_NUMBERS = ("noise", "mixup")
GEOMETRY = frozenset({"shift", "rotate", "scale", "flip", "crop"})
"""What moves the pixels of an image: one resampling does it all."""


def offered(dataset: Dataset) -> tuple[str, ...]:
    """The settings that make sense for such examples, in the order in which they are shown."""
    if dataset.kind == "text":
        return ()
    rank = dataset.inputs.ndim - 1
    if rank == 3:
        return OF_IMAGES
    if rank != 2:
        return OF_NUMBERS
    if dataset.forecast is not None:  # what comes next would have to be changed with what is seen
        return OF_NUMBERS
    is_warped = dataset.lengths is None and not _answers_each_step(dataset)
    return tuple(name for name in OF_SERIES if name != "warp" or is_warped)


def _answers_each_step(dataset: Dataset) -> bool:
    return dataset.targets.ndim == (2 if dataset.task == "classes" else 3)


def misfits(asked: Augmentation, dataset: Dataset) -> str:
    """Empty if such examples can be changed like that, else a sentence with a way out."""
    return next(_misfits(asked, dataset), "")


def _misfits(asked: Augmentation, dataset: Dataset) -> Iterator[str]:
    can = offered(dataset)
    for name in asked.asked:
        if name not in can:
            title = Augmentation.model_fields[name].title or name
            off = "none" if name == "flip" else "0"
            there = ", ".join((Augmentation.model_fields[each].title or each).lower() for each in can) or "nothing"
            yield (
                f"Augmentation: {title.lower()} does not suit {_described(dataset)}. Set recipe.augment.{name} to "
                f"{off}; what suits them: {there}."
            )


def _described(dataset: Dataset) -> str:
    if dataset.kind == "text":
        return "text, whose symbols have no values between them"
    if dataset.forecast is not None:
        return "a forecast, whose answer would have to change with it"
    if dataset.inputs.ndim == 3 and _answers_each_step(dataset):
        return "series with an answer for each step"
    if dataset.lengths is not None:
        return "series of unequal length"
    return {2: "a table's rows", 3: "series", 4: "images"}.get(dataset.inputs.ndim, "films")
