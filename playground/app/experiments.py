"""An experiment: a few changes to try, at one click and as one step to undo. Knows no Qt and no torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playground.app.changes import SetRecipe
from playground.app.document import Document
from playground.app.history import Change
from playground.engine.recipe import Recipe


@dataclass(frozen=True)
class Experiment:
    """Something to try. With changes it edits the project; with a view it only shows something."""

    label: str
    changes: tuple[Change, ...] = ()
    view: str = ""
    """Name of the view, or of the panel, to bring forward."""

    @property
    def merge_key(self) -> None:
        """Each is a step of its own."""
        return None

    def apply(self, document: Document) -> Document:
        """Make all its changes."""
        for change in self.changes:
            document = change.apply(document)
        return document


def recipe_change(label: str, recipe: Recipe, **settings: Any) -> Experiment:
    """Other settings of the recipe, kept within their bounds."""
    checked = Recipe.model_validate({**recipe.model_dump(), **settings})
    return Experiment(label, tuple(SetRecipe(name, getattr(checked, name)) for name in settings))
