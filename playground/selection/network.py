"""A network in training as an Outcome, to be set beside the baselines."""

from __future__ import annotations

from time import perf_counter

from playground.engine.train import Training
from playground.graph.check import check
from playground.graph.cost import costs, total
from playground.graph.linearity import is_linear
from playground.selection.outcome import Outcome


def outcome_of(training: Training) -> Outcome:
    """What the network answers now on the validation part; seconds are those of training so far."""
    training.forget_scores()  # those of the last epoch's end would be told in no time at all
    began = perf_counter()
    predictions = training.predict("valid")
    seconds = perf_counter() - began
    scores = training.evaluate("valid")
    return Outcome(
        name="network",
        title="Your network",
        kind="network",
        predictions=predictions,
        loss=scores.loss,
        parameters=training.network.count,
        seconds=training.seconds,
        predict_seconds=seconds / max(len(training.examples.valid), 1),
        multiply_adds=_multiply_adds(training),
        is_linear=is_linear(training.graph),
    )


def _multiply_adds(training: Training) -> int | None:
    report = check(training.graph, training.examples.signature)
    return None if report.errors else total(costs(training.graph, report)).multiply_adds
