"""What a person is told when a run has ended before its last epoch, though nothing went wrong. Knows no Qt."""

from __future__ import annotations

from playground.engine.events import Ended
from playground.engine.recipe import Recipe


def early_words(ended: Ended, recipe: Recipe) -> str:
    """Why it stopped, and whose weights it has now; empty if it did not stop early."""
    if ended.reason != "early_stopping":
        return ""
    waited = f"{recipe.patience} epochs" if recipe.patience > 1 else "an epoch"
    kept = "Its weights are kept." if recipe.keep_best else "The weights are those of the last epoch."
    return (
        f"Stopped early after epoch {ended.epochs}: in {waited} validation got no better than in epoch "
        f"{ended.best_epoch}. {kept}"
    )
