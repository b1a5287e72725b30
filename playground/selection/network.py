"""A network in training as an Outcome, to be set beside the baselines."""

from __future__ import annotations

from playground.engine.train import Training
from playground.selection.outcome import Outcome


def outcome_of(training: Training) -> Outcome:
    """What the network answers now on the validation part; seconds are those of training so far."""
    scores = training.evaluate("valid")
    return Outcome(
        name="network",
        title="Your network",
        kind="network",
        predictions=training.predict("valid"),
        loss=scores.loss,
        parameters=training.network.count,
        seconds=training.seconds,
    )
