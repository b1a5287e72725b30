"""Rules on the data: unscaled inputs, unequal classes, leakage, classes of one example.

The figures are playground.data.suspicions'; all rules together are in advice.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playground.app.changes import ChooseData, EditGraph
from playground.app.evidence import Advice, Evidence, Rule
from playground.app.experiments import Experiment
from playground.graph.edits import SetSettings
from playground.layers.ends import Input

UNEVEN = 5.0
"""Largest class over the smallest from which on classes count as unequal."""
WILD = 10.0
"""Ratio of the columns' spreads, or offset in standard deviations, from which on inputs count as unscaled."""


def unscaled(evidence: Evidence) -> Iterator[Advice]:
    """Columns on very different scales, or far from 0."""
    found = evidence.suspicions
    if found is None or evidence.document.data.scaling in ("auto", "standard"):
        return
    low, high = found.spread
    if high <= WILD * low and found.offset <= WILD and 1 / WILD <= high <= WILD:
        return
    seen = f"The inputs' standard deviations go from {low:.3g} to {high:.3g}, means up to {found.offset:.3g} of them."
    why = "Gradient descent takes the same step along every weight: on inputs of unequal size it is too long for some."
    tries = (_data("Scale to mean 0 and deviation 1", evidence, scaling="standard"),)
    yield Advice("unscaled inputs", seen, why, tries)


def uneven(evidence: Evidence) -> Iterator[Advice]:
    """One class is much rarer than another."""
    found, examples = evidence.suspicions, evidence.examples
    if found is None or examples is None or not found.counts:
        return
    present = [count for count in found.counts if count]
    if max(present) < UNEVEN * min(present):
        return
    names = examples.dataset.class_names
    rare, common = names[found.counts.index(min(present))], names[found.counts.index(max(present))]
    share = max(present) / sum(present)
    seen = (
        f"Class “{common}” has {max(present):,} training examples, “{rare}” {min(present):,}: always answering "
        f"“{common}” is right in {share:.1%}."
    )
    why = "Accuracy says little then. Look at which classes are taken for which, and at the majority baseline."
    yield Advice("unequal classes", seen, why, (Experiment("Show the confusion matrix", view="confusion"),))


def duplicates(evidence: Evidence) -> Iterator[Advice]:
    """Validation examples that are also training examples."""
    found, examples = evidence.suspicions, evidence.examples
    if found is None or examples is None or not found.shared:
        return
    count = len(examples.valid)
    seen = f"{found.shared:,} of the {count:,} validation examples have the same inputs as a training example."
    why = "Their answers can be known by heart, so the validation score promises too much."
    yield Advice("leakage", seen, why, (_data("Leave duplicates out", evidence, distinct=True),))


def leaking(evidence: Evidence) -> Iterator[Advice]:
    """A column that is the target in disguise."""
    found, examples = evidence.suspicions, evidence.examples
    if found is None or examples is None or not found.leaking:
        return
    columns = examples.train.inputs.shape[1]
    names = examples.dataset.feature_names or tuple(f"column {number + 1}" for number in range(columns))
    told = ", ".join(f"“{names[column]}” ({strength:.4f})" for column, strength in found.leaking[:3])
    seen = f"As good as the answer itself: {told} (correlation with the target)."
    why = "Such a column will not be there when it matters. If it is known only afterwards, leave it out."
    bad = {column for column, _ in found.leaking}
    keep = [column for column in range(columns) if column not in bad]
    yield Advice("leakage", seen, why, tuple(_without(evidence, keep)))


def alone(evidence: Evidence) -> Iterator[Advice]:
    """Classes of which there is one training example."""
    found, examples = evidence.suspicions, evidence.examples
    if found is None or examples is None or not found.alone:
        return
    names = ", ".join(f"“{examples.dataset.class_names[label]}”" for label in found.alone[:5])
    seen = f"Only one training example: {names}" + (" and more." if len(found.alone) > 5 else ".")
    why = "From one example nothing can be learned that holds for others. Collect more, or give training a larger part."
    tries = (_data("Validate and test on 10 % each", evidence, valid=0.1, test=0.1),)
    yield Advice("a label seen once", seen, why, tries)


RULES: tuple[Rule, ...] = (duplicates, leaking, unscaled, uneven, alone)


def _data(label: str, evidence: Evidence, **settings: Any) -> Experiment:
    choice = evidence.document.data.model_copy(update=settings)
    signature = evidence.examples.signature if evidence.examples is not None else None
    return Experiment(label, (ChooseData(choice, signature),))


def _without(evidence: Evidence, columns: list[int]) -> Iterator[Experiment]:
    """The one Input reads the other columns only."""
    inputs = [(id, layer) for id, layer in evidence.document.graph.nodes.items() if isinstance(layer, Input)]
    if len(inputs) == 1 and columns and not inputs[0][1].columns:
        chosen = ",".join(str(column + 1) for column in columns)
        yield Experiment(
            "Leave it out", (EditGraph(SetSettings(inputs[0][0], (("columns", chosen), ("dims", (len(columns),))))),)
        )
