"""Which recipes let validation choose the weights, and what is done so that it does not judge them as well.

A network that ends with the weights of its best epoch has seen what chose that epoch. Folds, learning curves and
searches over folds therefore choose it on rows set apart of the training part (folds.set_apart), and judge on others.
Source: Hastie, Tibshirani and Friedman 2009, "The elements of statistical learning", section 7.10.2, "The wrong and
right way to do cross-validation"; Cawley and Talbot 2010, "On over-fitting in model selection".
"""

from __future__ import annotations

from playground.engine.recipe import Recipe


def chooses_epoch(recipe: Recipe) -> bool:
    """Whether validation has a say in the weights that a run ends with."""
    return bool(recipe.keep_best or recipe.patience or recipe.schedule == "plateau")


def without_choice(recipe: Recipe) -> Recipe:
    """The recipe to its last epoch, with that epoch's weights: validation has no say in them."""
    schedule = "constant" if recipe.schedule == "plateau" else recipe.schedule
    return recipe.model_copy(update={"keep_best": False, "patience": 0, "schedule": schedule})


def for_parts(recipe: Recipe, train: int, apart: int | None) -> Recipe:
    """The recipe for `train` examples, after `apart` of those that there were have been set apart to stop by.

    apart: None if there were too few to set any apart. A batch that has become larger than the rest is made smaller;
    one that was too large before is left, to be refused.
    """
    if not chooses_epoch(recipe):
        return recipe
    if apart is None:
        return without_choice(recipe)
    if train < recipe.batch <= train + apart:
        return recipe.model_copy(update={"batch": train})
    return recipe
