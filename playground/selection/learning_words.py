"""A learning curve as a teacher would tell it. The figures are learning_summary.py's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite

from playground.selection.baseline_catalogue import CATALOGUE
from playground.selection.learning_curve import NETWORK, Metric
from playground.selection.learning_results import Gap, ModelCurve, Overtaking
from playground.selection.table import score_words
from playground.selection.wording import IN_A_SENTENCE


def told(
    curves: Sequence[ModelCurve], overtaking: Sequence[Overtaking], gap: Gap | None, metric: Metric
) -> tuple[str, ...]:
    """A sentence or two on each thing that can be said."""
    return (*_foreseen(curves, metric), *_overtaking(overtaking, curves), *_gap(gap, metric))


def named(model: str) -> str:
    """In the middle of a sentence."""
    if model in IN_A_SENTENCE:
        return IN_A_SENTENCE[model]
    title = CATALOGUE[model].title if model in CATALOGUE else model
    return title if title[:2].isupper() else title[0].lower() + title[1:]


def _foreseen(curves: Sequence[ModelCurve], metric: Metric) -> Iterator[str]:
    unit = " %" if metric == "accuracy" else " of R²"
    for curve in curves:
        seen = curve.foreseen
        if seen is None:
            if curve.model == NETWORK:
                yield "What more data would bring cannot be told: the points do not lie on a power law well enough."
            continue
        half = f" ± {score_words(seen.half, metric)}" if isfinite(seen.half) else ""
        yield (
            f"With twice the data ({seen.n:,} examples) {named(curve.model)} would reach about "
            f"{score_words(seen.score, metric)}{half}{unit} if the curve goes on as it does, after "
            f"{score_words(curve.sizes[-1].valid, metric)}{unit} now; no promise."
        )


def _overtaking(found: Sequence[Overtaking], curves: Sequence[ModelCurve]) -> Iterator[str]:
    for each in found:
        name = named(each.baseline)
        if each.n is None and each.crossing is None:
            yield f"It is not shown that your network overtakes {name} with the data there are."
        elif each.n is None:
            yield (
                f"Your network is ahead of {name} from about {each.crossing:,.0f} training examples on, but not "
                "surely: the repeats differ too much."
            )
        elif each.n == curves[0].sizes[0].n:
            yield f"Your network is ahead of {name} at every size, from {each.n:,} training examples on."
        else:
            yield f"Your network is surely ahead of {name} from {each.n:,} training examples on{_where(each)}."


def _where(each: Overtaking) -> str:
    if each.crossing is None:
        return ""
    bounds = f" (95 % interval {each.low:,.0f} to {each.high:,.0f})" if isfinite(each.low + each.high) else ""
    return f"; on average the curves cross at about {each.crossing:,.0f}{bounds}"


def _gap(gap: Gap | None, metric: Metric) -> Iterator[str]:
    if gap is None:
        return
    unit = "points" if metric == "accuracy" else "of R²"
    low, high, mean = (score_words(each, metric) for each in (gap.low, gap.high, gap.gap))
    bounds = f" (95 % interval {low} to {high})" if isfinite(gap.low) else ""
    seen = f"At {gap.n:,} examples the training score is {mean} {unit} above the validation score{bounds}"
    if gap.kind == "over-fitting":
        yield f"{seen}: over-fitting. More data, a penalty, dropout or a smaller network would help."
    elif gap.kind == "under-fitting":
        yield (
            f"Under-fitting: at {gap.n:,} examples your network is worse on what it learned from than the best "
            "baseline is on new examples. A larger network or longer training would help, more data would not."
        )
    else:
        yield f"{seen}: neither over- nor under-fitting stands out."
