"""How a network is trained, as one value. Knows no torch: the window and the files read it too."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, SerializerFunctionWrapHandler, model_serializer

from playground.engine.augmentation import Augmentation

Optimiser = Literal["sgd", "adam", "adamw", "rmsprop"]
Schedule = Literal["constant", "step", "cosine", "plateau"]


class RecipeProblem(Exception):
    """A recipe that does not go with the data: one sentence, with a way out."""


class Recipe(BaseModel, frozen=True, extra="forbid"):
    """The hyper-parameters of training: what a person chooses, as opposed to what is learned."""

    epochs: int = Field(20, ge=1, le=1_000_000, title="Epochs", description="Passes over the training data.")
    batch: int = Field(32, ge=1, le=65_536, title="Batch", description="Examples in one step of gradient descent.")
    optimiser: Optimiser = Field("adam", title="Optimiser", description="How a gradient becomes a step.")
    learning_rate: float = Field(0.01, gt=0, le=100_000, title="Learning rate", description="Length of a step.")
    momentum: float = Field(0.9, ge=0, lt=1, title="Momentum", description="Share of the last step kept; SGD, RMSprop.")
    schedule: Schedule = Field("constant", title="Schedule", description="How the learning rate changes over epochs.")
    schedule_epochs: int = Field(
        10, ge=1, le=100_000, title="Drop every", description="Epochs between ÷10 steps; epochs to wait on a plateau."
    )
    warmup: int = Field(0, ge=0, le=1000, title="Warm-up", description="Epochs over which the rate rises from zero.")
    l1: float = Field(0.0, ge=0, le=10, title="L1", description="Adds this times the sum of |weights| to the loss.")
    l2: float = Field(0.0, ge=0, le=10, title="L2", description="Adds half this times the sum of weights² to the loss.")
    clip: float = Field(0.0, ge=0, le=1e6, title="Clip", description="Longest gradient allowed; 0 for no limit.")
    patience: int = Field(
        0, ge=0, le=100_000, title="Patience", description="Stop after so many epochs without a better one; 0: never."
    )
    keep_best: bool = Field(False, title="Keep best", description="End with the weights of the best epoch.")
    seed: Annotated[int, Field(ge=0, le=2**31 - 1, title="Seed", description="Same seed, same numbers.")] = 0
    augment: Augmentation = Field(
        default_factory=Augmentation, title="Augmentation", description="How training examples are changed at random."
    )

    @model_serializer(mode="wrap")
    def _without_what_is_not_asked(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Recipes that change no examples are written as they always were."""
        values: dict[str, Any] = handler(self)
        if not self.augment.is_on:
            del values["augment"]
        return values


PLAIN = tuple(name for name in Recipe.model_fields if name != "augment")
"""The settings that are one value each."""

FEWEST_STEPS = 400
"""Steps that a network needs to learn anything: with few examples an epoch is over in a few."""
MOST_EPOCHS = 150


def with_enough_epochs(recipe: Recipe, count: int) -> Recipe:
    """The recipe with so many epochs that a few hundred steps are taken on so many training examples.

    >>> with_enough_epochs(Recipe(epochs=5, batch=16), 45).epochs
    134
    >>> with_enough_epochs(Recipe(epochs=5, batch=16), 45_000).epochs
    5
    """
    epochs = min(MOST_EPOCHS, -(-FEWEST_STEPS // -(-count // recipe.batch)))
    return recipe.model_copy(update={"epochs": max(recipe.epochs, epochs)})
