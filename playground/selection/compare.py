"""The network beside other models on the same validation examples: scores, intervals, and verdicts in words.

Knows neither torch nor scikit-learn: it compares answers, wherever they come from (baselines.py, network.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from playground.data.dataset import Examples
from playground.selection.baseline_catalogue import is_neuron
from playground.selection.judging import Scored, alone, scored
from playground.selection.outcome import Comparison, Outcome, Verdict
from playground.selection.statistics import holm
from playground.selection.wording import named, verdict_words

SAME_MODEL = "Both are linear models of the same inputs: what differs is how they were fitted."


def compare(network: Outcome, others: Sequence[Outcome], examples: Examples, against: str = "") -> Comparison:
    """Score all on the validation part, and set each against one of them.

    against: the model that the others are set against; empty for the strongest baseline, or the strongest of the
    others where there is no baseline. The verdict is the network's against the strongest baseline, alone and so without
    correction; the pairs have Holm's. Who answered other examples has a row, and is set against nobody.
    """
    outcomes = (network, *(other for other in others if other.truth is None))
    found = scored(outcomes, examples)
    each = {outcome.name: values for outcome, values in zip(outcomes, found.each, strict=True)}
    rival = _strongest(found, [place for place, model in enumerate(outcomes) if model.kind == "baseline"])
    verdict = found.judge(0, rival) if rival else None
    if verdict is not None and network.is_linear and is_neuron(outcomes[rival].name):
        verdict = replace(verdict, text=f"{verdict.text} {SAME_MODEL}")
    names = [outcome.name for outcome in outcomes]
    reference = names.index(against) if against in names else rival or _strongest(found, range(1, len(outcomes)))
    pairs = _pairs(found, outcomes, reference) if len(outcomes) > 1 else {}
    chosen = names[reference] if pairs else ""
    rows = (*found.rows, *(row for other in others if other.truth is not None for row in alone(other, found.metric)))
    return Comparison(found.metric, found.n, rows, verdict, against=chosen, pairs=pairs, each=each)


def _strongest(found: Scored, places: Sequence[int]) -> int:
    """Which of them scores best; 0, the network's own place, if there is none."""
    return max(places, key=lambda place: found.rows[place].score, default=0)


def _pairs(found: Scored, outcomes: Sequence[Outcome], reference: int) -> dict[str, Verdict]:
    """Every other model against the reference, corrected for there being several."""
    places = [place for place in range(len(outcomes)) if place != reference]
    raw = {place: found.judge(place, reference) for place in places}
    tested = [place for place in places if np.isfinite(raw[place].p_value)]
    if len(tested) > 1:
        adjusted = holm([raw[place].p_value for place in tested])
        for place, p_value in zip(tested, adjusted, strict=True):
            raw[place] = _adjusted(raw[place], p_value, outcomes[reference], len(tested), found)
    return {outcomes[place].name: raw[place] for place in places}


def _adjusted(verdict: Verdict, p_value: float, reference: Outcome, count: int, found: Scored) -> Verdict:
    text = verdict_words(
        named(reference), verdict.difference, (verdict.low, verdict.high), verdict.p_value, found.n, verdict.test,
        found.metric == "accuracy", (p_value, count),
    )  # fmt: skip
    return replace(verdict, p_adjusted=p_value, better=p_value < 0.05 and verdict.difference > 0, text=text)
