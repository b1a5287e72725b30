"""Some training examples before and after they are changed, for the window to show; and the change of the recipe.

Knows neither Qt nor torch at import. What is computed: playground.engine.augment.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.app.document import Document
from playground.data.dataset import Examples, Ints
from playground.engine.augmentation import Augmentation


@dataclass(frozen=True)
class SetAugmentation:
    """Change training examples otherwise. Settings: the one that was moved, so that a slider's drag is one step."""

    wanted: Augmentation
    setting: str = ""

    @property
    def label(self) -> str:
        return f"Change {Augmentation.model_fields[self.setting].title}" if self.setting else "Change augmentation"

    @property
    def merge_key(self) -> Hashable | None:
        return ("augment", self.setting) if self.setting else None

    def apply(self, document: Document) -> Document:
        return replace(document, recipe=document.recipe.model_copy(update={"augment": self.wanted}))


@dataclass(frozen=True, eq=False)
class Changed:
    """Training examples and what becomes of them."""

    before: NDArray[np.float32]
    """(count, *shape), scaled as the network sees them."""
    after: NDArray[np.float32]
    """(draws, count, *shape)"""
    names: tuple[str, ...]
    """The answer to each."""
    mixed: tuple[tuple[str, ...], ...]
    """With mixup, for each draw and example, what it is now: “82 % 3 + 8”; else empty."""
    ends: tuple[float, float]
    """The lowest and highest value of all examples before."""


def changed(examples: Examples, asked: Augmentation, count: int = 6, draws: int = 3, first: int = 0) -> Changed:
    """Look at the first training examples of different classes. first: the number of the step that is looked at.

    Raises: RecipeProblem: If the data cannot be changed like that.
    """
    from playground.engine.augment import draws as drawn

    chosen = _of_different_classes(examples, count)
    before = np.asarray(examples.train.inputs[chosen], np.float32)
    found = drawn(asked, examples, chosen, 0, range(first, first + draws))
    names = [_name(examples, target) for target in examples.train.targets[chosen]]
    mixed = tuple(
        tuple(_mix(own, _name(examples, other), draw.share) for own, other in zip(names, draw.others, strict=True))
        for draw in found
        if draw.others is not None
    )
    ends = float(before.min()), float(before.max())
    return Changed(before, np.stack([draw.inputs for draw in found]), tuple(names), mixed, ends)


def _mix(own: str, other: str, share: float) -> str:
    """What a mixed example's answer is."""
    percent = round(100 * share)
    return own if other == own else f"{percent} % {own} + {other}"


def _of_different_classes(examples: Examples, count: int) -> Ints:
    """Places in the training part."""
    targets = examples.train.targets[:2000]
    if examples.targets is not None or targets.ndim > 1:
        return np.arange(min(count, len(targets)))
    firsts = np.unique(targets, return_index=True)[1]
    rest = np.setdiff1d(np.arange(len(targets)), firsts)
    return np.sort(np.concatenate([firsts, rest])[:count])


def _name(examples: Examples, target: Any) -> str:
    if examples.targets is not None:
        values = examples.targets.undo(np.asarray(target, np.float32).reshape(1, -1)).ravel()
        return f"{values[0]:.3g}" if len(values) == 1 else ""
    return examples.dataset.class_names[int(target)] if np.ndim(target) == 0 else ""
